import type { Asset, AssetId, AssetProvider } from "../market/assets.ts";

/** Which market of a provider stands for which asset, both ways. */
export interface Markets {
  /** The provider's market of the asset, `null` where it has none. */
  marketOf(assetId: AssetId): string | null;
  assetOf(market: string): AssetId | null;
}

/** The markets of all assets that the registry knows at the provider. */
export function marketsOf(
  assets: readonly Asset[],
  { provider, marketName }: {
    readonly provider: AssetProvider;
    /** The provider's market of the asset that it calls `id`. */
    readonly marketName: (id: string) => string;
  },
): Markets {
  const markets = new Map<AssetId, string>();
  const owners = new Map<string, AssetId>();
  for (const { id, providerIds } of assets) {
    const providerId = providerIds[provider];
    if (providerId === undefined) continue;
    const market = marketName(providerId);
    markets.set(id, market);
    owners.set(market, id);
  }
  return {
    marketOf: (assetId) => markets.get(assetId) ?? null,
    assetOf: (market) => owners.get(market) ?? null,
  };
}
