import { finiteOrNull } from "../../kernel/numbers.ts";
import { formatUtcMs, YEAR_MS } from "../../kernel/time.ts";
import { intervalMs } from "../../market/mod.ts";
import { MIN_COMMON_POINTS } from "./common_rows.ts";
import { cellOf, correlate, rollingCorrelation } from "./correlation.ts";
import { correlationMatrix } from "./correlation_matrix.ts";
import { deepestDrawdown, type Drawdown, drawdownCurve } from "../../kernel/drawdown.ts";
import { logReturns } from "./log_returns.ts";
import { measurePriceRisk, measureSwing, type PriceSwing } from "./price_risk.ts";
import type { PriceRows } from "./window_reader.ts";
import { absenceReason, type PriceWindow, stampOf, startOfRow } from "./price_window.ts";
import { relativePerformance } from "./relative_performance.ts";
import type {
  AssetBasis,
  Basis,
  ComparisonReport,
  CorrelationMatrixReport,
  CorrelationReport,
  DrawdownDates,
  DrawdownReport,
  Reasons,
  RiskReport,
  RollingCorrelationReport,
  VolatilityReport,
} from "./reports.ts";

/** What a report is made of: a window and the rows of its assets, in the window's order. */
export interface Measured {
  readonly window: PriceWindow;
  readonly rows: readonly PriceRows[];
}

/** Yearly simple rates, spread evenly over the bars of a year. */
export interface Rates {
  readonly riskFree?: number | undefined;
  readonly requiredReturn?: number | undefined;
}

/** The swing of the window's one asset. */
export function volatilityReport(
  { window, rows }: Measured,
  { period }: { readonly period: string },
): VolatilityReport {
  const own = rowsAt(rows, 0);
  const swing = measureSwing(own.prices, { periodsPerYear: barsPerYear(window) });
  return {
    ...basisOf(window),
    ...swing,
    asset: assetBasis(window, own),
    period,
    reasons: swingReasons(swing, { window, own }),
  };
}

/** Risk of the window's first asset, measured against its last, which may be the same. */
export function riskReport(
  { window, rows }: Measured,
  { period, riskFree = 0, requiredReturn = 0 }: Rates & { readonly period: string },
): RiskReport {
  const [own, market] = [rowsAt(rows, 0), rowsAt(rows, rows.length - 1)];
  const periodsPerYear = barsPerYear(window);
  const { measures: { beta, ...measures }, drawdown, currentDrawdown, ...swing } = measurePriceRisk(
    own.prices,
    {
      periodsPerYear,
      riskFree: riskFree / periodsPerYear,
      requiredReturn: requiredReturn / periodsPerYear,
      benchmark: market.prices,
    },
  );
  const { r, n, ci95 } = correlate(logReturns(own.prices), logReturns(market.prices));
  const maxDrawdown = drawdown?.depth ?? null;
  const figures = { ...measures, beta, correlation: r, maxDrawdown, currentDrawdown };
  const benchmark = { assetId: market.label.assetId, beta, correlation: r, ci95, n };
  return {
    ...basisOf(window),
    ...swing,
    asset: assetBasis(window, own),
    period,
    measures,
    drawdown: drawdown && datesOf(drawdown, window),
    currentDrawdown,
    benchmark,
    reasons: {
      ...swingReasons(swing, { window, own }),
      ...missingReasons(figures, swing.n === 0 ? absenceReason(window, own.label) : UNMEASURABLE),
      ...r === null && swing.n > 0 && { correlation: correlationReason(n) },
    },
  };
}

/** The drawdown curve of the window's one asset. */
export function drawdownReport(
  { window, rows }: Measured,
  { period }: { readonly period: string },
): DrawdownReport {
  const own = rowsAt(rows, 0);
  const curve = drawdownCurve(own.prices);
  const deepest = deepestDrawdown(own.prices);
  const current = curve.findLast((depth) => !Number.isNaN(depth)) ?? null;
  const figures = { maxDrawdown: deepest?.depth ?? null, currentDrawdown: current };
  return {
    ...basisOf(window),
    asset: assetBasis(window, own),
    period,
    t: startsOf(window, 0),
    curve,
    deepest: deepest && datesOf(deepest, window),
    current,
    reasons: missingReasons(figures, absenceReason(window, own.label)),
  };
}

/** How the window's two assets moved together. */
export function correlationReport(
  { window, rows }: Measured,
  { period }: { readonly period: string },
): CorrelationReport {
  const [first, second] = [rowsAt(rows, 0), rowsAt(rows, 1)];
  const { r, n, ci95 } = correlate(logReturns(first.prices), logReturns(second.prices));
  const absent = [first, second].find(({ provenance }) => provenance === null);
  const reason = absent ? absenceReason(window, absent.label) : correlationReason(n);
  return {
    ...basisOf(window),
    assets: [assetBasis(window, first), assetBasis(window, second)],
    period,
    correlation: r,
    n,
    ci95,
    missing: window.bars - n,
    reasons: missingReasons({ correlation: r }, reason),
  };
}

