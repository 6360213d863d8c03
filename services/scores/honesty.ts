import { mean, sampleDeviation } from "../kernel/stats.ts";
import { DAY_MS, type UtcMs } from "../kernel/time.ts";
import { type DailyPanel, marketAt } from "./daily_panel.ts";
import type { PillarId, ScoreMethod } from "./method.ts";
import { midRankPercentiles } from "./percentile.ts";
import { scorePlainly } from "./score_run.ts";
import type { PlainScore } from "./scorecard.ts";

/** The spans that scores are held against. */
export const HORIZONS = [7, 30] as const;
export type Horizon = typeof HORIZONS[number];

/** Fewer assets on a day say nothing about their order. */
const MIN_ASSETS = 5;

/** How a pillar, or the overall score, went with the returns that followed. */
export interface HonestyRow {
  readonly subject: PillarId | "overall";
  readonly horizon: Horizon;
  /** Mean over the days of Spearman's rank correlation over the assets; `null` without days. */
  readonly correlation: number | null;
  /** Standard error of that mean; the days are a horizon apart, so that no return counts twice. */
  readonly standardError: number | null;
  /** Share of the days on which the correlation was above 0. */
  readonly positive: number | null;
  /** Days that had at least five assets. */
  readonly n: number;
}

/** The days of a horizon whose scores count: a horizon apart, the last with its return known. */
export function honestyDays(
  { first, to, horizon }: { readonly first: UtcMs; readonly to: UtcMs; readonly horizon: Horizon },
): readonly UtcMs[] {
  const days: UtcMs[] = [];
  for (let day = to - horizon * DAY_MS; day >= first; day -= horizon * DAY_MS) {
    days.push(day as UtcMs);
  }
  return days.reverse();
}

/**
 * For each horizon the rank correlation of each pillar on a day with the members' return after it,
 * in the order of the method's pillars, the overall score last; NaN of fewer than five assets.
 */
export function correlationsOn(
  panel: DailyPanel,
  { method, horizons, day }: { method: ScoreMethod; horizons: readonly Horizon[]; day: UtcMs },
): readonly Float64Array[] {
  const members = scorePlainly(panel, { method, day }).filter(({ outside }) => outside === null);
  const columns = [
    ...method.pillars.map((_, at) => (score: PlainScore) => score.pillars[at]?.score ?? NaN),
    ({ score }: PlainScore) => score ?? NaN,
  ].map((read) => Float64Array.from(members, read));
  return horizons.map((horizon) => {
    const later = returnsAfter(panel, { day, horizon });
    const returns = Float64Array.from(members, ({ assetId }) => later.get(assetId) ?? NaN);
    return Float64Array.from(columns, (column) => rankCorrelation(column, returns));
  });
}

/** Returns over the horizon after a day, by asset. */
function returnsAfter(
  panel: DailyPanel,
  { day, horizon }: { day: UtcMs; horizon: Horizon },
): ReadonlyMap<string, number> {
  const later = day + horizon * DAY_MS as UtcMs;
  return new Map(
    marketAt(panel, { day: later, reach: horizon + 1 }).map(({ assetId, history: { close } }) => [
      assetId,
      (close.at(-1) ?? NaN) / (close.at(-1 - horizon) ?? NaN) - 1,
    ]),
  );
}

/** The rows of a horizon from the correlations of its days. */
export function summarizeHonesty(
  correlations: readonly (readonly (number | null)[])[],
  { method, horizon }: { method: ScoreMethod; horizon: Horizon },
): readonly HonestyRow[] {
  const subjects = [...method.pillars.map(({ id }) => id), "overall" as const];
  return subjects.map((subject, at) => {
    const known = Float64Array.from(correlations, (day) => day[at] ?? NaN)
      .filter((value) => value === value);
    const n = known.length;
    const deviation = sampleDeviation(known);
    return {
      subject,
      horizon,
      correlation: mean(known),
      standardError: deviation === null ? null : deviation / Math.sqrt(n),
      positive: n === 0 ? null : known.filter((value) => value > 0).length / n,
      n,
    };
  });
}

/** Spearman's: Pearson's correlation of mid-ranks over pairs that are whole; NaN of too few. */
export function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const isWhole = (_: number, at: number) => !Number.isNaN((a[at] ?? NaN) + (b[at] ?? NaN));
  const [x, y] = [midRanks(a.filter(isWhole)), midRanks(b.filter(isWhole))];
  if (x.length < MIN_ASSETS) return NaN;
  let [product, squareX, squareY] = [0, 0, 0];
  x.forEach((rank, at) => {
    // Mid-rank percentiles have a mean of 50, whatever the ties.
    const [gapX, gapY] = [rank - 50, (y[at] ?? NaN) - 50];
    product += gapX * gapY;
    squareX += gapX * gapX;
    squareY += gapY * gapY;
  });
  return squareX > 0 && squareY > 0 ? product / Math.sqrt(squareX * squareY) : NaN;
}

function midRanks(values: Float64Array): Float64Array {
  return midRankPercentiles(values, { isMember: new Uint8Array(values.length).fill(1), sign: 1 });
}
