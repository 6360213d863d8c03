import type { IntervalStep, Span } from "./interval_steps.ts";
import { partTone, WaterfallBar } from "./WaterfallBar.tsx";

export interface IntervalWaterfallProps {
  readonly caption: string;
  /** What the values are called, in their unit. */
  readonly unit: string;
  readonly steps: readonly IntervalStep[];
  readonly textOf: (range: Span) => string;
}

function isNothing({ kind, range: [low, high] }: IntervalStep): boolean {
  return kind === "part" && low === 0 && high === 0;
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
          <tr key={step.key} data-kind={isNothing(step) ? "none" : step.kind}>
            <th scope="row">
              {step.label}
              <p class="hint">{step.words}</p>
            </th>
            <td>
              <WaterfallBar
                tone={step.kind === "part" ? partTone(step.range) : "c-total"}
                sure={step.sure}
                maybe={step.maybe}
                stemAt={at === steps.length - 1 ? null : step.to}
              />
            </td>
            <td class="num">{textOf(step.range)}</td>
            <td class="num sum">{textOf(step.total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
