import type { ProviderModule } from "../provider_module.ts";
import { BinanceProvider } from "./provider.ts";
import { binanceProtocol } from "./stream_protocol.ts";

/** Binance spot, its markets in Tether. */
export const binance: ProviderModule<BinanceProvider> = {
  // Tether is counted at par: Binance has next to no markets in dollars.
  marketName: (id) => `${id}USDT`,
  keyHeader: null,
  protocol: binanceProtocol,
  create: (deps) => new BinanceProvider(deps),
};
