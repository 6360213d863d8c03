import { nanIfNull } from "../kernel/numbers.ts";
import { mean, regressionSlope, sampleDeviation } from "../kernel/stats.ts";
import { countPresent, type DailyHistory, medianOf } from "./daily_history.ts";
import type { Measure } from "./method.ts";

/** What a metric is computed from: everything ends on the day that is scored. */
export interface MeasureInput {
  readonly history: DailyHistory;
  /** The market to measure against, on the same days. */
  readonly market: DailyHistory;
  readonly days: number;
  /** Share of the window's days that must be there. */
  readonly minPresent: number;
}

/** A kind of metric: its formula in code and in words. */
export interface MeasureFacts {
  readonly of: (input: MeasureInput) => number;
  /** `points`: a number without unit; `fraction`: 0.05 is 5 %. */
  readonly unit: "points" | "fraction";
  readonly formula: string;
  /** The column that it reads, for the days it lacks; `null` where no source of it is stored. */
  readonly column: keyof DailyHistory | null;
}

const DAYS_PER_YEAR = 365;
/** A slope through fewer days than these says nothing. */
const MIN_DOWN_DAYS = 5;

/** A metric whose data no source gives yet: missing, so that it lowers the coverage. */
function notStored(formula: string): MeasureFacts {
  return { of: () => NaN, unit: "fraction", formula, column: null };
}

/** Every measure that a method may name. Definitions: scorecards, method `v1`, step 2. */
export const MEASURE_FACTS: Readonly<Record<Measure, MeasureFacts>> = {
  log_median_volume: {
    of: logMedianVolume,
    unit: "points",
    formula: "ln(median of dollars traded a day)",
    column: "volumeUsd",
  },
  amihud: {
    of: amihud,
    unit: "fraction",
    formula: "mean of |daily return| for each million dollars traded",
    column: "volumeUsd",
  },
  log_return: {
    of: logReturnOver,
    unit: "fraction",
    formula: "ln(close / close that many days before)",
    column: "close",
  },
  relative_strength: {
    of: ({ history, market, ...window }) =>
      logReturnOver({ history, market, ...window }) -
      logReturnOver({ history: market, market, ...window }),
    unit: "fraction",
    formula: "log return less that of Bitcoin",
    column: "close",
  },
  distance_to_mean: {
    of: distanceToMean,
    unit: "fraction",
    formula: "close / mean close - 1",
    column: "close",
  },
  volatility: {
    of: volatility,
    unit: "fraction",
    formula: "sample standard deviation of daily log returns × √365",
    column: "logReturn",
  },
  max_drawdown: {
    of: maxDrawdown,
    unit: "fraction",
    formula: "deepest fall of the close below its running peak",
    column: "close",
  },
  downside_beta: {
    of: downsideBeta,
    unit: "points",
    formula: "cov(r, r of Bitcoin) / var(r of Bitcoin) over the days on which Bitcoin fell",
    column: "simpleReturn",
  },
  var95: {
    of: valueAtRisk,
    unit: "fraction",
    formula: "- (5 % quantile of daily returns)",
    column: "simpleReturn",
  },
  gap_rate: {
    of: gapRate,
    unit: "fraction",
    formula: "days without a close / days",
    column: "close",
  },
  dilution: {
    of: dilution,
    unit: "fraction",
    formula: "units in circulation / those that many days before - 1",
    column: "supply",
  },
  active_address_growth: notStored("growth of active addresses"),
  fee_share: notStored("fees / market value"),
  circulating_share: notStored("circulating / maximal supply"),
  sentiment_surplus: notStored("(positive - negative) / n over 7 days less its 28-day mean"),
};

/** The raw value of a metric, NaN where too much of its window is missing. */
export function measure(kind: Measure, input: MeasureInput): number {
  return MEASURE_FACTS[kind].of(input);
}

/** The present values of a window's days; `null` where too few are. */
function present(
  column: Float64Array,
  { days, minPresent }: { days: number; minPresent: number },
): Float64Array | null {
  const window = column.subarray(Math.max(0, column.length - days));
  const count = countPresent(window);
  if (count === 0 || count < days * minPresent) return null;
  return count === window.length ? window : window.filter((value) => value === value);
}

function logMedianVolume({ history, ...window }: MeasureInput): number {
  const volumes = present(history.volumeUsd, window);
  return volumes === null ? NaN : Math.log(medianOf(volumes));
}

/** Amihud's illiquidity (2002), for a million dollars. */
function amihud({ history: { simpleReturn, volumeUsd }, ...window }: MeasureInput): number {
  const start = Math.max(0, simpleReturn.length - window.days);
  const impacts = simpleReturn.subarray(start)
    .map((change, day) => Math.abs(change) / (volumeUsd[start + day] ?? NaN) * 1e6);
  const whole = present(impacts, window);
  return whole === null ? NaN : nanIfNull(mean(whole));
}

function logReturnOver({ history: { close }, days }: MeasureInput): number {
  return Math.log(ratioOver(close, days));
}

function dilution({ history: { supply }, days }: MeasureInput): number {
  return ratioOver(supply, days) - 1;
}

/** The last value against that of `days` before; NaN unless both are there. */
function ratioOver(column: Float64Array, days: number): number {
  return (column.at(-1) ?? NaN) / (column.at(-1 - days) ?? NaN);
}

function distanceToMean({ history: { close }, ...window }: MeasureInput): number {
  const closes = present(close, window);
  return closes === null ? NaN : (close.at(-1) ?? NaN) / nanIfNull(mean(closes)) - 1;
}

function volatility({ history, ...window }: MeasureInput): number {
  const returns = present(history.logReturn, window);
  if (returns === null) return NaN;
  return nanIfNull(sampleDeviation(returns)) * Math.sqrt(DAYS_PER_YEAR);
}

function maxDrawdown({ history, ...window }: MeasureInput): number {
  const closes = present(history.close, window);
  if (closes === null) return NaN;
  let peak = 0;
  let deepest = 0;
  for (const close of closes) {
    if (close > peak) peak = close;
    const depth = 1 - close / peak;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

function downsideBeta({ history, market, ...window }: MeasureInput): number {
  const returns = history.simpleReturn.subarray(-window.days);
  const factor = market.simpleReturn.subarray(-window.days);
  const both = returns.map((change, day) => change + (factor[day] ?? NaN));
  if (present(both, window) === null) return NaN;
  const isDown = (_: number, day: number) => both[day] === both[day] && (factor[day] ?? NaN) < 0;
  const down = returns.filter(isDown);
  if (down.length < MIN_DOWN_DAYS) return NaN;
  return nanIfNull(regressionSlope(down, factor.filter(isDown)));
}

/** A return that happened, by lower interpolation. */
function valueAtRisk({ history, ...window }: MeasureInput): number {
  const returns = present(history.simpleReturn, window);
  if (returns === null) return NaN;
  const sorted = returns.toSorted();
  // floor(0.05 (n - 1)), without the rounding of 0.05.
  return 0 - (sorted[Math.floor((sorted.length - 1) / 20)] ?? NaN);
}

/** Days before the first close count as missing. */
function gapRate({ history: { close }, days }: MeasureInput): number {
  const count = countPresent(close.subarray(Math.max(0, close.length - days)));
  return count === 0 ? NaN : 1 - count / days;
}
