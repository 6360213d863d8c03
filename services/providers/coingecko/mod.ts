import type { ProviderModule } from "../provider_module.ts";
import { CoingeckoProvider } from "./provider.ts";

/** CoinGecko, which has coins and no markets of its own. */
export const coingecko: ProviderModule<CoingeckoProvider> = {
  marketName: (id) => id,
  // A demo key raises the limits a little; it works without one.
  keyHeader: "x-cg-demo-api-key",
  protocol: null,
  create: (deps) => new CoingeckoProvider(deps),
};
