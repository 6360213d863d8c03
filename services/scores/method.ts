import { z } from "zod";

/** What a metric measures, by its name in a method file; `measures.ts` says how. */
export const MEASURES = [
  "log_median_volume",
  "amihud",
  "log_return",
  "relative_strength",
  "distance_to_mean",
  "volatility",
  "max_drawdown",
  "downside_beta",
  "var95",
  "gap_rate",
  "active_address_growth",
  "fee_share",
  "circulating_share",
  "dilution",
  "sentiment_surplus",
] as const;
export type Measure = typeof MEASURES[number];

export const PILLARS = ["liquidity", "market", "risk", "network", "supply", "sentiment"] as const;
export type PillarId = typeof PILLARS[number];

const Slug = z.string().regex(/^[a-z0-9_]+$/);
const Share = z.number().min(0).max(1);

const Metric = z.strictObject({
  id: Slug,
  label: z.string().min(1),
  measure: z.enum(MEASURES),
  days: z.int().min(2).max(400),
  /** 1 where more is better, -1 where less is. */
  sign: z.literal([1, -1]),
});

const Pillar = z.strictObject({
  id: z.enum(PILLARS),
  label: z.string().min(1),
  weight: z.number().positive().max(1),
  metrics: z.array(Metric).min(1),
});

const Method = z.strictObject({
  version: Slug,
  label: z.string().min(1),
  /** How pillars become one score. */
  combine: z.enum(["geometric", "arithmetic"]),
  universe: z.strictObject({
    min_daily_candles: z.int().positive(),
    volume_days: z.int().positive(),
    min_median_volume_usd: z.number().nonnegative(),
    apart_themes: z.array(Slug),
  }),
  /** Share of a window's days that must be there for its metric. */
  min_present: Share,
  /** Share of a pillar's metrics that it needs. */
  min_metrics: Share,
  /** Share of the weights below which an asset is not ranked. */
  min_coverage: Share,
  market_asset: z.string().min(1),
  pillars: z.array(Pillar).min(1),
  uncertainty: z.strictObject({
    draws: z.int().min(10).max(10_000),
    seed: z.int().nonnegative(),
    weight_spread: z.number().min(0).lt(1),
    window_spread: z.number().min(0).lt(1),
    dropped_metrics: z.int().min(0).max(5),
    /** Quantiles of the draws that make the band. */
    band: z.tuple([Share, Share]),
  }),
  grades: z.strictObject({
    /** Least score of each letter, best first; the last one begins at 0. */
    letters: z.array(z.strictObject({ letter: z.string().min(1), min: z.number().min(0).max(100) }))
      .min(1),
    /** Points by which the band must clear a threshold, in this many runs. */
    margin: z.number().min(0),
    runs: z.int().min(1),
  }),
});

/** A way of scoring, as data: pillars, metrics, windows, weights. */
export type ScoreMethod = z.output<typeof Method>;
export type MetricDefinition = z.output<typeof Metric>;
export type PillarDefinition = z.output<typeof Pillar>;

/** Weights may miss what they should be by rounding only. */
export const WEIGHT_TOLERANCE = 1e-9;

/** Reads a method file. Throws `RangeError` that names everything wrong with it. */
export function parseMethod(text: string): ScoreMethod {
  const parsed = Method.safeParse(readJson(text));
  if (!parsed.success) {
    throw new RangeError(`Cannot read the method: ${z.prettifyError(parsed.error)}`);
  }
  const problems = problemsOf(parsed.data);
  if (problems.length > 0) throw new RangeError(`Cannot use the method: ${problems.join("; ")}`);
  return parsed.data;
}

/** The methods of several files by their version. Throws `RangeError` where two share one. */
export function loadMethods(texts: readonly string[]): ReadonlyMap<string, ScoreMethod> {
  const methods = texts.map(parseMethod);
  const byVersion = new Map(methods.map((method) => [method.version, method]));
  if (byVersion.size < methods.length) {
    throw new RangeError("Cannot use the methods: two files have one version");
  }
  return byVersion;
}

/** The days of a window after it is stretched or shrunk by `factor`; at least 2. */
export function windowDays({ days }: MetricDefinition, factor: number): number {
  return Math.max(2, Math.round(days * factor));
}

/** Days that a score reads: its longest window at its longest, and the day before it. */
export function reachOf({ pillars, universe, uncertainty }: ScoreMethod): number {
  const longest = pillars.flatMap(({ metrics }) =>
    metrics.map((metric) => windowDays(metric, 1 + uncertainty.window_spread))
  );
  return 1 + Math.max(universe.min_daily_candles, universe.volume_days, ...longest);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RangeError("Cannot read the method: it is no JSON", { cause: error });
  }
}

function problemsOf({ pillars, grades, uncertainty }: ScoreMethod): readonly string[] {
  const ids = pillars.flatMap(({ metrics }) => metrics.map(({ id }) => id));
  const sum = pillars.reduce((total, { weight }) => total + weight, 0);
  const minima = grades.letters.map(({ min }) => min);
  return [
    ...Math.abs(sum - 1) > WEIGHT_TOLERANCE ? [`the weights add up to ${sum}, expected 1`] : [],
    ...new Set(ids).size < ids.length ? ["two metrics have one id"] : [],
    ...new Set(pillars.map(({ id }) => id)).size < pillars.length ? ["a pillar comes twice"] : [],
    ...minima.some((min, at) => at > 0 && min >= (minima[at - 1] ?? 0))
      ? ["the grades do not fall"]
      : [],
    ...minima.at(-1) !== 0 ? ["the last grade does not begin at 0"] : [],
    ...uncertainty.band[0] >= uncertainty.band[1] ? ["the band has no width"] : [],
  ];
}
