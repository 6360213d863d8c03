import { SECOND_MS, type UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import type { Clock, Timer } from "../../ports/mod.ts";
import type { Markets } from "../markets.ts";
import type { FeedQueue } from "./feed_queue.ts";
import type { VenueProtocol, VenueTrade } from "./protocol.ts";
import { RecentIds } from "./recent_ids.ts";
import { REORDER_MS, TradeOrder } from "./trade_order.ts";

/** A quiet market does not show by its numbers what it missed; after this it counts as missed. */
const QUIET_AFTER_MS = 10 * SECOND_MS;

interface Followed {
  readonly order: TradeOrder;
  readonly recent: RecentIds;
}

/** The markets of one feed: their trades in order and once, with a gap for each that is missing. */
export class FeedMarkets {
  readonly #protocol: VenueProtocol;
  readonly #queue: FeedQueue;
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #followed = new Map<string, Followed>();
  #stopSettling: (() => void) | null = null;
  #stopQuiet: (() => void) | null = null;
  #repeatedByRecent = 0;

  constructor(
    assetIds: readonly AssetId[],
    { protocol, markets, queue, clock, timer }: {
      readonly protocol: VenueProtocol;
      readonly markets: Markets;
      readonly queue: FeedQueue;
      readonly clock: Clock;
      readonly timer: Timer;
    },
  ) {
    this.#protocol = protocol;
    this.#queue = queue;
    this.#clock = clock;
    this.#timer = timer;
    for (const assetId of assetIds) {
      const market = markets.marketOf(assetId);
      if (market !== null) this.#follow(market, assetId);
    }
  }

  get names(): readonly string[] {
    return [...this.#followed.keys()];
  }

  /** Trades that came more than once. */
  get repeated(): number {
    let count = this.#repeatedByRecent;
    for (const { order } of this.#followed.values()) count += order.repeated;
    return count;
  }

  trades(trades: readonly VenueTrade[], now: UtcMs): void {
    for (const trade of trades) {
      const followed = this.#followed.get(trade.market);
      if (followed === undefined) continue;
      if (this.#protocol.hasConsecutiveTradeIds) followed.order.add(trade, now);
      else this.#addUncounted(followed, trade);
    }
    this.#planSettling();
  }

  told({ market, lastTradeId, at }: {
    readonly market: string;
    readonly lastTradeId: number;
    readonly at: UtcMs;
  }): void {
    if (!this.#protocol.hasConsecutiveTradeIds) return;
    this.#followed.get(market)?.order.told(lastTradeId, { at, now: this.#clock.now() });
    this.#planSettling();
  }

  /** The connection broke. */
  interrupt(): void {
    this.#stopTimers();
    for (const { order } of this.#followed.values()) order.interrupt();
  }

  /** The venue sends again: markets that stay quiet from here on count as having missed trades. */
  resume(): void {
    this.#stopQuiet?.();
    this.#stopQuiet = this.#timer.after(QUIET_AFTER_MS, () => {
      const now = this.#clock.now();
      for (const { order } of this.#followed.values()) order.assumeMissed(now);
    });
  }

  stop(): void {
    this.#stopTimers();
  }

  #follow(market: string, assetId: AssetId): void {
    const { venue } = this.#protocol;
    const order = new TradeOrder({
      trade: ({ price, quantity, at, tradeId }) =>
        this.#queue.tick({ assetId, priceUsd: price, quantity, at, source: venue, tradeId }),
      missing: (missing) => this.#queue.gap({ venue, assetIds: [assetId], ...missing }),
    }, { now: this.#clock.now() });
    this.#followed.set(market, { order, recent: new RecentIds() });
  }

  /** Ids with holes tell repeated trades, and not which are missing. */
  #addUncounted({ order, recent }: Followed, trade: VenueTrade): void {
    if (trade.tradeId === 0 || recent.admit(trade.tradeId)) order.passUncounted(trade);
    else this.#repeatedByRecent++;
  }

  #planSettling(): void {
    if (this.#stopSettling !== null || !this.#isWaiting()) return;
    this.#stopSettling = this.#timer.after(REORDER_MS, () => {
      this.#stopSettling = null;
      const now = this.#clock.now();
      for (const { order } of this.#followed.values()) order.settle(now);
      this.#planSettling();
    });
  }

  #isWaiting(): boolean {
    for (const { order } of this.#followed.values()) if (order.settleAt !== null) return true;
    return false;
  }

  #stopTimers(): void {
    this.#stopSettling?.();
    this.#stopSettling = null;
    this.#stopQuiet?.();
    this.#stopQuiet = null;
  }
}
