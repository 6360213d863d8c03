import type { ComponentChildren } from "preact";
import type { WaterfallStep } from "./waterfall_steps.ts";

/** A bar of no width would not show that there is a part. */
const LEAST_WIDTH = 0.4;

export interface WaterfallProps {
  readonly caption: string;
  /** What the values are called, in their unit. */
  readonly unit: string;
  readonly steps: readonly WaterfallStep[];
  readonly valueOf: (step: WaterfallStep) => ComponentChildren;
}

/** From a start to a sum, a row a part: a table that draws itself, so it needs no other form. */
export function Waterfall({ caption, unit, steps, valueOf }: WaterfallProps) {
  return (
    <table class="waterfall">
      <caption class="sr">{caption}</caption>
      <thead class="sr">
        <tr>
          <th scope="col">Part</th>
          <td>Bar</td>
          <th scope="col">{unit}</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step, at) => (
          <tr key={step.key} data-kind={step.kind}>
            <th scope="row">{step.label}</th>
            <td>
              <Bar step={step} isLast={at === steps.length - 1} />
            </td>
            <td class="num">{valueOf(step)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bar({ step, isLast }: { readonly step: WaterfallStep; readonly isLast: boolean }) {
  const { kind, value, left, width, to } = step;
  const tone = kind !== "part"
    ? "c-total"
    : value > 0
    ? "c-up-fill"
    : value < 0
    ? "c-down-fill"
    : "c-neutral";
  return (
    <svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <path class="c-zero" d="M0 0V24" vector-effect="non-scaling-stroke" />
      <rect class={tone} x={left} y="6" width={Math.max(LEAST_WIDTH, width)} height="12" />
      {isLast
        ? null
        : <path class="c-stem" d={`M${to} 18V24`} vector-effect="non-scaling-stroke" />}
    </svg>
  );
}
