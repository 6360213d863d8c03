import type { AssetId, LivePrice, LivePrices } from "@/services/market/mod.ts";

/** Live prices that a test sets by hand. */
export class FakeLivePrices implements LivePrices {
  readonly #prices = new Map<AssetId, LivePrice>();
  #version = 0;

  version(): number {
    return this.#version;
  }

  find(assetId: AssetId): LivePrice | null {
    return this.#prices.get(assetId) ?? null;
  }

  list(): readonly LivePrice[] {
    return [...this.#prices.values()];
  }

  set(price: LivePrice): void {
    this.#prices.set(price.assetId, price);
    this.#version++;
  }
}

/** A consolidated price of bitcoin of two exchanges, with what a test changes of it. */
export function livePrice(
  { assetId = "bitcoin", ...fields }: Partial<Omit<LivePrice, "assetId">> & {
    readonly assetId?: string;
    readonly asof: LivePrice["asof"];
  },
): LivePrice {
  const { asof, priceUsd = 110 } = fields;
  return {
    assetId: assetId as AssetId,
    priceUsd,
    source: "consolidated",
    venues: [
      { venue: "binance", priceUsd: priceUsd - 1, at: asof },
      { venue: "coinbase", priceUsd: priceUsd + 1, at: asof },
    ],
    excluded: [],
    market: null,
    ...fields,
  };
}
