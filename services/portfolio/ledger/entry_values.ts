import { AppError } from "../../kernel/errors.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { AssetFinder, type AssetNames } from "../imports/asset_names.ts";
import { Cells, Columns } from "../imports/cells.ts";
import type { LedgerEntry } from "../imports/entry.ts";
import { guardFormula } from "../imports/formula_guard.ts";
import { type Field, OWN_FIELDS, TRANSACTIONS_V1_1 } from "../imports/mapping.ts";
import { IgnoredRow, RowFault } from "../imports/row_fault.ts";
import { readRow } from "../imports/row_shape.ts";
import { PICKS_COLUMN } from "../lot_picks.ts";
import type { Transaction } from "../transaction.ts";
import { valuesOf } from "./field_changes.ts";

/** A row as somebody enters it, by the columns of Transactions CSV v1.1; `null` is a blank. */
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
  // Marked as in a file, so that a text which starts like a mark comes back to the letter.
  const fields = OWN_FIELDS.map((field) => marked(values[field] ?? "", field));
  const cells = new Cells({ line: 0, fields }, { columns: new Columns(layout, OWN_FIELDS), now });
  const assets = new AssetFinder(names, { assets: {}, assetSuffixes: [], assetPairs: false });
  try {
    const [entry] = readRow(cells, { assets, dollars: new Set(), account: HAND_ACCOUNT });
    if (entry !== undefined) return withPicks(entry, values);
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
  return withPicks({ ...readEntry(all, reading), notesExtra: row.notesExtra }, values);
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
