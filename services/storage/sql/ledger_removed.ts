import type { Kysely } from "kysely";
import { AppError } from "../../kernel/errors.ts";
import type { Uuid } from "../../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { RemovedRow } from "../../portfolio/ledger/ledger_ports.ts";
import type { Dialect } from "../database.ts";
import { toUuidColumn } from "../uuid_column.ts";
import { clearHidden } from "./ledger_lookup.ts";
import { insertTransactions, type StoredTransaction, toLedgerRow } from "./ledger_rows.ts";
import type { Schema } from "./schema.ts";

/** A ledger, inside whatever changes or reads it; its owner was asked for before. */
interface Ledger {
  readonly portfolioId: Uuid;
  readonly dialect: Dialect;
}

/** Sets a row and its fee aside as they stood; the row is the first. */
export async function keepRemoved(
  db: Kysely<Schema>,
  { portfolioId, dialect, rows, removedAt }: Ledger & {
    readonly rows: readonly StoredTransaction[];
    readonly removedAt: UtcMs;
  },
): Promise<void> {
  const [first] = rows;
  if (first === undefined) throw new RangeError("Cannot keep a removed row: there is none");
  const kept = { removed_at: removedAt, rows: JSON.stringify(rows) };
  await db.insertInto("removed_transactions").values({
    portfolio_id: toUuidColumn(portfolioId, dialect),
    transaction_id: toUuidColumn(first.row.id, dialect),
    ...kept,
  }).onConflict((same) => same.columns(["portfolio_id", "transaction_id"]).doUpdateSet(kept))
    .execute();
}

/** What was set aside at or after an instant, the last first. */
export async function listRemoved(
  db: Kysely<Schema>,
  { portfolioId, dialect, since, limit }: Ledger & {
    readonly since: UtcMs;
    readonly limit: number;
  },
): Promise<readonly RemovedRow[]> {
  const found = await db.selectFrom("removed_transactions").select(["rows", "removed_at"])
    .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect))
    .where("removed_at", ">=", since)
    .orderBy("removed_at", "desc").orderBy("transaction_id").limit(limit).execute();
  return found.flatMap(({ rows, removed_at }): RemovedRow[] => {
    const [row, fee] = storedRows(rows);
    const removedAt = utcMsOf(removed_at);
    return row === undefined
      ? []
      : [{ row: toLedgerRow(row), fee: fee === undefined ? null : toLedgerRow(fee), removedAt }];
  });
}

/**
 * Puts a row and its fee back as they stood when they were set aside at or after an instant; `null`
 * if they were not. Throws `CONFLICT` where the ledger has such a row again.
 */
export async function putBack(
  db: Kysely<Schema>,
  { portfolioId, dialect, id, since }: Ledger & { readonly id: Uuid; readonly since: UtcMs },
): Promise<{ readonly changedFrom: UtcMs } | null> {
  const found = await db.deleteFrom("removed_transactions")
    .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect))
    .where("transaction_id", "=", toUuidColumn(id, dialect))
    .where("removed_at", ">=", since).returning("rows").executeTakeFirst();
  const rows = found === undefined ? [] : storedRows(found.rows);
  const [first] = rows;
  if (first === undefined) return null;
  const { identity } = first;
  const rivals = await clearHidden(db, {
    target: { portfolioId, dialect },
    ids: rows.map(({ row }) => row.id),
    identities: identity === null ? [] : [identity],
  });
  if (rivals.length > 0) {
    throw new AppError("CONFLICT", "The ledger has this transaction again: it was added since");
  }
  await insertTransactions(db, { rows, portfolioId, dialect });
  return { changedFrom: first.row.at };
}

/** Forgets the oldest of what was set aside before an instant, of all ledgers; how many rows. */
export async function forgetRemoved(
  db: Kysely<Schema>,
  { before, limit }: { readonly before: UtcMs; readonly limit: number },
): Promise<number> {
  const oldest = await db.selectFrom("removed_transactions")
    .select(["portfolio_id", "transaction_id"]).where("removed_at", "<", before)
    .orderBy("removed_at").limit(limit).execute();
  for (const { portfolio_id, transaction_id } of oldest) {
    await db.deleteFrom("removed_transactions").where("portfolio_id", "=", portfolio_id)
      .where("transaction_id", "=", transaction_id).execute();
  }
  return oldest.length;
}

function storedRows(json: string): readonly StoredTransaction[] {
  return JSON.parse(json) as readonly StoredTransaction[];
}
