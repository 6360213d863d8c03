import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { FxQuote } from "../fx/fx_book.ts";
import type { BaseCurrency } from "../portfolio.ts";
import type { Resolution } from "./time_axis.ts";

/** The close that a value stands on. */
export interface PricePoint {
  readonly priceUsd: number;
  readonly priceSource: string;
  readonly resolution: Resolution;
  /** End of the candle whose close it is. */
  readonly asof: UtcMs;
}

/** A price in a currency, and everything that it was made of. */
export interface ValuedPrice extends PricePoint {
  readonly currency: BaseCurrency;
  /** How dollars became the currency; `null` where the currency is the dollar. */
  readonly fx: FxQuote | null;
}

/** Why there is no value; nothing stands in for it. */
export type Unpriced =
  | { readonly reason: "no_close"; readonly assetId: AssetId }
  | { readonly reason: "no_rate"; readonly currency: BaseCurrency };
