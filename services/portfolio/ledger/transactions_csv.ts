import type { Uuid } from "../../kernel/ids.ts";
import { columnKey } from "../imports/cells.ts";
import { feeId } from "../imports/entry.ts";
import { packColumns } from "../imports/packed_columns.ts";
import { MAX_COLUMNS } from "../imports/table.ts";
import { compareTransactions, type Transaction } from "../transaction.ts";
import { csvLine, textCell } from "./csv_text.ts";
import { isPlainFee, VALUE_COLUMNS, valuesOf } from "./field_changes.ts";
import type { LedgerRow, LedgerScope, LedgerStore } from "./ledger_ports.ts";

const ROWS_AT_ONCE = 5_000;

/** Columns that are never marked as text. */
const NUMBER_COLUMNS = new Set(["quantity", "unit_price_usd", "fee_amount"]);

/** A row with the fee that stands in its own columns. */
interface Line {
  readonly row: Transaction;
  readonly fee: Transaction | null;
}

/** Columns by `columnKey`, as files may write the name of the same one differently. */
type Names = readonly (readonly [key: string, name: string])[];

/** Columns of a ledger besides those of the format. */
interface ExtraColumns {
  /** Whether a fee stands apart from its row, which it then names. */
  readonly hasParents: boolean;
  readonly names: Names;
  /** Those beyond the columns that a file may have, which share `notes_extra`. */
  readonly packed: Names;
}

/**
 * A ledger as Transactions CSV v1.1, in its order. What is exported imports again to the same
 * bytes; cells that a spreadsheet would run are marked, and come back unmarked. Columns that files
 * brought besides come last: as many as an import takes, and the others as JSON in one.
 */
export async function* exportTransactions(
  store: LedgerStore,
  scope: LedgerScope,
): AsyncGenerator<string> {
  const extra = await findExtraColumns(store, scope);
  yield csvLine([
    ...ownColumns(extra),
    ...extra.names.map(([, name]) => textCell(name)),
    ...extra.packed.length > 0 ? ["notes_extra"] : [],
  ]);
  for await (const lines of readLines(store, scope)) {
    yield lines.map((line) => toCsvLine(line, extra)).join("");
  }
}

/** What the ledger needs columns for; a first pass over it, so that the second can be streamed. */
async function findExtraColumns(store: LedgerStore, scope: LedgerScope): Promise<ExtraColumns> {
  const names = new Map<string, string>();
  let hasParents = false;
  for await (const lines of readLines(store, scope)) {
    for (const { row } of lines) {
      if (row.parentId !== null) hasParents = true;
      for (const name of Object.keys(row.notesExtra)) {
        const key = columnKey(name);
        const known = names.get(key);
        if (known === undefined || name < known) names.set(key, name);
      }
    }
  }
  const sorted = [...names].sort(([a], [b]) => a < b ? -1 : 1);
  const room = MAX_COLUMNS - ownColumns({ hasParents }).length;
  const shown = sorted.length > room ? room - 1 : room;
  return { hasParents, names: sorted.slice(0, shown), packed: sorted.slice(shown) };
}

function ownColumns({ hasParents }: Pick<ExtraColumns, "hasParents">): readonly string[] {
  return ["id", ...VALUE_COLUMNS, ...hasParents ? ["parent_id"] : []];
}

function toCsvLine({ row, fee }: Line, { hasParents, names, packed }: ExtraColumns): string {
  const cells = Object.entries(valuesOf(row, fee)).map(([column, value]) =>
    NUMBER_COLUMNS.has(column) ? value ?? "" : textCell(value)
  );
  const extras = new Map(
    Object.entries(row.notesExtra).map(([name, value]) => [columnKey(name), value]),
  );
  return csvLine([
    row.id,
    ...cells,
    ...hasParents ? [row.parentId ?? ""] : [],
    ...names.map(([key]) => textCell(extras.get(key) ?? null)),
    ...packed.length > 0 ? [packColumns(saidOf(extras, packed))] : [],
  ]);
}

/** What a row says in some columns, under their names. */
function saidOf(extras: ReadonlyMap<string, string>, names: Names) {
  return names.flatMap(([key, name]) => {
    const text = extras.get(key);
    return text === undefined ? [] : [[name, text] as const];
  });
}

/** Rows with their plain fees, in the order of the ledger. */
async function* readLines(
  store: LedgerStore,
  scope: LedgerScope,
): AsyncGenerator<readonly Line[]> {
  // Rows of the moment that the last page ended in, as its other rows may still come.
  let open: readonly LedgerRow[] = [];
  let after: LedgerRow | undefined;
  while (true) {
    const page = await store.listTransactions(scope, {
      limit: ROWS_AT_ONCE,
      ...after === undefined ? {} : { after },
    });
    const last = page.at(-1);
    const isLast = page.length < ROWS_AT_ONCE || last === undefined;
    const rows = [...open, ...page];
    open = isLast ? [] : rows.filter(({ at }) => at === last.at);
    yield foldFees(isLast ? rows : rows.slice(0, rows.length - open.length));
    if (isLast) return;
    after = last;
  }
}

function foldFees(rows: readonly LedgerRow[]): readonly Line[] {
  const byId = new Map<Uuid, LedgerRow>(rows.map((row) => [row.id, row]));
  const isFolded = (row: LedgerRow) => {
    const parent = row.parentId === null ? undefined : byId.get(row.parentId);
    return parent !== undefined && isPlainFee(row, parent);
  };
  return rows.filter((row) => !isFolded(row)).sort(compareTransactions).map((row) => {
    const fee = byId.get(feeId(row.id));
    return { row, fee: fee !== undefined && isFolded(fee) ? fee : null };
  });
}
