import { errorMessage } from "../../kernel/errors.ts";
import { Listeners } from "../../kernel/listeners.ts";
import type { Bus } from "../../ports/bus.ts";
import type { Log } from "../../ports/mod.ts";
import type { AssetId } from "../assets.ts";
import { type DemoGate, type DemoScope, NO_DEMO } from "../demo_gate.ts";
import {
  LIVE_TOPICS,
  type LivePrice,
  type LivePrices,
  type LivePriceStore,
} from "../live_ports.ts";
import type { FeedStatus } from "../ports.ts";
import { isDemoSource } from "../series_choice.ts";

/** Who wants to hear what the board takes. */
export interface BoardListener {
  readonly onPrices?: (prices: readonly LivePrice[]) => void;
  readonly onFeeds?: (feeds: readonly FeedStatus[]) => void;
  /** What was told of prices and feeds so far stands no more: the board holds all that does. */
  readonly onForgotten?: () => void;
}

/**
 * The newest prices and the state of the feeds, as every instance holds them in memory: read from
 * the store once, then kept up by the bus. Those of the demo market are taken while it is what
 * shows, and are gone with it; what the board tells, nobody has to look through again.
 */
export class LiveBoard implements LivePrices {
  readonly #bus: Bus;
  readonly #store: LivePriceStore;
  readonly #demo: DemoGate;
  readonly #prices = new Map<AssetId, LivePrice>();
  readonly #feeds = new Map<string, FeedStatus>();
  readonly #onPrices: Listeners<readonly LivePrice[]>;
  readonly #onFeeds: Listeners<readonly FeedStatus[]>;
  readonly #onForgotten: Listeners;
  readonly #stops: (() => void)[] = [];
  #version = 0;
  #hasToldDemo = false;

  constructor({ bus, store, demo, log }: {
    bus: Bus;
    store: LivePriceStore;
    demo: DemoGate;
    log: Log;
  }) {
    this.#bus = bus;
    this.#store = store;
    this.#demo = demo;
    const onError = (error: unknown) =>
      log.error("A listener of live prices failed", { reason: errorMessage(error), error });
    this.#onPrices = new Listeners(onError);
    this.#onFeeds = new Listeners(onError);
    this.#onForgotten = new Listeners(onError);
  }

  /** Listens first and reads then, so that no price falls between the two. */
  async start(): Promise<void> {
    this.#stops.push(
      this.#demo.onNarrowed(() => this.#forgetDemo()),
      this.#bus.subscribe(LIVE_TOPICS.prices, (payload) => {
        this.#admit(JSON.parse(payload) as readonly LivePrice[], {
          mayShow: mayShowPrice,
          take: (prices) => this.#tellPrices(prices),
        });
      }),
      this.#bus.subscribe(LIVE_TOPICS.feeds, (payload) => {
        this.#admit(JSON.parse(payload) as readonly FeedStatus[], {
          mayShow: mayShowFeed,
          take: (feeds) => this.#tellFeeds(feeds),
        });
      }),
    );
    const stored = await this.#store.listPrices();
    const scope = await this.#demo.scope();
    this.#take(stored.filter((price) => mayShowPrice(price, scope)));
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Tells of what is taken from now on, until the result is called. */
  subscribe({ onPrices, onFeeds, onForgotten }: BoardListener): () => void {
    const stops = [
      onPrices && this.#onPrices.add(onPrices),
      onFeeds && this.#onFeeds.add(onFeeds),
      onForgotten && this.#onForgotten.add(onForgotten),
    ];
    return () => {
      for (const stop of stops) stop?.();
    };
  }

  /**
   * Resolves once nothing that was told is of a demo market that is over; `null` where that is
   * certain at once, as it is wherever there is no demo market.
   */
  settle(): Promise<unknown> | null {
    return this.#hasToldDemo && this.#demo.peek() === null ? this.#demo.scope() : null;
  }

  version(): number {
    return this.#version;
  }

  find(assetId: AssetId): LivePrice | null {
    return this.#prices.get(assetId) ?? null;
  }

  list(): readonly LivePrice[] {
    return [...this.#prices.values()];
  }

  /** The venues' feeds as they were last told of, by name. */
  feeds(): readonly FeedStatus[] {
    return [...this.#feeds.values()].sort((a, b) => a.venue < b.venue ? -1 : 1);
  }

  /**
   * Takes what is real at once. What is of the demo market waits where the store has to be asked
   * whether it still shows, and is left out where it does not.
   */
  #admit<T>(
    all: readonly T[],
    { mayShow, take }: {
      mayShow: (one: T, scope: DemoScope) => boolean;
      take: (some: readonly T[]) => void;
    },
  ): void {
    const real = all.filter((one) => mayShow(one, NO_DEMO));
    if (real.length > 0) take(real);
    if (real.length === all.length) return;
    const takeDemo = (scope: DemoScope) => {
      const shown = all.filter((one) => mayShow(one, scope) && !mayShow(one, NO_DEMO));
      if (shown.length === 0) return;
      this.#hasToldDemo = true;
      take(shown);
    };
    const scope = this.#demo.peek();
    if (scope !== null) return takeDemo(scope);
    // While the store is away nothing says that they may be told; the next ones ask again.
    this.#demo.scope().then(takeDemo, () => {});
  }

  #tellPrices(prices: readonly LivePrice[]): void {
    this.#take(prices);
    this.#onPrices.tell(prices);
  }

  #tellFeeds(feeds: readonly FeedStatus[]): void {
    for (const status of feeds) this.#feeds.set(status.venue, status);
    this.#onFeeds.tell(feeds);
  }

  #forgetDemo(): void {
    const scope = this.#demo.peek() ?? NO_DEMO;
    for (const [assetId, price] of this.#prices) {
      if (!mayShowPrice(price, scope)) this.#prices.delete(assetId);
    }
    for (const [venue, status] of this.#feeds) {
      if (!mayShowFeed(status, scope)) this.#feeds.delete(venue);
    }
    this.#version++;
    this.#hasToldDemo = scope.isShown;
    this.#onForgotten.tell();
  }

  #take(prices: readonly LivePrice[]): void {
    for (const price of prices) {
      const known = this.#prices.get(price.assetId);
      // A real price takes the place of a synthetic one of any time.
      const isReplaced = known && isDemoSource(known.source) && !isDemoSource(price.source);
      const isKept = known && !isReplaced && known.asof > price.asof;
      if (isKept) this.#prices.set(price.assetId, withMarket(known, price));
      else this.#prices.set(price.assetId, withMarket(price, known ?? null));
    }
    if (prices.length > 0) this.#version++;
  }
}

/** The price with the newer market figures of the two. */
function withMarket(price: LivePrice, other: LivePrice | null): LivePrice {
  const market = other?.market ?? null;
  if (market === null || (price.market && price.market.asof >= market.asof)) return price;
  return { ...price, market };
}

function mayShowPrice({ assetId, source }: LivePrice, scope: DemoScope): boolean {
  return !isDemoSource(source) || (scope.isShown && !scope.realAssets.has(assetId));
}

function mayShowFeed({ venue }: FeedStatus, { isShown }: DemoScope): boolean {
  return isShown || !isDemoSource(venue);
}
