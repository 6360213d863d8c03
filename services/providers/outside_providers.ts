import { binance } from "./binance/mod.ts";
import { coinbase } from "./coinbase/mod.ts";
import { coingecko } from "./coingecko/mod.ts";

/** The outside sources by their names in the registry: a folder and a line here make a new one. */
export const OUTSIDE_PROVIDERS = { binance, coinbase, coingecko };
