import { z } from "zod";
import { fingerprint } from "../../services/kernel/fingerprint.ts";
import { finiteOrNull } from "../../services/kernel/numbers.ts";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import {
  type AssetBasis,
  type AssetMetrics as AssetMetricsModel,
  type Basis,
  type DrawdownDates,
  type DrawdownReport,
  MACD_PERIODS,
  type RiskReport,
  RSI_PERIOD,
  type VolatilityReport,
} from "../../services/analytics/mod.ts";
import { INTERVALS } from "../../services/market/mod.ts";
import { provenanceToWire } from "./provenance_wire.ts";
import { ReasonsByFigure, reasonsToWire } from "./reasons_wire.ts";
import { Epoch, Instant } from "./schemas.ts";

/** Shapes of the answers about risk, each beside the function that makes it. */

const Value = z.number().nullable();
export const Interval95 = z.tuple([z.number(), z.number()]).nullable().describe(
  "95 % interval by Fisher's z; null with the correlation",
);

/** Which bars an answer stands on. */
export const BASIS = {
  period: z.string(),
  interval: z.enum(INTERVALS),
  from: Instant.describe("Start of the window's first bar"),
  to: Instant.describe("Start of its last bar"),
};

const COVERAGE = {
  missing: z.number().int().describe("Bars of the window without a candle"),
  coverage: z.number().describe("Share of the window's bars that have a candle"),
};

const ORIGIN = {
  asof: Instant.nullable(),
  source: z.string().nullable(),
  derived_from: z.enum(INTERVALS).nullable(),
  demo: z.boolean(),
};

const SWING = {
  asset_id: z.string(),
  ...BASIS,
  price_stddev: Value.describe("Population standard deviation of the closes, in price_unit"),
  price_unit: z.literal("usd"),
  volatility: Value.describe("Sample deviation of log returns × √(bars a year), a fraction"),
  n: z.number().int().describe("Closes in the window"),
  n_returns: z.number().int().describe(
    "Returns: that of the first bar is against the close before the window",
  ),
  ...COVERAGE,
  reasons: ReasonsByFigure,
  ...ORIGIN,
};

export const Volatility = z.object(SWING).meta({ id: "Volatility" });

export const Risk = z.object({
  ...SWING,
  cumulative: Value.describe("Last close / first close - 1"),
  annual_return: Value,
  downside_risk: Value,
  sharpe: Value,
  sortino: Value,
  calmar: Value,
  max_drawdown: Value.describe("At most 0"),
  current_drawdown: Value,
  peak_at: Instant.nullable().describe("Bar that the deepest fall began at"),
  trough_at: Instant.nullable(),
  recovered_at: Instant.nullable(),
  var95: Value.describe("Loss of one bar that 5 % of the bars reached or exceeded"),
  es95: Value.describe("Mean loss of those bars"),
  beta: Value.describe("Against the benchmark"),
  benchmark: z.object({
    asset_id: z.string(),
    correlation: Value,
    n: z.number().int().describe("Returns that both have"),
    ci95: Interval95,
  }),
}).meta({ id: "Risk" });

export const DrawdownCurve = z.object({
  asset_id: z.string(),
  ...BASIS,
  t: z.array(Epoch),
  drawdown: z.array(Value).describe("close / highest close so far - 1, at most 0"),
  max_drawdown: Value,
  current_drawdown: Value,
  peak_at: Instant.nullable(),
  trough_at: Instant.nullable(),
  recovered_at: Instant.nullable(),
  n: z.number().int(),
  ...COVERAGE,
  reasons: ReasonsByFigure,
  ...ORIGIN,
}).meta({ id: "DrawdownCurve" });

export const AssetMetrics = Risk.extend({
  drawdown: Value.describe("Same as current_drawdown"),
  nav_share: Value.describe("Share of the caller's net asset value, a fraction"),
  rsi: z.object({ period: z.number().int(), value: Value }),
  macd: z.object({
    fast: z.number().int(),
    slow: z.number().int(),
    signal_period: z.number().int(),
    fast_ema: Value.describe("Dollars"),
    slow_ema: Value,
    macd: Value.describe("fast_ema - slow_ema"),
    signal: Value,
    histogram: Value,
  }),
}).meta({ id: "AssetMetrics" });

/** An asset's part of an answer about several. */
export const Part = z.object({
  asset_id: z.string(),
  n: z.number().int().describe("Bars of the window with a candle"),
  ...COVERAGE,
  first: Instant.nullable().describe("Start of its first bar in the window"),
  last: Instant.nullable(),
  ...ORIGIN,
});

