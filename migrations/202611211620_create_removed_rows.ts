import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** Rows that were taken out of a ledger by hand, for as long as they may be put back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("removed_transactions")
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull().references("portfolios.id"))
    .addColumn("transaction_id", type.uuid, (c) => c.notNull())
    .addColumn("removed_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("rows", type.text, (c) => c.notNull()) // JSON of the row and its fee
    .addPrimaryKeyConstraint("removed_transactions_key", ["portfolio_id", "transaction_id"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createIndex("removed_transactions_time").on("removed_transactions")
    .columns(["removed_at"]).execute();
}
