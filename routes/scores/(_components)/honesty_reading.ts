import type { HonestyRow } from "../../../services/scores/mod.ts";

/** Standard errors that an interval of 95 % reaches to either side of a mean. */
const ERRORS_OF_95 = 1.96;

/** The 95 % interval of a mean rank correlation, within -1 to 1; `null` where none can be given. */
export function intervalOf(
  { correlation, standardError }: Pick<HonestyRow, "correlation" | "standardError">,
): readonly [low: number, high: number] | null {
  if (correlation === null || standardError === null) return null;
  const reach = ERRORS_OF_95 * standardError;
  return [Math.max(-1, correlation - reach), Math.min(1, correlation + reach)];
}

/** What a correlation says, in words: an interval that holds 0 says that none was seen. */
export function readingOf(row: Pick<HonestyRow, "correlation" | "standardError">): string {
  const interval = intervalOf(row);
  if (interval === null) return "not measured";
  const [low, high] = interval;
  if (low <= 0 && high >= 0) return "no relation seen";
  return low > 0 ? "weak, the same way" : "weak, the other way";
}
