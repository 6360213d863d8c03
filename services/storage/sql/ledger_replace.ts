import type { Uuid } from "../../kernel/ids.ts";
import { feeId, identityOf, rowsOf } from "../../portfolio/imports/entry.ts";
import { changesOf, isPlainFee } from "../../portfolio/ledger/field_changes.ts";
import type { FieldChange, NamedEntry } from "../../portfolio/ledger/ledger_ports.ts";
import type { StagedRow, StoredTransaction } from "./ledger_rows.ts";

/** What writes a row: an import, or `null` for somebody's hand; and the line that says it. */
export interface Writing {
  readonly importId: Uuid | null;
  readonly line: number | null;
}

/** What an entry in place of a row and its fee comes to. */
export interface Replacement {
  readonly changes: readonly FieldChange[];
  /** The rows as they stood. */
  readonly before: readonly StoredTransaction[];
  readonly after: readonly StagedRow[];
  /** Rows that are new: a fee where there was none. */
  readonly inserted: number;
}

/** The row, and the fee if it has one, that an entry stands for. */
export function storedRowsOf(
  { entry, id, content }: NamedEntry,
  { importId, line }: Writing,
): readonly StoredTransaction[] {
  const identity = identityOf(entry);
  return rowsOf(entry, id).map((row, at) => ({
    row,
    identity: at === 0 ? identity : null,
    // A fee is compared with its row.
    content: at === 0 ? content : 0,
    importId,
    line,
    writtenBy: importId,
  }));
}

/** What changes where an entry takes the place of the row with its id, and of that row's fee. */
export function replacementOf(
  named: NamedEntry,
  { before, fee: under, writing: { importId, line } }: {
    readonly before: StoredTransaction;
    /** What stands under the id of the row's fee. */
    readonly fee: StoredTransaction | null;
    readonly writing: Writing;
  },
): Replacement {
  const fee = importId === null || isOwnFee(under, { before, named }) ? under : null;
  const changes = changesOf({ row: before.row, fee: fee?.row ?? null }, named.entry);
  if (changes.length === 0) return { changes, before: [], after: [], inserted: 0 };
  // An edit by hand leaves what the file said, so that the same file again is nothing new.
  const content = importId === null ? before.content : named.content;
  const [own, newFee] = storedRowsOf({ ...named, content }, {
    importId,
    line: line ?? before.line,
  });
  const put = (stored: StoredTransaction, of: StoredTransaction | null): StagedRow => ({
    stored: of === null ? stored : { ...stored, importId: of.importId },
    isRemoved: false,
  });
  return {
    changes,
    before: fee === null ? [before] : [before, fee],
    after: [
      ...own ? [put(own, before)] : [],
      ...newFee ? [put(newFee, fee)] : [],
      ...fee !== null && !newFee ? [{ stored: fee, isRemoved: true }] : [],
    ],
    inserted: newFee && fee === null ? 1 : 0,
  };
}

/** Whether a file that says this of the row speaks of its fee too: of others there is a line. */
function isOwnFee(
  fee: StoredTransaction | null,
  { before, named }: { readonly before: StoredTransaction; readonly named: NamedEntry },
): boolean {
  return named.entry.fee !== null || (fee !== null && isPlainFee(fee.row, before.row));
}

/** A row with its fee among rows that were looked up; `null` if it is not there. */
export function pairOf(
  id: Uuid,
  rows: ReadonlyMap<Uuid, StoredTransaction>,
): { readonly before: StoredTransaction; readonly fee: StoredTransaction | null } | null {
  const before = rows.get(id);
  return before === undefined ? null : { before, fee: rows.get(feeId(id)) ?? null };
}
