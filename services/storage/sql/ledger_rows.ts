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

/** What a row of the ledger becomes with an import. */
export interface StagedRow {
  readonly stored: StoredTransaction;
  readonly isRemoved: boolean;
}

/** The columns of `transactions`, which staged rows have too. */
export const TRANSACTION_COLUMNS = [
  ...["portfolio_id", "id", "at", "action", "asset_id", "quantity", "unit_price_usd", "account"],
  ...["wallet", "venue", "tx_hash", "external_id", "notes", "notes_extra", "parent_id"],
  ...["identity", "content", "import_id", "line", "written_by"],
] as const satisfies readonly (keyof TransactionRow)[];

/** Takes over what a row says from the one that was to be inserted beside it. */
export const WITH_ALL_REPLACED = TRANSACTION_COLUMNS.filter((column) =>
  column !== "portfolio_id" && column !== "id"
)
  .map((column) => `${column} = excluded.${column}`).join();

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
  const tuples = rows.map((stored) => {
    const row = toTransactionRow(stored, target);
    return TRANSACTION_COLUMNS.map((column) => row[column]);
  });
  await insertTuples(db, {
    table: "transactions",
    columns: TRANSACTION_COLUMNS,
    tuples,
    ...target,
  });
}

/** Keeps what rows become, or that they go, until their import is committed. */
export async function insertStaged(
  db: Kysely<Schema>,
  { rows, importId, ...target }: {
    rows: readonly StagedRow[];
    importId: Uuid;
    portfolioId: Uuid;
    dialect: Dialect;
  },
): Promise<void> {
  const stagedBy = toUuidColumn(importId, target.dialect);
  const tuples = rows.map(({ isRemoved, stored }) => {
    const row = toTransactionRow(stored, target);
    return [stagedBy, isRemoved ? 1 : 0, ...TRANSACTION_COLUMNS.map((column) => row[column])];
  });
  const columns = ["staged_by", "is_removed", ...TRANSACTION_COLUMNS];
  // A fee may be told of by its row and by a line of its own: the last line counts.
  const suffix =
    `on conflict (staged_by, id) do update set is_removed = excluded.is_removed, ${WITH_ALL_REPLACED}`;
  await insertTuples(db, { table: "ledger_staged_rows", columns, suffix, tuples, ...target });
}

/** Keeps rows as they stand before an import; what was kept of one before stays. */
export async function insertBefore(
  db: Kysely<Schema>,
  { rows, importId, dialect }: {
    rows: readonly StoredTransaction[];
    importId: Uuid;
    dialect: Dialect;
  },
): Promise<void> {
  const keptBy = toUuidColumn(importId, dialect);
  const tuples = rows.map((stored) => [
    keptBy,
    toUuidColumn(stored.row.id, dialect),
    JSON.stringify(stored),
  ]);
  await insertTuples(db, {
    table: "ledger_import_changes",
    columns: ["import_id", "transaction_id", "before"],
    suffix: "on conflict do nothing",
    ...{ tuples, dialect },
  });
}

async function insertTuples(
  db: Kysely<Schema>,
  { tuples, dialect, ...statement }: {
    table: string;
    columns: readonly string[];
    suffix?: string;
    tuples: readonly (readonly unknown[])[];
    dialect: Dialect;
  },
): Promise<void> {
  const atOnce = ROWS_AT_ONCE[dialect];
  for (let start = 0; start < tuples.length; start += atOnce) {
    const part = tuples.slice(start, start + atOnce);
    const text = insertSql({ ...statement, dialect }, part.length);
    await db.executeQuery(CompiledQuery.raw(text, part.flat()));
  }
}

const insertTexts = new Map<string, string>();

function insertSql(
  { table, columns, dialect, suffix = "" }: {
    table: string;
    columns: readonly string[];
    dialect: Dialect;
    suffix?: string;
  },
  rows: number,
): string {
  const key = `${dialect} ${table} ${rows}`;
  const known = insertTexts.get(key);
  if (known !== undefined) return known;
  const place = (at: number) => dialect === "sqlite" ? "?" : `$${at + 1}`;
  const tuples = Array.from(
    { length: rows },
    (_, row) => `(${columns.map((_, at) => place(row * columns.length + at)).join()})`,
  );
  const text = `insert into ${table} (${columns.join()}) values ${tuples.join()} ${suffix}`;
  insertTexts.set(key, text);
  return text;
}

/** The import of a row; one that is under way is none yet. */
export function toLedgerImport(row: Schema["ledger_imports"]): LedgerImport {
  if (row.state === "staging") throw new RangeError("Cannot tell of an import that is under way");
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