/** The closes and returns of a period. */
export function volatilityToWire(report: VolatilityReport): z.output<typeof Volatility> {
  const { asset, period, priceStddev, volatility, returns, reasons } = report;
  const { first: _, last: __, ...part } = partToWire(asset);
  return {
    ...part,
    period,
    ...basisToWire(report),
    price_stddev: priceStddev,
    price_unit: "usd",
    volatility,
    n_returns: returns,
    reasons: reasonsToWire(reasons),
  };
}

/** Every risk figure of an asset. */
export function riskToWire(report: RiskReport): z.output<typeof Risk> {
  const { measures, drawdown, currentDrawdown, benchmark } = report;
  return {
    ...volatilityToWire(report),
    cumulative: measures.cumulative,
    annual_return: measures.annualReturn,
    downside_risk: measures.downsideRisk,
    sharpe: measures.sharpe,
    sortino: measures.sortino,
    calmar: measures.calmar,
    ...datesToWire(drawdown),
    current_drawdown: currentDrawdown,
    var95: measures.var95,
    es95: measures.es95,
    beta: benchmark.beta,
    benchmark: {
      asset_id: benchmark.assetId,
      correlation: benchmark.correlation,
      n: benchmark.n,
      ci95: pairToWire(benchmark.ci95),
    },
  };
}

/** Risk and momentum of an asset, and its share of a portfolio where there is one. */
export function metricsToWire(
  { risk, momentum }: AssetMetricsModel,
): z.output<typeof AssetMetrics> {
  const { fast, slow, signal } = MACD_PERIODS;
  const figures = riskToWire(risk);
  return {
    ...figures,
    drawdown: figures.current_drawdown,
    nav_share: null,
    rsi: { period: RSI_PERIOD, value: momentum.rsi },
    macd: {
      fast,
      slow,
      signal_period: signal,
      fast_ema: momentum.fastEma,
      slow_ema: momentum.slowEma,
      macd: momentum.macd,
      signal: momentum.macdSignal,
      histogram: momentum.macdHistogram,
    },
    reasons: {
      ...figures.reasons,
      nav_share: "The caller keeps no portfolio here",
      ...momentum.rsi === null && { rsi: WINDOW_NOT_WHOLE },
      ...momentum.macdSignal === null && { macd: WINDOW_NOT_WHOLE },
    },
  };
}

const WINDOW_NOT_WHOLE = "Its window is not whole: too few candles since the last gap";

/** A drawdown curve as columns. */
export function drawdownToWire(report: DrawdownReport): z.output<typeof DrawdownCurve> {
  const { asset, period, t, curve, deepest, current, reasons } = report;
  const { first: _, last: __, ...part } = partToWire(asset);
  return {
    ...part,
    period,
    ...basisToWire(report),
    t: [...t],
    drawdown: valuesToWire(curve),
    ...datesToWire(deepest),
    current_drawdown: current,
    reasons: reasonsToWire(reasons),
  };
}

/** How much of a window an asset fills, and where that comes from. */
export function partToWire(asset: AssetBasis): z.output<typeof Part> {
  const { assetId, n, missing, from, to, provenance } = asset;
  return {
    asset_id: assetId,
    n,
    missing,
    coverage: n / (n + missing),
    first: instantToWire(from),
    last: instantToWire(to),
    ...provenanceToWire(provenance),
  };
}

/** The bars that an answer stands on. */
export function basisToWire({ interval, from, to }: Basis) {
  return { interval, from: formatUtcMs(from), to: formatUtcMs(to) };
}

/** What tells this state of an answer from others: the facts that it was made of. */
export function versionOf({ stamp }: Basis): string {
  return fingerprint(stamp).toString(36);
}

/** A column with `null` for absence. */
export function valuesToWire(values: Float64Array): (number | null)[] {
  return Array.from(values, finiteOrNull);
}

/** An interval, or `null`. */
export function pairToWire(
  pair: readonly [low: number, high: number] | null,
): [low: number, high: number] | null {
  return pair === null ? null : [...pair];
}

/** An instant as text, or `null`. */
export function instantToWire(at: UtcMs | null): string | null {
  return at === null ? null : formatUtcMs(at);
}

function datesToWire(drawdown: DrawdownDates | null) {
  return {
    max_drawdown: drawdown?.depth ?? null,
    peak_at: instantToWire(drawdown?.peakAt ?? null),
    trough_at: instantToWire(drawdown?.troughAt ?? null),
    recovered_at: instantToWire(drawdown?.recoveredAt ?? null),
  };
}
