import { AppError } from "../../kernel/errors.ts";
import { formatUtcMs, type UtcMs } from "../../kernel/time.ts";
import {
  type AssetLabel,
  bucketStart,
  type CandleColumns,
  chooseSeries,
  type FilledSeries,
  type Interval,
  intervalMs,
  lastClose,
} from "../../market/mod.ts";
import { countBars, intervalsFor } from "./period.ts";

/** An asset with the series that may answer for it. */
export interface StoredAsset {
  readonly label: AssetLabel;
  readonly series: readonly FilledSeries[];
}

/** An asset with the one series that answers in a window; `null` where none reaches into it. */
export interface PlannedAsset {
  readonly label: AssetLabel;
  readonly series: FilledSeries | null;
}

/**
 * Rows of equal length that end together, the same for each of several assets: bars that closed
 * by the window's end, and before them the one whose close the first return is measured against.
 */
export interface PriceWindow {
  readonly interval: Interval;
  /** Start of the bar before the first, which is row 0. */
  readonly base: UtcMs;
  /** Close of the last bar. */
  readonly end: UtcMs;
  readonly bars: number;
  readonly assets: readonly PlannedAsset[];
}

/** Which bars to measure: those of a span before the end, or those since a start. */
export interface WindowQuery {
  readonly span: { readonly ms: number } | { readonly since: UtcMs };
  /** Without it hours or days, as the span and the stored candles go. */
  readonly interval?: Interval | undefined;
  /** Only bars that had closed by then; without it those up to the newest of all the assets. */
  readonly asof?: UtcMs | undefined;
}

/**
 * Lays the window over what is stored of the assets; companions come after them, with whatever
 * they have there, and decide nothing. Finer bars are taken only if each asset has them there:
 * one coarser line among finer ones would share no bar with them. Throws `VALIDATION_FAILED` where
 * the window holds too few bars or too many.
 */
export function planWindow(
  assets: readonly StoredAsset[],
  { query, now, companions = [] }: {
    readonly query: WindowQuery;
    readonly now: UtcMs;
    readonly companions?: readonly StoredAsset[];
  },
): PriceWindow {
  checkAge(query);
  // With an asof the end is that alone: what is stored of later days must not move it.
  const end = query.asof === undefined ? lastInstant(assets, now) : Math.min(query.asof, now);
  const spanMs = "ms" in query.span ? query.span.ms : end - query.span.since;
  const [first = "1d", ...coarser] = query.interval ? [query.interval] : intervalsFor(spanMs);
  const lay = (interval: Interval) =>
    layWindow([...assets, ...companions], { span: query.span, interval, end });
  const chosenIn = ({ assets: planned }: PriceWindow) =>
    planned.slice(0, assets.length).filter(({ series }) => series !== null).length;
  const finest = lay(first);
  const [next] = coarser;
  const isWhole = chosenIn(finest) === assets.length;
  if (isWhole || next === undefined || spanMs < 2 * intervalMs(next)) return finest;
  const coarse = lay(next);
  return chosenIn(coarse) > chosenIn(finest) ? coarse : finest;
}

/** No asset has a price from before the epoch, and no bar of such a time has to be reckoned. */
function checkAge({ span, asof = 0 as UtcMs }: WindowQuery): void {
  const field = asof < 0 ? "asof" : "since" in span && span.since < 0 ? "start" : null;
  if (field === null) return;
  throw new AppError("VALIDATION_FAILED", `Cannot read ${field}: expected 1970-01-01 or later`, {
    details: { field },
  });
}

/** The newest moment that any of the assets' candles has reached by now. */
function lastInstant(assets: readonly StoredAsset[], now: UtcMs): number {
  const closes = assets.flatMap(({ series }) => series.map(lastClose));
  return closes.length === 0 ? now : Math.min(now, Math.max(...closes));
}

function layWindow(
  assets: readonly StoredAsset[],
  { span, interval, end: lastMs }: {
    readonly span: WindowQuery["span"];
    readonly interval: Interval;
    readonly end: number;
  },
): PriceWindow {
  const end = bucketStart(lastMs, interval);
  const size = intervalMs(interval);
  const count = { interval, assets: assets.length };
  // The bar at the start closes with the price that later ones are compared with.
  const bars = "ms" in span
    ? countBars(span.ms, { ...count, field: "period" })
    : countBars(end - bucketStart(span.since, interval) - size, { ...count, field: "start" });
  const base = end - (bars + 1) * size as UtcMs;
  const range = { from: base, to: end };
  const planned = assets.map(({ label, series }) => {
    const reaching = series.filter((one) => one.firstOpenTime < end && lastClose(one) > base)
      .map((one) => asKnownBy(one, end));
    const choice = chooseSeries(reaching, { interval, range });
    const chosen = series.find(({ seriesId }) => seriesId === choice?.series.seriesId);
    return { label, series: chosen ?? null };
  });
  return { interval, base, end, bars, assets: planned };
}

/** The series without what it became after `end`, so that no later candle sways the choice. */
function asKnownBy(series: FilledSeries, end: UtcMs): FilledSeries {
  const lastOpen = Math.min(series.lastOpenTime, bucketStart(end - 1, series.interval)) as UtcMs;
  return { ...series, lastOpenTime: lastOpen, rows: 0 };
}

/** Closes in the window's rows, the first of which is the base; NaN where there is no candle. */
export function alignCloses(candles: CandleColumns, window: PriceWindow): Float64Array {
  const size = intervalMs(window.interval);
  const rows = new Float64Array(window.bars + 1).fill(NaN);
  for (let i = 0; i < candles.length; i++) {
    const row = (candles.openTime[i] as number - window.base) / size;
    if (row >= 0 && row < rows.length) rows[row] = candles.close[i] as number;
  }
  return rows;
}

/** Start of the bar in a row. */
export function startOfRow({ base, interval }: PriceWindow, row: number): UtcMs {
  return base + row * intervalMs(interval) as UtcMs;
}

/** What the window stands on: another text means that other facts would be read. */
export function stampOf({ interval, base, end, assets }: PriceWindow): string {
  return [interval, base, end, ...assets.map(stampOfAsset)].join();
}

/** The asset's part of it. */
export function stampOfAsset({ label: { assetId }, series }: PlannedAsset): string {
  if (series === null) return assetId;
  return [assetId, series.seriesId, series.version, series.updatedAt].join(".");
}

/** Why an asset has no price in the window. */
export function absenceReason({ interval, base, end }: PriceWindow, asset: AssetLabel): string {
  const [from, to] = [formatUtcMs(base), formatUtcMs(end)];
  return `No candles of ${asset.assetId} at ${interval} or finer from ${from} to ${to}`;
}
