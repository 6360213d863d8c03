import type { ComponentChildren } from "preact";
import { partTone, WaterfallBar } from "./WaterfallBar.tsx";
import type { WaterfallStep } from "./waterfall_steps.ts";

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
              <WaterfallBar
                tone={step.kind === "part" ? partTone([step.value, step.value]) : "c-total"}
                sure={step}
                stemAt={at === steps.length - 1 ? null : step.to}
              />
            </td>
            <td class="num">{valueOf(step)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
