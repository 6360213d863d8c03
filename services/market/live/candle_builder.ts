import { MINUTE_MS, type UtcMs } from "../../kernel/time.ts";
import {
  bucketStart,
  CANDLE_STATES,
  type CandleColumns,
  type CandleState,
  emptyColumns,
  type Interval,
  intervalMs,
} from "../candle.ts";

/** Trades this much later than the end of their bucket still count in it. */
export const LATE_TRADES_MS = 2 * MINUTE_MS;

/** What a builder reads of a trade. */
export interface BuiltTrade {
  readonly priceUsd: number;
  readonly quantity: number;
  readonly at: UtcMs;
  readonly tradeId: number;
}

/** A bar in the making, or made. */
export interface BuiltCandle {
  readonly openTime: UtcMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly volumeUsd: number;
  readonly state: Extract<CandleState, "provisional" | "final">;
  /** Trades may be missing in it, so that it has to be fetched. */
  readonly hasGap: boolean;
  /** Time of the newest trade in it. */
  readonly asof: UtcMs;
}

class Bucket {
  readonly openTime: number;
  open = NaN;
  high = -Infinity;
  low = Infinity;
  close = NaN;
  volume = 0;
  volumeUsd = 0;
  trades = 0;
  firstAt = Infinity;
  firstId = Infinity;
  lastAt = -Infinity;
  lastId = -Infinity;
  hasGap = false;
  isChanged = false;

  constructor(openTime: number) {
    this.openTime = openTime;
  }

  add({ priceUsd, quantity, at, tradeId }: BuiltTrade): void {
    if (priceUsd > this.high) this.high = priceUsd;
    if (priceUsd < this.low) this.low = priceUsd;
    // Trades may come out of order: the venue's time and number say which was first and last.
    if (at < this.firstAt || (at === this.firstAt && tradeId < this.firstId)) {
      this.firstAt = at;
      this.firstId = tradeId;
      this.open = priceUsd;
    }
    if (at > this.lastAt || (at === this.lastAt && tradeId >= this.lastId)) {
      this.lastAt = at;
      this.lastId = tradeId;
      this.close = priceUsd;
    }
    this.volume += quantity;
    this.volumeUsd += priceUsd * quantity;
    this.trades++;
    this.isChanged = true;
  }

  read(state: BuiltCandle["state"]): BuiltCandle {
    const { open, high, low, close, volume, volumeUsd, hasGap } = this;
    const openTime = this.openTime as UtcMs;
    const asof = this.lastAt as UtcMs;
    return { openTime, open, high, low, close, volume, volumeUsd, state, hasGap, asof };
  }
}

/**
 * Builds the bars of one market at one venue from its trades. A bucket takes trades until two
 * minutes after its end; then it is closed for good and later ones are refused. A bucket that a gap
 * touches is closed as `provisional`, as only the venue knows what it lacks.
 */
export class CandleBuilder {
  readonly #interval: Interval;
  readonly #sizeMs: number;
  readonly #buckets = new Map<number, Bucket>();
  /** Buckets before this are closed. */
  #closedUntil = -Infinity;
  /** The end of the newest gap: buckets opened before it have one. */
  #gapUntil = -Infinity;
  #current: Bucket | null = null;

  constructor({ interval }: { interval: Interval }) {
    this.#interval = interval;
    this.#sizeMs = intervalMs(interval);
  }

  /** Adds a trade; `false` for one that comes too late for its bucket. */
  add(trade: BuiltTrade): boolean {
    const { at } = trade;
    const current = this.#current;
    if (current !== null && at >= current.openTime && at < current.openTime + this.#sizeMs) {
      current.add(trade);
      return true;
    }
    const openTime = bucketStart(at, this.#interval);
    if (openTime < this.#closedUntil) return false;
    const bucket = this.#bucket(openTime);
    bucket.add(trade);
    if (current === null || openTime > current.openTime) this.#current = bucket;
    return true;
  }

  /**
   * Says that trades from `from` to `to` may be missing. Buckets in that time are closed as
   * provisional; those that are closed already are the caller's to heal.
   */
  markGap(from: UtcMs, to: UtcMs): void {
    for (const bucket of this.#buckets.values()) {
      if (bucket.openTime <= to && bucket.openTime + this.#sizeMs > from) {
        bucket.hasGap = true;
        bucket.isChanged = true;
      }
    }
    this.#gapUntil = Math.max(this.#gapUntil, to);
  }

  /**
   * The bars that changed since the last call, oldest first, those now closed among them. While it
   * is not sure that all trades came, bars close as if a gap touched them.
   */
  drain(now: UtcMs, { isSure = true } = {}): readonly BuiltCandle[] {
    const drained: BuiltCandle[] = [];
    const open = [...this.#buckets.values()].sort((a, b) => a.openTime - b.openTime);
    for (const bucket of open) {
      const isClosed = bucket.openTime + this.#sizeMs + LATE_TRADES_MS <= now;
      if (isClosed) this.#close(bucket, { isSure });
      const isToldOf = bucket.trades > 0 && (isClosed || bucket.isChanged);
      if (!isToldOf) continue;
      bucket.isChanged = false;
      drained.push(bucket.read(isClosed && !bucket.hasGap ? "final" : "provisional"));
    }
    return drained;
  }

  #close(bucket: Bucket, { isSure }: { isSure: boolean }): void {
    bucket.hasGap ||= !isSure;
    this.#buckets.delete(bucket.openTime);
    this.#closedUntil = Math.max(this.#closedUntil, bucket.openTime + this.#sizeMs);
    if (this.#current === bucket) this.#current = null;
  }

  #bucket(openTime: number): Bucket {
    const known = this.#buckets.get(openTime);
    if (known) return known;
    const bucket = new Bucket(openTime);
    bucket.hasGap = openTime <= this.#gapUntil;
    this.#buckets.set(openTime, bucket);
    return bucket;
  }
}

/** Bars as columns, in the order given. */
export function columnsOfBuilt(built: readonly BuiltCandle[]): CandleColumns {
  const columns = emptyColumns(built.length);
  built.forEach((candle, at) => {
    columns.openTime[at] = candle.openTime;
    columns.open[at] = candle.open;
    columns.high[at] = candle.high;
    columns.low[at] = candle.low;
    columns.close[at] = candle.close;
    columns.volume[at] = candle.volume;
    columns.volumeUsd[at] = candle.volumeUsd;
    columns.state[at] = CANDLE_STATES.indexOf(candle.state);
  });
  return columns;
}
