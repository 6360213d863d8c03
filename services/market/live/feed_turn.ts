import { errorMessage } from "../../kernel/errors.ts";
import { DAY_MS, SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { bucketStart, CANDLE_STATES, type CandleSeries, intervalMs } from "../candle.ts";
import { type HeldPrice, LIVE_TOPICS } from "../live_ports.ts";
import type { FeedEvent, FeedStatus, Tick } from "../ports.ts";
import { isDemoSource } from "../series_choice.ts";
import { BUILT_INTERVAL, CandleMaker } from "./live_candles.ts";
import type { HeldCommand, LiveFeed, LiveMarketDeps } from "./live_market.ts";
import type { LiveMetrics } from "./live_metrics.ts";
import { PriceMaker } from "./live_prices.ts";
import { newsOfColumns } from "./roll_up.ts";
import { RollUpQueue } from "./roll_up_queue.ts";
import { PriceGuard, type Verdict } from "./price_guard.ts";

/** A trade dated further ahead of our clock than this is not believed. */
const MAX_AHEAD_MS = 60 * SECOND_MS;
/** Prices held at once, one of an asset. */
const MAX_HELD = 500;
const HELD_BACK = "trades were held back";

/** How far back bars that were never closed are looked for; backfill finds those before. */
const UNSURE_MS = DAY_MS;
/** How soon gaps are asked for again that could not be queued. */
const HEAL_AGAIN_MS = 5 * SECOND_MS;
/** Instances that have just started know of the feeds within this time. */
const TELL_FEEDS_EVERY_MS = 5 * SECOND_MS;

/** The time between getting the lease and losing it. */
export class FeedTurn {
  readonly #deps: LiveMarketDeps;
  readonly #metrics: LiveMetrics;
  readonly #guard: PriceGuard;
  readonly #makers = new PriceMaker();
  readonly #candles = new CandleMaker();
  readonly #rollUps: RollUpQueue;
  readonly #stop = new AbortController();
  readonly #listening: Promise<void>[] = [];
  readonly #statuses = new Map<string, FeedStatus>();
  #tellFeedsAt = -Infinity;
  #healAgainAt = -Infinity;

  constructor(deps: LiveMarketDeps, metrics: LiveMetrics) {
    this.#deps = deps;
    this.#metrics = metrics;
    this.#guard = new PriceGuard({ newId: deps.newId });
    this.#rollUps = new RollUpQueue(deps.store);
  }

  /** Learns what is stored, then listens. */
  async begin(): Promise<void> {
    const { clock, feeds, prices, store } = this.#deps;
    const now = clock.now();
    const isDemo = feeds.some(({ venue }) => isDemoSource(venue));
    for (const { assetId, priceUsd, asof, source } of await prices.listPrices()) {
      // A price of the other world says nothing of how far one of this may move.
      if (isDemoSource(source) === isDemo) this.#guard.remember(assetId, { priceUsd, at: asof });
    }
    for (const { venue: source, assetIds } of feeds) {
      // What came before is backfill's to fetch; it leaves the bar out that is open now.
      for (const assetId of assetIds) {
        this.#candles.remember({ assetId, source, interval: BUILT_INTERVAL }, now);
      }
    }
    const venues = new Set(feeds.map(({ venue }) => venue));
    for (const series of await store.listSeries()) {
      if (series.interval !== BUILT_INTERVAL || !venues.has(series.source)) continue;
      const knownUntil = await this.#knownUntil(series);
      if (knownUntil !== null) this.#candles.remember(series, knownUntil);
    }
    await this.#dropHeld();
    for (const feed of feeds) this.#listening.push(this.#listen(feed));
  }

  /** The time of the first bar that is not known for good; `null` where there are no bars. */
  async #knownUntil({ seriesId, lastOpenTime }: CandleSeries): Promise<UtcMs | null> {
    if (lastOpenTime === null) return null;
    const size = intervalMs(BUILT_INTERVAL);
    // The newest bar may have been in the making, and the one before it have waited for late trades.
    const newest = lastOpenTime - size;
    const { openTime, state } = await this.#deps.store.listCandles(seriesId, {
      range: { from: utcMsOf(lastOpenTime - UNSURE_MS), to: utcMsOf(newest) },
      limit: UNSURE_MS / size,
    });
    // A process that stood still and was then killed leaves older ones.
    const open = openTime[state.indexOf(CANDLE_STATES.indexOf("provisional"))];
    return utcMsOf(Math.min(newest, open ?? newest));
  }

  /** Nobody has the trades any more of prices that were held when the turn before ended. */
  async #dropHeld(): Promise<void> {
    const { clock, feeds, prices } = this.#deps;
    const now = clock.now();
    for (const held of await prices.listHeld({ limit: MAX_HELD })) {
      if (held.state !== "held") continue;
      const settled = { settledBy: "the feed began anew", settledAt: now };
      await prices.recordHeld({ ...held, ...settled, state: "dropped" });
      if (!feeds.some(({ venue }) => venue === held.venue)) continue;
      const { venue, assetId, at: from } = held;
      this.#candles.addGap({ venue, assetIds: [assetId], from, to: now, reason: HELD_BACK });
    }
  }

  /** Stops listening, and lets go of what is in the making. */
  async abandon(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#listening);
  }

  /** Stores what is in the making. `hasLapsed` says that trades may have gone by unheard. */
  async end({ hasLapsed = false } = {}): Promise<void> {
    await this.abandon();
    for (const { venue } of hasLapsed ? this.#deps.feeds : []) this.#candles.interrupt(venue);
    await this.beat({ isLast: true });
  }

  settle({ id, action, by }: HeldCommand): void {
    const word = { by, at: this.#deps.clock.now() };
    const verdict = action === "accept" ? this.#guard.accept(id, word) : this.#guard.drop(id, word);
    if (verdict) this.#apply(verdict);
  }

  /** Stores and publishes what is due. */
  async beat({ isLast = false } = {}): Promise<void> {
    const now = this.#deps.clock.now();
    this.#tellFeeds(now);
    await this.#publishPrices(now);
    await this.#storeCandles(now, { isLast });
    // What is open at the end is found as a gap by whoever feeds next.
    if (!isLast && now >= this.#healAgainAt) this.#askToHeal(now);
    this.#metrics.counted({ late: this.#candles.late, excluded: this.#makers.excluded });
  }

  /** A gap that can't be asked for, as the queue is away, is kept and asked for again. */
  #askToHeal(now: UtcMs): void {
    const { clock, log, heal } = this.#deps;
    for (const gap of this.#candles.takeGaps()) {
      // A bar still open is asked for once it is closed.
      if (bucketStart(gap.from, BUILT_INTERVAL) === bucketStart(now, BUILT_INTERVAL)) continue;
      heal(gap).catch((error: unknown) => {
        this.#candles.giveBack(gap);
        const failedAt = clock.now();
        // Told once of all the gaps of a beat.
        if (failedAt < this.#healAgainAt) return;
        this.#healAgainAt = failedAt + HEAL_AGAIN_MS;
        const reason = errorMessage(error);
        log.error("Gaps could not be queued to heal, next try soon", { gap, reason, error });
      });
    }
  }

  async #publishPrices(now: UtcMs): Promise<void> {
    const { bus, clock, prices } = this.#deps;
    const made = this.#makers.take(now);
    if (made.length === 0) return;
    try {
      await prices.recordPrices(made);
    } catch (error) {
      this.#makers.giveBack(made);
      throw error;
    }
    bus.publish(LIVE_TOPICS.prices, JSON.stringify(made));
    for (const { asof } of made) this.#metrics.published(clock.now() - asof);
  }

  async #storeCandles(now: UtcMs, { isLast }: { isLast: boolean }): Promise<void> {
    const { bus, store } = this.#deps;
    const { writes, news } = this.#candles.beat(now, { all: isLast });
    if (writes.length > 0) {
      await store.upsertAll(writes);
      this.#candles.stored(writes);
      this.#rollUps.add(writes);
    }
    const rolled = await this.#rollUps.beat(now, { all: isLast });
    const all = [...news, ...newsOfColumns(rolled, now)];
    if (all.length > 0) bus.publish(LIVE_TOPICS.candles, JSON.stringify(all));
  }

  async #listen({ venue, assetIds, source }: LiveFeed): Promise<void> {
    try {
      for await (const event of source.ticks(assetIds, this.#stop.signal)) this.#take(event);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      // A source never throws for what its exchange does; this is our own mistake.
      this.#deps.log.error("A feed ended", { venue, reason: errorMessage(error), error });
    }
  }

  #take(event: FeedEvent): void {
    if (event.kind === "status") this.#takeStatus(event.status);
    else if (event.kind === "gap") this.#candles.addMissed(event.gap);
    else this.#takeTicks(event.ticks);
  }

  #takeStatus(status: FeedStatus): void {
    this.#statuses.set(status.venue, status);
    this.#tellFeedsAt = -Infinity;
    if (status.state !== "live") this.#candles.interrupt(status.venue);
  }

  #takeTicks(ticks: readonly Tick[]): void {
    const latest = this.#deps.clock.now() + MAX_AHEAD_MS;
    let ahead = 0;
    for (const tick of ticks) {
      if (tick.at > latest) {
        ahead++;
        continue;
      }
      const verdict = this.#guard.check(tick);
      if (verdict.kind === "believed") this.#believe(tick);
      else {
        this.#apply(verdict);
        // What ended the hold by being where the price was before is a trade like any other.
        if (verdict.kind === "returned") this.#believe(tick);
      }
    }
    this.#metrics.heard({ ticks: ticks.length, ahead });
  }

  #believe(tick: Tick): void {
    this.#makers.add(tick);
    // The demo market writes its own candles, of which its ticks are only a glimpse.
    if (!isDemoSource(tick.source)) this.#candles.add(tick);
  }

  #apply(verdict: Verdict): void {
    if (verdict.kind === "believed") return;
    if (verdict.kind === "held") {
      if (verdict.began) this.#record(verdict.began);
      return;
    }
    this.#record(verdict.settled);
    if (verdict.kind === "confirmed") {
      for (const tick of verdict.ticks) this.#believe(tick);
    }
    // Our candles lack these trades, and the venue knows what they were.
    const assetIds = [verdict.settled.assetId];
    for (const lost of verdict.lost) {
      this.#candles.addGap({ ...lost, assetIds, reason: HELD_BACK });
    }
  }

  #record(held: HeldPrice): void {
    const { prices, log } = this.#deps;
    this.#metrics.held(held.state);
    log.warn("A price moved too far to be believed at once", { held });
    prices.recordHeld(held)
      .catch((error) => log.error("A held price could not be stored", { held, error }));
  }

  #tellFeeds(now: UtcMs): void {
    if (this.#statuses.size === 0 || now < this.#tellFeedsAt) return;
    this.#tellFeedsAt = now + TELL_FEEDS_EVERY_MS;
    this.#deps.bus.publish(LIVE_TOPICS.feeds, JSON.stringify([...this.#statuses.values()]));
  }
}
