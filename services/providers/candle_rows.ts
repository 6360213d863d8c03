import { formatUtcMs, type UtcMs } from "../kernel/time.ts";
import {
  bucketStart,
  CANDLE_STATES,
  type CandleColumns,
  emptyColumns,
  type Interval,
  intervalMs,
} from "../market/candle.ts";
import { alignmentFault, candleFault } from "../market/candle_checks.ts";
import type { ProviderCandles, QuarantinedRow, TimeRange } from "../market/ports.ts";

/** A candle as a provider's answer tells it; NaN is a value that it does not give. */
export interface CandleRow {
  readonly openTime: UtcMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly volumeUsd: number;
}

/** A row of an answer: the candle, or why it is none, with the row as it came. */
export type ReadRow =
  | { readonly kind: "candle"; readonly candle: CandleRow; readonly raw: unknown }
  | { readonly kind: "bad"; readonly reason: string; readonly raw: unknown };

/** What is answered where there can be no candles. */
export const NO_CANDLES: ProviderCandles = { candles: emptyColumns(0), quarantined: [] };

/** Enough of a row to see what was wrong with it. */
const MAX_TEXT_LENGTH = 500;

const PROVISIONAL = CANDLE_STATES.indexOf("provisional");
const FINAL = CANDLE_STATES.indexOf("final");

const COLUMNS = ["openTime", "open", "high", "low", "close", "volume", "volumeUsd"] as const;

/**
 * Columns of the rows inside the range, whatever their order. A row that cannot be a candle, or
 * contradicts another of its bucket, is quarantined under its number in the answer, from 1. The
 * bucket that holds `now` is provisional.
 */
export function candlesOf(
  rows: readonly ReadRow[],
  { interval, range, now }: { interval: Interval; range: TimeRange; now: UtcMs },
): ProviderCandles {
  const candles = new Map<number, CandleRow>();
  const quarantined: QuarantinedRow[] = [];
  rows.forEach((row, index) => {
    const reason = row.kind === "bad"
      ? row.reason
      : rowFault(row.candle, { interval, now }) ?? conflict(row.candle, candles);
    if (reason !== null) {
      quarantined.push({ line: index + 1, text: textOf(row.raw), reason });
    } else if (row.kind === "candle" && isInside(row.candle.openTime, range)) {
      candles.set(row.candle.openTime, row.candle);
    }
  });
  const sorted = [...candles.values()].sort((a, b) => a.openTime - b.openTime);
  return { candles: toColumns(sorted, { interval, now }), quarantined };
}

function rowFault(
  { openTime, volume, volumeUsd, ...prices }: CandleRow,
  { interval, now }: { interval: Interval; now: UtcMs },
): string | null {
  if (openTime > now + intervalMs(interval)) return `${formatUtcMs(openTime)} lies in the future`;
  if (bucketStart(openTime, interval) !== openTime) {
    return alignmentFault(formatUtcMs(openTime), interval);
  }
  return candleFault(prices, { volume, volumeUsd, marketCapUsd: NaN });
}

function conflict(candle: CandleRow, known: ReadonlyMap<number, CandleRow>): string | null {
  const other = known.get(candle.openTime);
  if (!other || COLUMNS.every((name) => Object.is(candle[name], other[name]))) return null;
  return `gives other values for ${formatUtcMs(candle.openTime)} than a row before it`;
}

function isInside(at: number, { from, to }: TimeRange): boolean {
  return at >= from && at < to;
}

function textOf(raw: unknown): string {
  return (JSON.stringify(raw) ?? "").slice(0, MAX_TEXT_LENGTH);
}

function toColumns(
  rows: readonly CandleRow[],
  { interval, now }: { interval: Interval; now: UtcMs },
): CandleColumns {
  const columns = emptyColumns(rows.length);
  rows.forEach((row, index) => {
    for (const name of COLUMNS) columns[name][index] = row[name];
    const isOpen = row.openTime + intervalMs(interval) > now;
    columns.state[index] = isOpen ? PROVISIONAL : FINAL;
  });
  return columns;
}
