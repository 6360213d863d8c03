import { Decimal } from "../kernel/decimal.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import { cashIdOf } from "./cash.ts";
import type { LotRow } from "./lots/lot_book.ts";
import type { BaseCurrency } from "./portfolio.ts";
import type { DecimalText } from "./transaction.ts";
import { coinOf } from "./valuation/conversion.ts";

/** Decimals of a price that was divided by a rate, as those of a cost that was split. */
const DECIMALS = 18;

/** Dollars for one unit of a currency at a time; `null` where nobody knows. */
export type UnitPrices = (at: UtcMs) => DecimalText | null;

/** The asset of which one unit is worth 1 where amounts are in a currency. */
export function moneyIdOf(currency: BaseCurrency): AssetId {
  const moneyId = coinOf(currency) ?? cashIdOf(currency);
  if (moneyId === null) throw new RangeError(`Cannot count in ${currency}: it is no known money`);
  return moneyId;
}

/** Dollars in a currency of which one unit costs `unit` dollars; `null` where either is unknown. */
export function fromDollars(
  dollars: DecimalText | null,
  unit: DecimalText | null,
): DecimalText | null {
  if (dollars === null || unit === null) return null;
  return new Decimal(dollars).div(unit).toDecimalPlaces(DECIMALS).toFixed();
}

/**
 * A row with its price, and its total, in a currency of which one unit costs `unit` dollars at its
 * time: a division of the total alone would end more often than that of the price.
 */
export function rowInCurrency<Row extends LotRow>(row: Row, unit: DecimalText | null): Row {
  const dollars = row.assetId === "usd" ? "1" : row.unitPriceUsd;
  if (dollars === null) return row;
  const total = new Decimal(row.quantity).abs().times(dollars).toFixed();
  return { ...row, unitPriceUsd: fromDollars(dollars, unit), value: fromDollars(total, unit) };
}
