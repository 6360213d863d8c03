import type { ProviderModule } from "../provider_module.ts";
import { CoingeckoProvider } from "./provider.ts";

/** CoinGecko, which has coins and no markets of its own. */
export const coingecko: ProviderModule<CoingeckoProvider> = {
  marketName: (id) => id,
  protocol: null,
  create: (deps) => new CoingeckoProvider(deps),
};
