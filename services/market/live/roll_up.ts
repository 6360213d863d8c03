import type { UtcMs } from "../../kernel/time.ts";
import {
  bucketStart,
  CANDLE_STATES,
  candleAt,
  type CandleColumns,
  type Interval,
  intervalMs,
  selectRows,
  type SeriesKey,
} from "../candle.ts";
import { deriveCandles } from "../derive.ts";
import type { LiveCandle } from "../live_ports.ts";
import type { CandleStore, TimeRange } from "../ports.ts";
import { BUILT_INTERVAL } from "./live_candles.ts";

/** The stored intervals that are rolled up from the built ones. */
const ROLLED_INTERVALS = ["1h", "1d"] as const satisfies readonly Interval[];

const PROVISIONAL = CANDLE_STATES.indexOf("provisional");

/** Written bars as streams tell of them. */
export function newsOfColumns(
  written: readonly RolledUp[],
  asof: UtcMs,
): readonly LiveCandle[] {
  return written.flatMap(({ key, candles }) =>
    Array.from({ length: candles.length }, (_, at) => {
      const { volumeUsd: _usd, marketCapUsd: _cap, ...candle } = candleAt(candles, at);
      return { ...key, ...candle, asof };
    })
  );
}

/** What a roll-up wrote. */
export interface RolledUp {
  readonly key: SeriesKey;
  readonly candles: CandleColumns;
}

/**
 * The 1 h and 1 d candles of a venue's asset over the buckets that `range` touches, from the 5 m
 * candles that are stored. A bucket that lacks a part stays provisional: whether nothing was traded
 * or something was missed, only the venue knows. It never replaces one that is closed.
 */
export async function rollUp(
  store: CandleStore,
  { key, range }: { key: SeriesKey; range: TimeRange },
): Promise<readonly RolledUp[]> {
  const series = await store.findSeries({ ...key, interval: BUILT_INTERVAL });
  if (series === null) return [];
  const rolled: RolledUp[] = [];
  for (const interval of ROLLED_INTERVALS) {
    const from = bucketStart(range.from, interval);
    const to = bucketStart(range.to - 1, interval) + intervalMs(interval) as UtcMs;
    const limit = (to - from) / intervalMs(BUILT_INTERVAL);
    const parts = await store.listCandles(series.seriesId, { range: { from, to }, limit });
    const { candles, partsMissing } = deriveCandles(parts, { from: BUILT_INTERVAL, to: interval });
    partsMissing.forEach((missing, at) => {
      if (missing > 0) candles.state[at] = PROVISIONAL;
    });
    const rolledKey = { ...key, interval };
    const news = await withoutRefused(store, { key: rolledKey, candles, range: { from, to } });
    if (news.length > 0) rolled.push({ key: rolledKey, candles: news });
  }
  if (rolled.length > 0) await store.upsertAll(rolled);
  return rolled;
}

/** Without the open ones where a closed one stands: the store keeps that, so nobody is told. */
async function withoutRefused(
  store: CandleStore,
  { key, candles, range }: RolledUp & { readonly range: TimeRange },
): Promise<CandleColumns> {
  if (!candles.state.includes(PROVISIONAL)) return candles;
  const series = await store.findSeries(key);
  if (series === null) return candles;
  const limit = (range.to - range.from) / intervalMs(key.interval);
  const standing = await store.listCandles(series.seriesId, { range, limit });
  const isClosed = (_: number, at: number) => standing.state[at] !== PROVISIONAL;
  const closed = new Set(standing.openTime.filter(isClosed));
  return selectRows(
    candles,
    (at) => candles.state[at] !== PROVISIONAL || !closed.has(candles.openTime[at] ?? NaN),
  );
}
