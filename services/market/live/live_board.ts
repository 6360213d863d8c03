import type { Bus } from "../../ports/bus.ts";
import type { AssetId } from "../assets.ts";
import {
  LIVE_TOPICS,
  type LivePrice,
  type LivePrices,
  type LivePriceStore,
} from "../live_ports.ts";
import type { FeedStatus } from "../ports.ts";

/**
 * The newest prices and the state of the feeds, as every instance holds them in memory: read from
 * the store once, then kept up by the bus.
 */
export class LiveBoard implements LivePrices {
  readonly #bus: Bus;
  readonly #store: LivePriceStore;
  readonly #prices = new Map<AssetId, LivePrice>();
  readonly #feeds = new Map<string, FeedStatus>();
  readonly #stops: (() => void)[] = [];
  #version = 0;

  constructor({ bus, store }: { bus: Bus; store: LivePriceStore }) {
    this.#bus = bus;
    this.#store = store;
  }

  /** Listens first and reads then, so that no price falls between the two. */
  async start(): Promise<void> {
    this.#stops.push(
      this.#bus.subscribe(LIVE_TOPICS.prices, (payload) => {
        this.#take(JSON.parse(payload) as readonly LivePrice[]);
      }),
      this.#bus.subscribe(LIVE_TOPICS.feeds, (payload) => {
        for (const status of JSON.parse(payload) as readonly FeedStatus[]) {
          this.#feeds.set(status.venue, status);
        }
      }),
    );
    this.#take(await this.#store.listPrices());
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
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

  #take(prices: readonly LivePrice[]): void {
    for (const price of prices) {
      const known = this.#prices.get(price.assetId);
      if (known && known.asof > price.asof) {
        this.#prices.set(price.assetId, withMarket(known, price));
      } else this.#prices.set(price.assetId, withMarket(price, known ?? null));
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
