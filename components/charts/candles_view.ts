import { type CandleChartData, type ChartIndicator, gapsOf, tailOf } from "./candles_data.ts";
import { type BarInterval, INTERVAL_MS, type RangeName } from "./candles_query.ts";

export const FRESHNESS = ["live", "delayed", "stale", "missing"] as const;

/** Where the bars of a chart come from. */
export interface ChartOrigin {
  readonly source: string;
  /** Close of the newest bar, UTC milliseconds. */
  readonly asof: number;
  /** Finer interval that the bars were made from, if they are not stored as shown. */
  readonly derivedFrom: string | null;
  readonly isDemo: boolean;
}

/** A chart as a page or the API hands it over. */
export interface ChartSnapshot {
  readonly data: CandleChartData;
  /** `null` where nothing is stored. */
  readonly origin: ChartOrigin | null;
  readonly freshness: typeof FRESHNESS[number];
  readonly availableRanges: readonly RangeName[];
  readonly availableIntervals: readonly BarInterval[];
}

/** Bars and indicator lines in columns of equal length; NaN and `null` are missing values. */
export interface ChartColumns {
  readonly interval: BarInterval;
  readonly openTime: ArrayLike<number>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  /** Units of the asset, and US dollars, as far as the source gives them. */
  readonly volume: ArrayLike<number | null>;
  readonly volumeUsd: ArrayLike<number | null>;
  /** By line: `sma:20`, `macd:12-26-9.signal`. */
  readonly lines: Readonly<Record<string, ArrayLike<number | null>>>;
  readonly isProvisional: boolean;
  /** End of the range that was asked for, UTC milliseconds; the bars may end earlier. */
  readonly rangeEnd: number | null;
}

/** Digits that a chart can show; the rest would only make the page longer. */
const BAR_DIGITS = 9;
const LINE_DIGITS = 8;
const VOLUME_DIGITS = 6;

/** Lines that tables use and charts do not draw. */
const UNDRAWN = new Set(["percent_b", "width"]);

function shortened(value: number | null | undefined, digits: number): number | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null;
  return Number(value.toPrecision(digits));
}

function bars(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => shortened(value, BAR_DIGITS) ?? NaN);
}

/** Dollars as given, else units × close; `isEstimated` says whether any were made so. */
function dollarVolumes({ volume, volumeUsd, close }: ChartColumns) {
  let isEstimated = false;
  const values = Array.from(close, (price, at) => {
    const given = shortened(volumeUsd[at], VOLUME_DIGITS);
    if (given !== null) return given;
    const made = shortened((volume[at] ?? NaN) * price, VOLUME_DIGITS);
    if (made !== null) isEstimated = true;
    return made;
  });
  return { values, isEstimated };
}

function indicatorsOf({ lines }: ChartColumns): ChartIndicator[] {
  const grouped = new Map<string, Record<string, (number | null)[]>>();
  for (const [line, values] of Object.entries(lines)) {
    // Parameters may hold a point (`bb:20-2.5.upper`): the name of a line has letters only.
    const [, key = line, name = "value"] = /^(.*)\.([a-z_]+)$/.exec(line) ?? [];
    if (UNDRAWN.has(name)) continue;
    const indicator = grouped.get(key) ?? {};
    indicator[name] = Array.from(values, (value) => shortened(value, LINE_DIGITS));
    grouped.set(key, indicator);
  }
  return [...grouped].map(([key, lines]) => ({ key, lines }));
}

/** Packs columns for the way to the chart. */
export function packChart(columns: ChartColumns): CandleChartData {
  const intervalMs = INTERVAL_MS[columns.interval];
  const volume = dollarVolumes(columns);
  return {
    interval: columns.interval,
    intervalMs,
    origin: columns.openTime[0] ?? 0,
    gaps: gapsOf(columns.openTime, intervalMs),
    tail: tailOf(columns.openTime, { intervalMs, rangeEnd: columns.rangeEnd }),
    open: bars(columns.open),
    high: bars(columns.high),
    low: bars(columns.low),
    close: bars(columns.close),
    volume: volume.values,
    isVolumeEstimated: volume.isEstimated,
    isProvisional: columns.isProvisional,
    indicators: indicatorsOf(columns),
  };
}
