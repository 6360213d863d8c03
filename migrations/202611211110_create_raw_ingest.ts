import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** Answers of providers as they came, each body once, so that every value can name its origin. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("raw_ingest")
    .addColumn("provider", type.text, (c) => c.notNull())
    .addColumn("key", type.text, (c) => c.notNull()) // what was asked
    .addColumn("checksum", type.text, (c) => c.notNull()) // sha-256 of the body, hexadecimal
    .addColumn("url", type.text, (c) => c.notNull()) // without query
    .addColumn("status", type.small, (c) => c.notNull())
    .addColumn("body", type.bytes, (c) => c.notNull()) // gzip
    .addColumn("first_seen_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("seen_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("quarantine_reason", type.text)
    .addPrimaryKeyConstraint("raw_ingest_key", ["provider", "key", "checksum"])
    .modifyEnd(type.table)
    .execute();
  await db.schema.createIndex("raw_ingest_seen").on("raw_ingest").column("seen_at").execute();
}
