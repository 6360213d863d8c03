import { CompiledQuery, type Kysely } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import type { LedgerImport, LedgerRow, RejectedRow } from "../../portfolio/ledger/ledger_ports.ts";
import type { Action, Transaction } from "../../portfolio/transaction.ts";
import type { Dialect } from "../database.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import type { TransactionRow } from "./portfolio_schema.ts";
import type { Schema } from "./schema.ts";

/** What the database knows of a row besides what it says. */
export interface RowOrigin {
  readonly identity: string | null;
  readonly content: number;
  readonly importId: Uuid | null;
  readonly line: number | null;
  readonly writtenBy: Uuid | null;
}

/** A ledger row with all that is kept of it, as JSON can hold it too. */
export interface StoredTransaction extends RowOrigin {
  readonly row: Transaction;
}

const COLUMNS = [
  ...["portfolio_id", "id", "at", "action", "asset_id", "quantity", "unit_price_usd", "account"],
  ...["wallet", "venue", "tx_hash", "external_id", "notes", "notes_extra", "parent_id"],
  ...["identity", "content", "import_id", "line", "written_by"],
] as const satisfies readonly (keyof TransactionRow)[];

/** Rows of one statement: more win nothing, and PostgreSQL sends each statement on its own. */
const ROWS_AT_ONCE: Readonly<Record<Dialect, number>> = { sqlite: 50, postgres: 1_000 };

export function toTransactionRow(
  { row, ...origin }: StoredTransaction,
  { portfolioId, dialect }: { portfolioId: Uuid; dialect: Dialect },
): TransactionRow {
  const uuid = (id: Uuid | null) => id === null ? null : toUuidColumn(id, dialect);
  return {
    portfolio_id: toUuidColumn(portfolioId, dialect),
    id: toUuidColumn(row.id, dialect),
    at: row.at,
    action: row.action,
    asset_id: row.assetId,
    quantity: row.quantity,
    unit_price_usd: row.unitPriceUsd,
    account: row.account,
    wallet: row.wallet,
    venue: row.venue,
    tx_hash: row.txHash,
    external_id: row.externalId,
    notes: row.notes,
    notes_extra: JSON.stringify(row.notesExtra),
    parent_id: uuid(row.parentId),
    identity: origin.identity,
    content: origin.content,
    import_id: uuid(origin.importId),
    line: origin.line,
    written_by: uuid(origin.writtenBy),
  };
}

export function fromTransactionRow(stored: TransactionRow): StoredTransaction {
  return {
    row: {
      id: fromUuidColumn(stored.id),
      at: utcMsOf(stored.at),
      action: stored.action as Action,
      assetId: stored.asset_id as AssetId,
      quantity: stored.quantity,
      unitPriceUsd: stored.unit_price_usd,
      account: stored.account,
      wallet: stored.wallet,
      venue: stored.venue,
      txHash: stored.tx_hash,
      externalId: stored.external_id,
      notes: stored.notes,
      notesExtra: JSON.parse(stored.notes_extra) as Readonly<Record<string, string>>,
      parentId: stored.parent_id === null ? null : fromUuidColumn(stored.parent_id),
    },
    identity: stored.identity,
    content: stored.content,
    importId: stored.import_id === null ? null : fromUuidColumn(stored.import_id),
    line: stored.line,
    writtenBy: stored.written_by === null ? null : fromUuidColumn(stored.written_by),
  };
}

export function toLedgerRow({ row, importId, line }: StoredTransaction): LedgerRow {
  return { ...row, importId, line };
}

/** Inserts rows past Kysely's builder, which takes longer over so many values than the database. */
export async function insertTransactions(
  db: Kysely<Schema>,
  { rows, ...target }: {
    rows: readonly StoredTransaction[];
    portfolioId: Uuid;
    dialect: Dialect;
  },
): Promise<void> {
  const atOnce = ROWS_AT_ONCE[target.dialect];
  for (let start = 0; start < rows.length; start += atOnce) {
    const part = rows.slice(start, start + atOnce).map((row) => toTransactionRow(row, target));
    const values = part.flatMap((row) => COLUMNS.map((column) => row[column]));
    await db.executeQuery(CompiledQuery.raw(insertSql(part.length, target.dialect), values));
  }
}

const insertTexts = new Map<string, string>();

function insertSql(rows: number, dialect: Dialect): string {
  const key = `${dialect} ${rows}`;
  const known = insertTexts.get(key);
  if (known !== undefined) return known;
  const place = (at: number) => dialect === "sqlite" ? "?" : `$${at + 1}`;
  const tuples = Array.from(
    { length: rows },
    (_, row) => `(${COLUMNS.map((_, at) => place(row * COLUMNS.length + at)).join()})`,
  );
  const text = `insert into transactions (${COLUMNS.join()}) values ${tuples.join()}`;
  insertTexts.set(key, text);
  return text;
}

export function toLedgerImport(row: Schema["ledger_imports"]): LedgerImport {
  return {
    importId: fromUuidColumn(row.id),
    state: row.state,
    fileName: row.file_name,
    format: row.format,
    header: JSON.parse(row.header) as readonly string[],
    checksum: row.checksum,
    read: row.rows_read,
    accepted: row.accepted,
    updated: row.updated,
    duplicate: row.duplicate,
    quarantined: row.quarantined,
    ignored: row.ignored,
    startedAt: utcMsOf(row.started_at),
    finishedAt: utcMsOf(row.finished_at),
  };
}

export function toRejectedRow(row: Schema["ledger_quarantine"]): RejectedRow {
  const fields = JSON.parse(row.fields) as readonly string[];
  return { line: row.line, fields, code: row.code, reason: row.reason };
}
