import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { FxBook } from "./fx_book.ts";
import type { FxStore } from "./fx_ports.ts";
import { type CurrencyCode, ECB_CURRENCY, MAX_EOD_AGE_MS, PRICE_CURRENCY } from "./fx_rate.ts";

/** The rates that conversions between the currencies may need inside a span of time. */
export async function readFxBook(
  store: FxStore,
  { currencies, from, to }: {
    readonly currencies: readonly CurrencyCode[];
    readonly from: UtcMs;
    readonly to: UtcMs;
  },
): Promise<FxBook> {
  const all = [...new Set([...currencies, PRICE_CURRENCY, ECB_CURRENCY])];
  const since = utcMsOf(from - MAX_EOD_AGE_MS);
  return new FxBook(await store.listRates({ currencies: all, from: since, to }));
}
