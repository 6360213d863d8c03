import { countPresent, type DailyHistory, medianOf } from "./daily_history.ts";
import { measure } from "./measures.ts";
import { type MetricDefinition, type ScoreMethod, windowDays } from "./method.ts";
import { midRankPercentiles } from "./percentile.ts";

/** One asset as a run sees it: its histories end on the run's day. */
export interface ScoringAsset {
  readonly assetId: string;
  readonly themes: readonly string[];
  readonly history: DailyHistory;
}

/** A metric's values over all assets. */
export interface MetricTable {
  /** Index of its pillar. */
  readonly pillar: number;
  readonly metric: MetricDefinition;
  /** Raw values by asset at the metric's own window. */
  readonly raw: Float64Array;
  /** Percentiles by window of the grid, then by asset. */
  readonly percentiles: readonly Float64Array[];
}

/** Everything that cards and draws are computed from. */
export interface ScoreTables {
  readonly method: ScoreMethod;
  readonly assetIds: readonly string[];
  /** Why each asset stands outside the reference set; `null` for its members. */
  readonly outside: readonly (string | null)[];
  /** 1 for assets of the reference set. */
  readonly isMember: Uint8Array;
  readonly metrics: readonly MetricTable[];
  /** The window of the grid that the method names. */
  readonly center: number;
}

/** Windows tried by the draws: so many steps from the one end of the spread to the other. */
const GRID_STEPS = 8;

/** The factors that a metric's window is multiplied by, ascending, 1 in the middle. */
function windowGrid(spread: number): readonly number[] {
  return Array.from(
    { length: GRID_STEPS + 1 },
    (_, step) => 1 + spread * (2 * step / GRID_STEPS - 1),
  );
}

/**
 * Measures every metric of every asset and ranks it against the reference set, at every window
 * that the draws may try; at the method's own windows alone with `isPlain`.
 */
export function buildTables(
  assets: readonly ScoringAsset[],
  { method, market, isPlain = false }: {
    method: ScoreMethod;
    market: DailyHistory;
    isPlain?: boolean;
  },
): ScoreTables {
  const outside = assets.map((asset) => whyOutside(asset, method));
  const isMember = Uint8Array.from(outside, (reason) => Number(reason === null));
  const grid = isPlain ? [1] : windowGrid(method.uncertainty.window_spread);
  const center = isPlain ? 0 : GRID_STEPS / 2;
  const minPresent = method.min_present;
  const metrics = method.pillars.flatMap((definition, pillar) =>
    definition.metrics.map((metric) => {
      const byWindow = grid.map((factor) => {
        const days = windowDays(metric, factor);
        return Float64Array.from(
          assets,
          ({ history }) => measure(metric.measure, { history, market, days, minPresent }),
        );
      });
      return {
        pillar,
        metric,
        raw: byWindow[center] ?? new Float64Array(),
        percentiles: byWindow.map((values) =>
          midRankPercentiles(values, { isMember, sign: metric.sign })
        ),
      };
    })
  );
  return {
    method,
    assetIds: assets.map(({ assetId }) => assetId),
    outside,
    isMember,
    metrics,
    center,
  };
}

/** Why an asset is not in the reference set; `null` if it is old, traded and free enough. */
function whyOutside(
  { themes, history }: ScoringAsset,
  { universe, min_present }: ScoreMethod,
): string | null {
  const apart = themes.find((theme) => universe.apart_themes.includes(theme));
  if (apart !== undefined) return `Apart as ${apart}`;
  const days = countPresent(history.close);
  const needed = universe.min_daily_candles;
  if (days < needed) return `${days} daily candles, ${needed} needed`;
  const volumes = history.volumeUsd.subarray(-universe.volume_days)
    .filter((volume) => volume === volume);
  if (volumes.length < universe.volume_days * min_present) {
    return `Dollar volume of ${volumes.length} of ${universe.volume_days} days known`;
  }
  const median = medianOf(volumes);
  if (median >= universe.min_median_volume_usd) return null;
  return `Median dollar volume ${Math.round(median)}, ${universe.min_median_volume_usd} needed`;
}
