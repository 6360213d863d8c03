import { Decimal } from "@/services/kernel/decimal.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import { DAY_MS, type UtcMs } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import type { LotRow } from "@/services/portfolio/lots.ts";
import { paidMoneyOf } from "@/services/portfolio/paid_money.ts";
import type { DecimalText, Transaction } from "@/services/portfolio/transaction.ts";
import type { PriceFile } from "./price_file.ts";

const USD = "usd" as AssetId;
/** Where a division does not end. */
const DECIMALS = 18;

/** A price in the report's currency. */
export interface ReportPrice {
  readonly price: Decimal;
  readonly at: UtcMs;
  /** Whether it, or the rate, is more than a day older than asked. */
  readonly isStale: boolean;
}

/** A file's prices in the currency of a report, whose own dollar prices are the rates. */
export class CurrencyPrices {
  readonly #file: PriceFile;
  readonly #currency: AssetId;

  constructor(file: PriceFile, currency: AssetId) {
    this.#file = file;
    this.#currency = currency;
  }

  /** As people write it. */
  get code(): string {
    const coins: Readonly<Record<string, string>> = { bitcoin: "BTC", ethereum: "ETH" };
    return coins[this.#currency] ?? this.#currency.toUpperCase();
  }

  /** Units of the currency for one dollar on the day of an instant; `null` where unknown. */
  rateOfDay(at: UtcMs): Decimal | null {
    if (this.#currency === USD) return new Decimal(1);
    const dollars = this.#file.ofDay(this.#currency, at);
    return dollars === null ? null : new Decimal(1).div(dollars);
  }

  /** The price of an instant's UTC day. */
  ofDay(assetId: AssetId, at: UtcMs): DecimalText | null {
    if (assetId === this.#currency) return "1";
    const price = assetId === USD ? "1" : this.#file.ofDay(assetId, at);
    return price === null ? null : this.convert(price, at);
  }

  /** The newest price at or before an instant, by the newest rate. */
  latest(assetId: AssetId, at: UtcMs): ReportPrice | null {
    const price = this.#dollars(assetId, at);
    const unit = this.#dollars(this.#currency, at);
    if (price === null || unit === null) return null;
    const oldest = price.at < unit.at ? price.at : unit.at;
    return {
      price: new Decimal(price.priceUsd).div(unit.priceUsd).toDecimalPlaces(DECIMALS),
      at: oldest,
      isStale: at - oldest > DAY_MS,
    };
  }

  /** The prices of the days of instants, NaN where there is none. */
  columnOf(assetId: AssetId, instants: Float64Array): Float64Array {
    return instants.map((at) => Number(this.ofDay(assetId, at as UtcMs) ?? NaN));
  }

  /** Every instant with a price, in no order. */
  instants(): readonly UtcMs[] {
    return this.#file.instants();
  }

  /** Dollars in the currency, exact where the division ends; `null` without a rate. */
  convert(dollars: DecimalText, at: UtcMs): DecimalText | null {
    if (this.#currency === USD) return dollars;
    const unit = this.#file.ofDay(this.#currency, at);
    return unit === null
      ? null
      : new Decimal(dollars).div(unit).toDecimalPlaces(DECIMALS).toString();
  }

  #dollars(assetId: AssetId, at: UtcMs) {
    return assetId === USD ? { at, priceUsd: "1" } : this.#file.latest(assetId, at);
  }
}

/** A row whose price has no rate. */
export interface UnconvertedRow {
  readonly rowId: Uuid;
  readonly code: "RATE_MISSING";
  readonly message: string;
}

/** Rows with their prices in the currency of the report; what has no rate has no price. */
export function convertRows(
  rows: readonly Transaction[],
  prices: CurrencyPrices,
): { readonly rows: readonly LotRow[]; readonly problems: readonly UnconvertedRow[] } {
  const problems: UnconvertedRow[] = [];
  const converted = rows.map((row): LotRow => {
    const dollars = row.assetId === USD ? "1" : row.unitPriceUsd;
    if (dollars === null) return { ...row, paid: paidMoneyOf(row) };
    const unitPriceUsd = prices.convert(dollars, row.at);
    if (unitPriceUsd === null) {
      const message = `Its price has no rate to ${prices.code}, so its value is unknown`;
      problems.push({ rowId: row.id, code: "RATE_MISSING", message });
    }
    return { ...row, unitPriceUsd };
  });
  return { rows: converted, problems };
}
