import type { Asset, AssetId, AssetProvider } from "../market/assets.ts";

/** Which market of a provider stands for which asset, both ways. */
export interface Markets {
  /** The provider's market of the asset, `null` where it has none. */
  marketOf(assetId: AssetId): string | null;
  assetOf(market: string): AssetId | null;
}

/** How each provider names the dollar market of the asset that it calls `id`. */
const MARKET_NAMES = {
  // A dollar stablecoin, counted at par: Binance has next to no markets in dollars.
  binance: (id: string) => `${id}USDT`,
  coinbase: (id: string) => `${id}-USD`,
  coingecko: (id: string) => id,
} as const satisfies Partial<Record<AssetProvider, (id: string) => string>>;

/** The markets of all assets that the registry knows at the provider. */
export function marketsOf(provider: keyof typeof MARKET_NAMES, assets: readonly Asset[]): Markets {
  const markets = new Map<AssetId, string>();
  const owners = new Map<string, AssetId>();
  for (const { id, providerIds } of assets) {
    const name = providerIds[provider];
    if (name === undefined) continue;
    const market = MARKET_NAMES[provider](name);
    markets.set(id, market);
    owners.set(market, id);
  }
  return {
    marketOf: (assetId) => markets.get(assetId) ?? null,
    assetOf: (market) => owners.get(market) ?? null,
  };
}
