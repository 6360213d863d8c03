import type { BarStretch } from "./WaterfallBar.tsx";

/** From the least to the most that a value can be; one point where it is known. */
export type Span = readonly [low: number, high: number];

/** A part that is added to what stands before it; what is not known of it is its span. */
export interface IntervalPart {
  readonly key: string;
  readonly label: string;
  readonly range: Span;
  readonly words: string;
}

/** A bar of a waterfall of intervals: what is sure of it, and what it may be besides. */
export interface IntervalStep extends IntervalPart {
  readonly kind: "part" | "end";
  /** The sum of the parts up to this one. */
  readonly total: Span;
  readonly sure: BarStretch;
  /** `null` where all of it is known. */
  readonly maybe: BarStretch | null;
  /** Where the next bar begins: the least that the sum can be. */
  readonly to: number;
}

/**
 * The bars of parts from 0 to their sum, which is the last one. Each begins where the sum is at
 * least; its sure part is drawn from there, and what it can be besides adds to that.
 */
export function intervalSteps(
  parts: readonly IntervalPart[],
  { endLabel, endWords }: { readonly endLabel: string; readonly endWords: string },
): readonly IntervalStep[] {
  const totals: Span[] = [[0, 0]];
  for (const { range: [low, high] } of parts) {
    const [least, most] = totals.at(-1) ?? [0, 0];
    totals.push([least + low, most + high]);
  }
  const end = totals.at(-1) ?? [0, 0];
  // A part reaches from the least sum before it, so its most can stand above every sum.
  const reached = parts.map(({ range }, at) => (totals[at]?.[0] ?? 0) + range[1]);
  const low = Math.min(0, ...totals.map(([least]) => least));
  const high = Math.max(0, ...totals.map(([, most]) => most), ...reached);
  const x = (value: number) => high > low ? (value - low) / (high - low) * 100 : 0;
  const stretch = (a: number, b: number): BarStretch => ({
    left: Math.min(x(a), x(b)),
    width: Math.abs(x(b) - x(a)),
  });
  return [
    ...parts.map((part, at): IntervalStep => {
      const [least] = totals[at] ?? [0, 0];
      const [a, b] = part.range;
      const sure = a >= 0 ? a : b <= 0 ? b : 0;
      return {
        ...part,
        kind: "part",
        total: totals[at + 1] ?? end,
        sure: stretch(least, least + sure),
        maybe: a === b ? null : stretch(least + a, least + b),
        to: x(least + a),
      };
    }),
    {
      ...{ key: "end", label: endLabel, words: endWords, kind: "end", range: end, total: end },
      sure: stretch(0, end[0]),
      maybe: end[0] === end[1] ? null : stretch(end[0], end[1]),
      to: x(end[0]),
    },
  ];
}
