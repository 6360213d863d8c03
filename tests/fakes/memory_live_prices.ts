import type { AssetId, HeldPrice, LivePrice, LivePriceStore } from "@/services/market/mod.ts";

/** Live prices in memory: the newest of each asset, with the newest market figures. */
export class MemoryLivePrices implements LivePriceStore {
  readonly #prices = new Map<AssetId, LivePrice>();
  readonly #held = new Map<string, HeldPrice>();
  /** Called before the prices are listed, to let something happen meanwhile. */
  onList: () => void = () => {};
  /** Whether prices can't be stored. */
  isAway = false;

  recordPrices(prices: readonly LivePrice[]): Promise<void> {
    if (this.isAway) return Promise.reject(new Error("database away"));
    for (const price of prices) {
      const known = this.#prices.get(price.assetId);
      const newest = known && known.asof > price.asof ? known : price;
      const market = newerOf(price.market, known?.market ?? null);
      this.#prices.set(price.assetId, { ...newest, market });
    }
    return Promise.resolve();
  }

  listPrices(): Promise<readonly LivePrice[]> {
    const prices = [...this.#prices.values()];
    this.onList();
    return Promise.resolve(prices);
  }

  recordHeld(held: HeldPrice): Promise<void> {
    this.#held.set(held.id, held);
    return Promise.resolve();
  }

  listHeld({ limit }: { limit: number }): Promise<readonly HeldPrice[]> {
    return Promise.resolve([...this.#held.values()].reverse().slice(0, limit));
  }
}

function newerOf(given: LivePrice["market"], known: LivePrice["market"]): LivePrice["market"] {
  if (given === null || known === null) return given ?? known;
  return given.asof >= known.asof ? given : known;
}