/** The same over windows that end with each bar. */
export function rollingReport(
  { window, rows }: Measured,
  { period, bars }: { readonly period: string; readonly bars: number },
): RollingCorrelationReport {
  const [first, second] = [rowsAt(rows, 0), rowsAt(rows, 1)];
  const rolled = rollingCorrelation(logReturns(first.prices), logReturns(second.prices), {
    window: bars,
  });
  return {
    ...basisOf(window),
    assets: [assetBasis(window, first), assetBasis(window, second)],
    period,
    window: bars,
    t: startsOf(window, 1),
    correlation: rolled.r,
    n: rolled.n,
  };
}

/** How every two of the window's assets moved together. */
export function matrixReport(
  { window, rows }: Measured,
  { period }: { readonly period: string },
): CorrelationMatrixReport {
  const matrix = correlationMatrix(rows.map(({ prices }) => logReturns(prices)));
  const cells = Array.from(
    matrix.r,
    (_, at) => cellOf(matrix, { row: Math.floor(at / matrix.size), column: at % matrix.size }),
  );
  return {
    ...basisOf(window),
    assets: rows.map((own) => assetBasis(window, own)),
    period,
    r: matrix.r,
    n: matrix.n,
    ci95: cells.map(({ ci95 }) => ci95),
  };
}

/** The window's assets as changes since its first row. */
export function comparisonReport({ window, rows }: Measured): ComparisonReport {
  const start = window.base;
  return {
    ...basisOf(window),
    start,
    t: startsOf(window, 0),
    assets: rows.map((own) => {
      const { change, base, total } = relativePerformance(own.prices);
      const baseAt = base === null ? null : startOfRow(window, base);
      const reasons = baseAt === null
        ? { total: absenceReason(window, own.label) }
        : baseAt > start
        ? { base: `Its first candle after the start is of ${formatUtcMs(baseAt)}` }
        : {};
      return { ...assetBasis(window, own), baseAt, total, change, reasons };
    }),
  };
}

function rowsAt(rows: readonly PriceRows[], index: number): PriceRows {
  const found = rows[index];
  if (found) return found;
  throw new RangeError(`Cannot measure asset ${index}: the window has ${rows.length}`);
}

function barsPerYear({ interval }: PriceWindow): number {
  return YEAR_MS / intervalMs(interval);
}

function basisOf(window: PriceWindow): Basis {
  const { interval, bars, end } = window;
  const from = startOfRow(window, 1);
  return { interval, from, to: startOfRow(window, bars), bars, asof: end, stamp: stampOf(window) };
}

function assetBasis(window: PriceWindow, { label, prices, provenance }: PriceRows): AssetBasis {
  const bars = prices.subarray(1);
  const isKnown = (price: number) => !Number.isNaN(price);
  const n = bars.filter(isKnown).length;
  const startOf = (bar: number) => bar < 0 ? null : startOfRow(window, bar + 1);
  return {
    assetId: label.assetId,
    n,
    missing: bars.length - n,
    from: startOf(bars.findIndex(isKnown)),
    to: startOf(bars.findLastIndex(isKnown)),
    provenance,
  };
}

/** Starts of the window's rows from `first` on. */
function startsOf(window: PriceWindow, first: number): Float64Array {
  return Float64Array.from(
    { length: window.bars + 1 - first },
    (_, at) => startOfRow(window, at + first),
  );
}

function datesOf({ depth, peak, trough, recovery }: Drawdown, window: PriceWindow): DrawdownDates {
  return {
    depth,
    peakAt: startOfRow(window, peak),
    troughAt: startOfRow(window, trough),
    recoveredAt: recovery === null ? null : startOfRow(window, recovery),
  };
}

const UNMEASURABLE = "Too few returns, or nothing to divide by: they do not vary, or none is bad";

function swingReasons(
  { priceStddev, volatility, n, returns }: PriceSwing,
  { window, own }: { readonly window: PriceWindow; readonly own: PriceRows },
): Reasons {
  const absent = absenceReason(window, own.label);
  return {
    ...missingReasons({ priceStddev }, absent),
    ...missingReasons(
      { volatility },
      n === 0 ? absent : `2 returns are needed, there are ${returns}`,
    ),
  };
}

function correlationReason(n: number): string {
  return n < MIN_COMMON_POINTS
    ? `${MIN_COMMON_POINTS} common returns are needed, there are ${n}`
    : "One of the two prices never moves";
}

/** The reason for each of the figures that is missing. */
function missingReasons(
  figures: Readonly<Record<string, number | null>>,
  reason: string,
): Reasons {
  const missing = Object.entries(figures).filter(([, value]) => finiteOrNull(value) === null);
  return Object.fromEntries(missing.map(([name]) => [name, reason]));
}
