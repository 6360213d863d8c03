import type { ProviderModule } from "../provider_module.ts";
import { CoinbaseProvider } from "./provider.ts";
import { coinbaseProtocol } from "./stream_protocol.ts";

/** Coinbase Exchange, its markets in dollars. */
export const coinbase: ProviderModule<CoinbaseProvider> = {
  marketName: (id) => `${id}-USD`,
  keyHeader: null,
  protocol: coinbaseProtocol,
  create: (deps) => new CoinbaseProvider(deps),
};
