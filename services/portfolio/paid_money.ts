import { Decimal } from "../kernel/decimal.ts";
import type { AssetId } from "../market/mod.ts";
import { cashIdOf } from "./cash.ts";
import { normalDecimal } from "./imports/values.ts";
import { absolute, formatExact, multiply, parseExact } from "./lots/exact.ts";
import type { DecimalText, Transaction } from "./transaction.ts";

/**
 * Columns of a ledger row that tell what it was traded for, where that is no dollar: the money by
 * its code, and the whole amount or the price of one unit.
 */
export const QUOTE_COLUMNS = {
  asset: "quote_asset",
  amount: "quote_amount",
  unitPrice: "quote_unit_price",
} as const;

/** What a row was traded for in all, in money that is not dollars. */
export interface PaidMoney {
  readonly cashId: AssetId;
  readonly total: DecimalText;
}

type QuotedRow = Pick<Transaction, "action" | "quantity" | "unitPriceUsd" | "notesExtra">;

/**
 * What a row says that it was traded for; `null` where it names dollars itself, and where its
 * columns hold no money. A fee names what it is in by its asset.
 */
export function paidMoneyOf(row: QuotedRow): PaidMoney | null {
  const { action, quantity, unitPriceUsd, notesExtra } = row;
  if (unitPriceUsd !== null || action === "FEE") return null;
  const cell = (name: string) => Object.hasOwn(notesExtra, name) ? notesExtra[name] ?? "" : "";
  const cashId = cashIdOf(cell(QUOTE_COLUMNS.asset));
  if (cashId === null) return null;
  const amount = positive(cell(QUOTE_COLUMNS.amount));
  if (amount !== null) return { cashId, total: amount };
  const unitPrice = positive(cell(QUOTE_COLUMNS.unitPrice));
  if (unitPrice === null) return null;
  const total = multiply(absolute(parseExact(quantity)), parseExact(unitPrice));
  return { cashId, total: formatExact(total) };
}

/** What one unit was traded for, at 18 decimals where a division does not end. */
export function paidUnitPrice({ total }: PaidMoney, quantity: DecimalText): DecimalText {
  return new Decimal(total).div(new Decimal(quantity).abs()).toDecimalPlaces(18).toFixed();
}

/** Columns of a row without what it was traded for. */
export function withoutQuote(
  notesExtra: Transaction["notesExtra"],
): Readonly<Record<string, string>> {
  const quote: readonly string[] = Object.values(QUOTE_COLUMNS);
  return Object.fromEntries(Object.entries(notesExtra).filter(([name]) => !quote.includes(name)));
}

function positive(text: string): DecimalText | null {
  const amount = normalDecimal(text);
  return amount === null || amount === "0" || amount.startsWith("-") ? null : amount;
}
