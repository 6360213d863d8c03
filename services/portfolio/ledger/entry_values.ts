import { AppError } from "../../kernel/errors.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { cashIdOf } from "../cash.ts";
import { AssetFinder, type AssetNames } from "../imports/asset_names.ts";
import { Cells, Columns } from "../imports/cells.ts";
import type { LedgerEntry } from "../imports/entry.ts";
import { guardFormula } from "../imports/formula_guard.ts";
import { type Field, OWN_FIELDS, TRANSACTIONS_V1_1 } from "../imports/mapping.ts";
import { IgnoredRow, RowFault } from "../imports/row_fault.ts";
import { readRow } from "../imports/row_shape.ts";
import { PICKS_COLUMN } from "../lot_picks.ts";
import { paidMoneyOf, paidUnitPrice, QUOTE_COLUMNS, withoutQuote } from "../paid_money.ts";
import type { Transaction } from "../transaction.ts";
import { valuesOf } from "./field_changes.ts";

/**
 * A row as somebody enters it, by the columns of Transactions CSV v1.1; `null` is a blank. A
 * `unit_price` is in the money that `price_asset` names, dollars without one.
 */
export type EntryValues = Readonly<Partial<Record<Field | typeof PICKS_COLUMN, string | null>>>;

/** The account of rows that are entered by hand and name none. */
export const HAND_ACCOUNT = "default";

/**
 * Reads a row that was entered by hand as a file of it would be read. Throws `VALIDATION_FAILED`
 * with the code and the candidates that a rejected row would have.
 */
export function readEntry(
  values: EntryValues,
  { names, now }: { readonly names: AssetNames; readonly now: UtcMs },
): LedgerEntry {
  const [layout] = TRANSACTIONS_V1_1.layouts;
  if (layout === undefined) throw new RangeError("Cannot read an entry: there is no layout");
  const { unit_price = values.unit_price_usd } = values;
  const priced = { ...values, unit_price_usd: unit_price };
  // Marked as in a file, so that a text which starts like a mark comes back to the letter.
  const fields = OWN_FIELDS.map((field) => marked(priced[field] ?? "", field));
  const cells = new Cells({ line: 0, fields }, { columns: new Columns(layout, OWN_FIELDS), now });
  const assets = new AssetFinder(names, { assets: {}, assetSuffixes: [], assetPairs: false });
  try {
    const [entry] = readRow(cells, { assets, dollars: new Set(), account: HAND_ACCOUNT });
    if (entry !== undefined) return withPrice(withPicks(entry, values), values);
  } catch (error) {
    if (error instanceof IgnoredRow) throw refused(error.message, {});
    if (!(error instanceof RowFault)) throw error;
    throw refused(error.message, { reason: error.code, candidates: error.candidates });
  }
  throw refused("it says nothing", {});
}

/** A row of the ledger with some of its values replaced. */
export function editedEntry(
  values: EntryValues,
  { row, fee, ...reading }: {
    readonly row: Transaction;
    readonly fee: Transaction | null;
    readonly names: AssetNames;
    readonly now: UtcMs;
  },
): LedgerEntry {
  const all = { ...valuesOf(row, fee), id: row.id, parent_id: row.parentId, ...values };
  const entry = readEntry(all, reading);
  const { notesExtra } = isPricedAs(row, entry) ? row : {
    notesExtra: values.unit_price === undefined
      ? row.notesExtra
      : { ...withoutQuote(row.notesExtra), ...entry.notesExtra },
  };
  return withPicks({ ...entry, notesExtra }, values);
}

/** Whether a row was traded for what an entry says: its columns may say that more exactly. */
function isPricedAs(row: Transaction, entry: LedgerEntry): boolean {
  const [before, now] = [paidMoneyOf(row), paidMoneyOf(entry)];
  return before !== null && now !== null && before.cashId === now.cashId &&
    row.quantity === entry.quantity &&
    paidUnitPrice(before, row.quantity) === paidUnitPrice(now, entry.quantity);
}

/**
 * The entry with its price in the money that the values name; as it is where they have no
 * `unit_price`. One in other money than dollars counts by the rate of its time.
 */
function withPrice(entry: LedgerEntry, { unit_price, price_asset }: EntryValues): LedgerEntry {
  if (unit_price === undefined) return entry;
  const cashId = cashIdOf(price_asset ?? "usd");
  if (cashId === null) {
    throw refused(`price_asset "${price_asset}" is no money: expected a code like EUR`, {
      reason: "unknown_money",
    });
  }
  const { unitPriceUsd } = entry;
  if (unitPriceUsd === null || cashId === "usd") return entry;
  if (entry.action === "FEE") {
    throw refused("the price of a FEE is in dollars", { reason: "unknown_money" });
  }
  const quote = { [QUOTE_COLUMNS.unitPrice]: unitPriceUsd, [QUOTE_COLUMNS.asset]: cashId };
  return { ...entry, unitPriceUsd: null, notesExtra: { ...entry.notesExtra, ...quote } };
}

/** The entry with the lots that the values name; as it is where they do not speak of lots. */
function withPicks(entry: LedgerEntry, { lots }: EntryValues): LedgerEntry {
  if (lots === undefined) return entry;
  const { [PICKS_COLUMN]: _, ...others } = entry.notesExtra;
  return { ...entry, notesExtra: lots ? { ...others, [PICKS_COLUMN]: lots } : others };
}

const NUMBERS: readonly Field[] = ["quantity", "unit_price_usd", "fee_amount"];

function marked(text: string, field: Field): string {
  return NUMBERS.includes(field) ? text : guardFormula(text);
}

function refused(reason: string, details: Readonly<Record<string, unknown>>): AppError {
  return new AppError("VALIDATION_FAILED", `Cannot enter the transaction: ${reason}`, { details });
}
