import { SECOND_MS, type UtcMs } from "../../kernel/time.ts";
import { type CandleColumns, type Interval, intervalMs, type SeriesKey } from "../candle.ts";
import type { LiveCandle } from "../live_ports.ts";
import type { FeedGap, Tick } from "../ports.ts";
import {
  type BuiltCandle,
  CandleBuilder,
  columnsOfBuilt,
  LATE_TRADES_MS,
} from "./candle_builder.ts";

/** The interval that trades are built into; coarser ones are rolled up from it. */
export const BUILT_INTERVAL = "5m" satisfies Interval;
const BUILT_MS = intervalMs(BUILT_INTERVAL);

/** How often bars in the making are stored and told of. */
const STORE_EVERY_MS = 10 * SECOND_MS;
const TELL_EVERY_MS = SECOND_MS;

interface Market {
  readonly key: SeriesKey;
  readonly builder: CandleBuilder;
  /** Until when trades were known before this process began to listen. */
  knownUntil: UtcMs | null;
  isHeard: boolean;
  /** Whether every trade until now came, or was told as missing. */
  isSure: boolean;
  readonly unstored: Map<number, BuiltCandle>;
  readonly untold: Map<number, BuiltCandle>;
}

/** Bars of one market to store. */
export interface CandleWrite {
  readonly key: SeriesKey;
  readonly candles: CandleColumns;
  readonly built: readonly BuiltCandle[];
}

/** What is to be stored and told at one beat. */
export interface CandleBeat {
  readonly writes: readonly CandleWrite[];
  readonly news: readonly LiveCandle[];
}

/** The bars of every market at every venue, in the making. */
export class CandleMaker {
  readonly #markets = new Map<string, Map<string, Market>>();
  #late = 0;
  /** By what they ask for: trades by the thousand may be late for one bar. */
  readonly #gaps = new Map<string, FeedGap>();
  #storedAt = -Infinity;
  #toldAt = -Infinity;

  /** Trades that came too late for their bar, since the start. */
  get late(): number {
    return this.#late;
  }

  /** Says until when a market's trades are stored, from before this process listened. */
  remember({ assetId, source }: SeriesKey, knownUntil: UtcMs): void {
    this.#market(assetId, source).knownUntil = knownUntil;
  }

  add(tick: Tick): void {
    const market = this.#market(tick.assetId, tick.source);
    if (!market.isHeard) this.#hear(market, tick);
    market.isSure = true;
    if (market.builder.add(tick)) return;
    this.#late++;
    const from = tick.at - tick.at % BUILT_MS as UtcMs;
    this.#note({
      venue: tick.source,
      assetIds: [tick.assetId],
      from,
      to: from + BUILT_MS - 1 as UtcMs,
      reason: "a trade came after its candle was closed",
    });
  }

  /**
   * Says that a venue can't be heard. What is missing is told only once it is heard again: bars
   * that close before that may lack trades.
   */
  interrupt(venue: string): void {
    for (const market of this.#markets.get(venue)?.values() ?? []) market.isSure = false;
  }

  /** Takes what a feed missed: from then on its market is sure again. */
  addMissed(gap: FeedGap): void {
    this.addGap(gap);
    for (const assetId of gap.assetIds) this.#market(assetId, gap.venue).isSure = true;
  }

  /** Marks what a gap touches; its closed buckets are healed at once, the open ones once closed. */
  addGap(gap: FeedGap): void {
    for (const assetId of gap.assetIds) {
      this.#market(assetId, gap.venue).builder.markGap(gap.from, gap.to);
    }
    this.#note(gap);
  }

  /** What is due at `now`; `all` also takes what could wait. A write comes again until `stored`. */
  beat(now: UtcMs, { all = false } = {}): CandleBeat {
    const isTelling = all || now - this.#toldAt >= TELL_EVERY_MS;
    if (!isTelling) return { writes: [], news: [] };
    this.#toldAt = now;
    const isStoring = all || now - this.#storedAt >= STORE_EVERY_MS;
    if (isStoring) this.#storedAt = now;
    const writes: CandleWrite[] = [];
    const news: LiveCandle[] = [];
    for (const venues of this.#markets.values()) {
      for (const market of venues.values()) {
        const hasClosed = this.#drain(market, now);
        news.push(...[...market.untold.values()].map((built) => newsOf(market.key, built)));
        market.untold.clear();
        if (market.unstored.size === 0 || !(isStoring || hasClosed)) continue;
        const built = [...market.unstored.values()].sort((a, b) => a.openTime - b.openTime);
        writes.push({ key: market.key, candles: columnsOfBuilt(built), built });
      }
    }
    return { writes, news };
  }

  /** Says that these bars are stored, unless they changed since. */
  stored(writes: readonly CandleWrite[]): void {
    for (const { key, built } of writes) {
      const { unstored } = this.#market(key.assetId, key.source);
      for (const candle of built) {
        if (unstored.get(candle.openTime) === candle) unstored.delete(candle.openTime);
      }
    }
  }

  /** The gaps found since the last call. */
  takeGaps(): readonly FeedGap[] {
    const gaps = [...this.#gaps.values()];
    this.#gaps.clear();
    return gaps;
  }

  /** Takes a gap back that could not be asked for. */
  giveBack(gap: FeedGap): void {
    this.#note(gap);
  }

  #note(gap: FeedGap): void {
    const { venue, assetIds, from, to } = gap;
    this.#gaps.set(JSON.stringify([venue, assetIds, from, to]), gap);
  }

  /** Takes the bars that changed; whether one of them is closed now. */
  #drain({ key, builder, isSure, unstored, untold }: Market, now: UtcMs): boolean {
    let hasClosed = false;
    for (const built of builder.drain(now, { isSure })) {
      unstored.set(built.openTime, built);
      untold.set(built.openTime, built);
      const to = built.openTime + BUILT_MS - 1 as UtcMs;
      const isClosed = to < now - LATE_TRADES_MS;
      hasClosed ||= isClosed;
      if (!isClosed || !built.hasGap) continue;
      this.#note({
        venue: key.source,
        assetIds: [key.assetId],
        from: built.openTime,
        to,
        reason: "its trades may have gaps",
      });
    }
    return hasClosed;
  }

  /** The first trade heard: what came between it and those known before may be missing. */
  #hear(market: Market, { assetId, source, at }: Tick): void {
    market.isHeard = true;
    const from = Math.min(market.knownUntil ?? at, at) as UtcMs;
    const gap = { venue: source, assetIds: [assetId], from, to: at, reason: "not listening" };
    market.builder.markGap(from, at);
    if (market.knownUntil !== null) this.#note(gap);
  }

  #market(assetId: SeriesKey["assetId"], source: string): Market {
    let venues = this.#markets.get(source);
    if (venues === undefined) this.#markets.set(source, venues = new Map());
    let market = venues.get(assetId);
    if (market === undefined) {
      market = {
        key: { assetId, source, interval: BUILT_INTERVAL },
        builder: new CandleBuilder({ interval: BUILT_INTERVAL }),
        knownUntil: null,
        isHeard: false,
        isSure: true,
        unstored: new Map(),
        untold: new Map(),
      };
      venues.set(assetId, market);
    }
    return market;
  }
}

function newsOf({ assetId, source }: SeriesKey, built: BuiltCandle): LiveCandle {
  const { hasGap: _, volumeUsd: __, ...candle } = built;
  return { assetId, source, interval: BUILT_INTERVAL, ...candle };
}
