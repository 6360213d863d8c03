import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** Pools, what was read of them, and when each source was last asked. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("pools")
    .addColumn("id", type.text, (c) => c.primaryKey())
    .addColumn("protocol", type.text, (c) => c.notNull())
    .addColumn("chain", type.text, (c) => c.notNull())
    .addColumn("pool_address", type.text, (c) => c.notNull())
    .addColumn("symbol", type.text, (c) => c.notNull())
    .addColumn("kind", type.text)
    .addColumn("structure", type.text)
    .addColumn("kink", type.double) // fraction
    .addColumn("reserve_factor", type.double) // fraction
    .addColumn("maturity_at", type.integer) // UTC ms
    .addColumn("since", type.integer) // UTC ms
    .addColumn("created_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("updated_at", type.integer, (c) => c.notNull()) // UTC ms
    .addUniqueConstraint("pools_address_key", ["protocol", "chain", "pool_address"])
    .modifyEnd(type.clusteredTable)
    .execute();
  // The key makes ingestion repeatable: the same reading again writes nothing.
  await db.schema.createTable("pool_snapshots")
    .addColumn("pool_id", type.text, (c) => c.notNull().references("pools.id"))
    .addColumn("source", type.text, (c) => c.notNull())
    .addColumn("ts", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("ingested_at", type.integer, (c) => c.notNull()) // UTC ms: when it was known
    .addColumn("available_at", type.integer) // UTC ms: from when it counts; null is held
    .addColumn("written_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("supply_apy", type.double, (c) => c.notNull()) // fraction, 0.05 is 5 %
    .addColumn("borrow_apy", type.double)
    .addColumn("incentive_apy", type.double)
    .addColumn("utilization", type.double) // fraction
    .addColumn("tvl_usd", type.double)
    .addColumn("volume_usd", type.double)
    .addColumn("source_updated_at", type.integer) // UTC ms
    .addColumn("metadata", type.text, (c) => c.notNull()) // JSON: rate basis and flags
    .addPrimaryKeyConstraint("pool_snapshots_key", ["pool_id", "source", "ts"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createIndex("pool_snapshots_written").on("pool_snapshots").column("written_at")
    .execute();
  await db.schema.createTable("pool_fetches")
    .addColumn("provider", type.text, (c) => c.notNull())
    .addColumn("target", type.text, (c) => c.notNull())
    .addColumn("started_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("finished_at", type.integer) // UTC ms
    .addColumn("problem", type.text)
    .addPrimaryKeyConstraint("pool_fetches_key", ["provider", "target"])
    .modifyEnd(type.clusteredTable)
    .execute();
}
