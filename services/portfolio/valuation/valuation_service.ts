import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import { isCash } from "../cash.ts";
import type { FxQuote } from "../fx/fx_book.ts";
import type { FxStore } from "../fx/fx_ports.ts";
import { PRICE_CURRENCY } from "../fx/fx_rate.ts";
import { readFxBook } from "../fx/fx_reader.ts";
import type { BaseCurrency } from "../portfolio.ts";
import type { CloseColumn } from "./close_column.ts";
import type { CloseReader, SeriesByAsset } from "./close_reader.ts";
import { CloseTable } from "./close_table.ts";
import { coinOf, coinQuotes, moneyCloses, moneyQuotes } from "./conversion.ts";
import { type TimeAxis, timeAxis } from "./time_axis.ts";
import type { Unpriced, ValuedPrice } from "./valued.ts";

/** What is to be valued, and when. */
export interface ValuationRequest {
  readonly assetId: AssetId;
  readonly at: UtcMs;
}

/**
 * Prices of assets at times, in a currency, each with its source, resolution and time. The answer
 * depends on the request, on `now` and on what is stored, and on nothing else. What has no close
 * or no rate is named, never estimated.
 */
export class ValuationService {
  readonly #closes: CloseReader;
  readonly #fx: FxStore;

  constructor({ closes, fx }: { readonly closes: CloseReader; readonly fx: FxStore }) {
    this.#closes = closes;
    this.#fx = fx;
  }

  /** Closes in dollars of all assets at all times, which ascend; the way for long histories. */
  async readCloses(
    assetIds: readonly AssetId[],
    { times, now, series }: {
      readonly times: ArrayLike<number>;
      readonly now: UtcMs;
      readonly series?: SeriesByAsset | undefined;
    },
  ): Promise<CloseTable> {
    const axis = timeAxis(times, { now });
    const axes = new Map([...new Set(assetIds)].map((id) => [id, axis]));
    return new CloseTable(axis, await this.#readColumns(axes, series));
  }

  /** From dollars to a currency at each time of the axis; `null` where there is no rate. */
  async readRates(currency: BaseCurrency, axis: TimeAxis): Promise<readonly (FxQuote | null)[]> {
    if (currency === PRICE_CURRENCY) throw new RangeError("Cannot convert USD to itself");
    const coin = coinOf(currency);
    if (coin !== null) {
      const column = (await this.#closes.read(new Map([[coin, axis]]))).get(coin);
      return column ? coinQuotes(column) : [];
    }
    const span = spanOf([axis]);
    if (span === null) return [];
    const book = await readFxBook(this.#fx, { currencies: [currency], ...span });
    return moneyQuotes(book, { currency, axis });
  }

  /** The price of each request in the currency, or why there is none, in the requests' order. */
  async valueMany(
    requests: readonly ValuationRequest[],
    { currency, now }: { readonly currency: BaseCurrency; readonly now: UtcMs },
  ): Promise<readonly (ValuedPrice | Unpriced)[]> {
    const times = Float64Array.from(new Set(requests.map(({ at }) => at))).sort();
    const rateAxis = timeAxis(times, { now });
    const rates = currency === PRICE_CURRENCY ? null : await this.readRates(currency, rateAxis);
    const tables = await this.#tablesOf(requests, now);
    const rateIndexes = indexesOf(times);
    return requests.map(({ assetId, at }): ValuedPrice | Unpriced => {
      const { table, indexes } = tables.get(assetId) ?? unasked(assetId);
      const price = table.priceAt(assetId, indexes.get(at) ?? -1);
      if (price === null) return { reason: "no_close", assetId };
      const fx = rates === null ? null : rates[rateIndexes.get(at) ?? -1] ?? null;
      if (rates !== null && fx === null) return { reason: "no_rate", currency };
      return { ...price, currency, fx };
    });
  }

  /** A table for each asset, with the times that were asked for it alone. */
  async #tablesOf(requests: readonly ValuationRequest[], now: UtcMs) {
    const axes = new Map(
      [...Map.groupBy(requests, ({ assetId }) => assetId)].map(([assetId, asked]) => {
        const times = Float64Array.from(new Set(asked.map(({ at }) => at))).sort();
        return [assetId, timeAxis(times, { now })] as const;
      }),
    );
    const columns = await this.#readColumns(axes);
    return new Map([...axes].map(([assetId, axis]) => {
      const table = new CloseTable(axis, columns);
      return [assetId, { table, indexes: indexesOf(axis.times) }] as const;
    }));
  }

  /** Closes of coins from candles, of money from rates. */
  async #readColumns(
    axes: ReadonlyMap<AssetId, TimeAxis>,
    series?: SeriesByAsset,
  ): Promise<ReadonlyMap<AssetId, CloseColumn>> {
    const money = [...axes].filter(([id]) => isCash(id));
    const coins = new Map([...axes].filter(([id]) => !isCash(id)));
    const columns = new Map(await this.#closes.read(coins, { series }));
    const span = spanOf(money.map(([, axis]) => axis));
    if (span === null) return columns;
    const currencies = money.map(([id]) => id.toUpperCase());
    const book = await readFxBook(this.#fx, { currencies, ...span });
    for (const [id, axis] of money) {
      columns.set(id, moneyCloses(book, { currency: id.toUpperCase(), axis }));
    }
    return columns;
  }
}

/** First and last bucket end of the axes; `null` if they hold no time. */
function spanOf(axes: readonly TimeAxis[]): { from: UtcMs; to: UtcMs } | null {
  const filled = axes.filter(({ ends }) => ends.length > 0);
  if (filled.length === 0) return null;
  return {
    from: utcMsOf(Math.min(...filled.map(({ ends }) => ends[0] ?? NaN))),
    to: utcMsOf(Math.max(...filled.map(({ ends }) => ends[ends.length - 1] ?? NaN))),
  };
}

function indexesOf(times: Float64Array): ReadonlyMap<number, number> {
  return new Map(Array.from(times, (at, index) => [at, index]));
}

function unasked(assetId: AssetId): never {
  throw new RangeError(`Cannot value "${assetId}": it was not asked for`);
}
