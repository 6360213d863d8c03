import { formatDecimal } from "../format/number.ts";

type Span = readonly [low: number, high: number];

/** A score as it is shown: a whole number of points. */
export function formatScore(score: number): string {
  return formatDecimal(score, 0);
}

/** An interval of scores: `73–80`, or one number where both ends are shown alike. */
export function formatBand([low, high]: Span): string {
  return spanText(formatScore(low), formatScore(high));
}

/** An interval of ranks: `1–3`, or one place. */
export function formatRanks([best, worst]: Span): string {
  return spanText(formatDecimal(best, 0), formatDecimal(worst, 0));
}

/** A change of a score in points, signed: `+1.25`, `−0.50`, `0.00`. */
export function formatScoreChange(points: number): string {
  const text = formatDecimal(points, 2);
  return Number(points.toFixed(2)) > 0 ? `+${text}` : text;
}

function spanText(low: string, high: string): string {
  return low === high ? low : `${low}–${high}`;
}
