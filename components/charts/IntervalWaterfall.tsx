import type { IntervalStep, Span } from "./interval_steps.ts";

/** A bar of no width would not show that there is a part. */
const LEAST_WIDTH = 0.4;

export interface IntervalWaterfallProps {
  readonly caption: string;
  /** What the values are called, in their unit. */
  readonly unit: string;
  readonly steps: readonly IntervalStep[];
  readonly textOf: (range: Span) => string;
}

/**
 * Parts and their sum, a row a part: a table that draws itself. What is sure of a part is filled;
 * what it may be besides is outlined, as is the interval of the sum.
 */
export function IntervalWaterfall({ caption, unit, steps, textOf }: IntervalWaterfallProps) {
  return (
    <table class="waterfall intervals">
      <caption class="sr">{caption}</caption>
      <thead class="sr">
        <tr>
          <th scope="col">Part</th>
          <td>Bar</td>
          <th scope="col">{unit}</th>
          <th scope="col">Sum so far</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step, at) => (
          <tr key={step.key} data-kind={step.kind}>
            <th scope="row">
              {step.label}
              <p class="hint">{step.words}</p>
            </th>
            <td>
              <Bar step={step} isLast={at === steps.length - 1} />
            </td>
            <td class="num">{textOf(step.range)}</td>
            <td class="num sum">{textOf(step.total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bar({ step, isLast }: { readonly step: IntervalStep; readonly isLast: boolean }) {
  const { kind, range: [low, high], sure, maybe, to } = step;
  const tone = kind === "end"
    ? "c-total"
    : low >= 0 && high > 0
    ? "c-up-fill"
    : high <= 0 && low < 0
    ? "c-down-fill"
    : "c-neutral";
  return (
    <svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <path class="c-zero" d="M0 0V24" vector-effect="non-scaling-stroke" />
      {maybe === null ? null : (
        <rect
          class="c-maybe"
          x={maybe.left}
          y="6.5"
          width={maybe.width}
          height="11"
          vector-effect="non-scaling-stroke"
        />
      )}
      {maybe !== null && sure.width === 0 ? null : (
        <rect
          class={tone}
          x={sure.left}
          y="6"
          width={Math.max(LEAST_WIDTH, sure.width)}
          height="12"
        />
      )}
      {isLast
        ? null
        : <path class="c-stem" d={`M${to} 18V24`} vector-effect="non-scaling-stroke" />}
    </svg>
  );
}
