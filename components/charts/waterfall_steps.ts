/** A part that is added to what stands before it. */
export interface WaterfallPart {
  readonly key: string;
  readonly label: string;
  readonly value: number;
}

/** A bar of a waterfall in per cent of its width, and where it leads on to. */
export interface WaterfallStep extends WaterfallPart {
  readonly kind: "start" | "part" | "end";
  readonly left: number;
  readonly width: number;
  /** Where the next bar begins. */
  readonly to: number;
}

/**
 * The bars from `start` over all parts to their sum, which is the last one. The axis begins at 0 and
 * ends at the largest sum on the way.
 */
export function waterfallSteps(
  parts: readonly WaterfallPart[],
  { start, startLabel, endLabel }: { start: number; startLabel: string; endLabel: string },
): readonly WaterfallStep[] {
  const sums = [start];
  for (const { value } of parts) sums.push((sums.at(-1) ?? start) + value);
  const end = sums.at(-1) ?? start;
  const [low, high] = [Math.min(0, ...sums), Math.max(0, ...sums)];
  const at = (value: number) => high > low ? (value - low) / (high - low) * 100 : 0;
  const bar = (from: number, to: number) => ({
    left: Math.min(at(from), at(to)),
    width: Math.abs(at(to) - at(from)),
    to: at(to),
  });
  return [
    { key: "start", kind: "start", label: startLabel, value: start, ...bar(0, start) },
    ...parts.map((part, index): WaterfallStep => ({
      ...part,
      kind: "part",
      ...bar(sums[index] ?? start, sums[index + 1] ?? end),
    })),
    { key: "end", kind: "end", label: endLabel, value: end, ...bar(0, end) },
  ];
}
