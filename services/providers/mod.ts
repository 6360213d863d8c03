import { binance } from "./binance/mod.ts";
import { coinbase } from "./coinbase/mod.ts";
import { coingecko } from "./coingecko/mod.ts";

export { DemoProvider } from "./demo/demo_provider.ts";
export { DiskCandleFiles } from "./file/candle_file.ts";
export { type AssetResolver, identifyFile } from "./file/file_assets.ts";
export { FileProvider } from "./file/file_provider.ts";
export { loadProviders, type ProviderConfig } from "./gate/provider_config.ts";
export { ProviderGates, type ProviderGatesDeps } from "./gate/provider_gates.ts";
export { type Markets, marketsOf } from "./markets.ts";
export type { ProviderDeps, ProviderModule } from "./provider_module.ts";
export { ReplayProvider } from "./replay/replay_provider.ts";
export type { TickSource } from "./tick_source.ts";

/** The outside sources by their names in the registry: a folder and a line here make a new one. */
export const OUTSIDE_PROVIDERS = { binance, coinbase, coingecko };
