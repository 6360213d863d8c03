import { utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { FxBook, FxQuote } from "../fx/fx_book.ts";
import { type CurrencyCode, PRICE_CURRENCY } from "../fx/fx_rate.ts";
import type { BaseCurrency } from "../portfolio.ts";
import type { CloseColumn } from "./close_column.ts";
import { CloseColumnBuilder } from "./close_column.ts";
import type { TimeAxis } from "./time_axis.ts";

/** Base currencies that are coins: their rate is their price. */
const COINS: Readonly<Partial<Record<BaseCurrency, AssetId>>> = {
  BTC: "bitcoin" as AssetId,
  ETH: "ethereum" as AssetId,
};

/** The asset that a base currency is; `null` for money. */
export function coinOf(currency: BaseCurrency): AssetId | null {
  return COINS[currency] ?? null;
}

/** From dollars to the currency at each end of the axis; `null` where there is no rate. */
export function moneyQuotes(
  book: FxBook,
  { currency, axis }: { readonly currency: CurrencyCode; readonly axis: TimeAxis },
): readonly (FxQuote | null)[] {
  const pair = { from: PRICE_CURRENCY, to: currency };
  return Array.from(axis.ends, (end) => book.rateAt(pair, utcMsOf(end)));
}

/** From dollars to a coin: one over its close. */
export function coinQuotes({ close, asof, source, sources }: CloseColumn): (FxQuote | null)[] {
  return Array.from(close, (priceUsd, index) =>
    Number.isNaN(priceUsd) ? null : {
      rate: 1 / priceUsd,
      source: sources[source[index] ?? 0] ?? "",
      path: "inverse",
      kind: "close",
      asof: utcMsOf(asof[index] ?? NaN),
    });
}

/** What money costs in dollars along the axis, where a price or a fee is in it. */
export function moneyCloses(
  book: FxBook,
  { currency, axis }: { readonly currency: CurrencyCode; readonly axis: TimeAxis },
): CloseColumn {
  const builder = new CloseColumnBuilder(axis.ends.length);
  for (const [index, end] of axis.ends.entries()) {
    if (currency === PRICE_CURRENCY) {
      builder.set(index, { price: 1, asof: end, source: "par" });
      continue;
    }
    const quote = book.rateAt({ from: currency, to: PRICE_CURRENCY }, utcMsOf(end));
    if (quote) builder.set(index, { price: quote.rate, asof: quote.asof, source: quote.source });
  }
  return builder.finish();
}
