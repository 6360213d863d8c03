import { sql, type Transaction } from "kysely";
import type { Dialect } from "../database.ts";
import type { Schema } from "./schema.ts";

/** First key of the locks by which writers of one owner take turns on PostgreSQL: "owns" in ASCII. */
const POSTGRES_LOCK = 0x6f776e73;

/**
 * Keeps others who would add to what an owner has waiting until the transaction ends, so that what
 * is counted from here on still holds then. SQLite writes one transaction at a time in any case.
 */
export async function takeOwnerTurn(
  db: Transaction<Schema>,
  { ownerId, dialect }: { readonly ownerId: string; readonly dialect: Dialect },
): Promise<void> {
  if (dialect === "sqlite") return;
  await sql`select pg_advisory_xact_lock(${sql.lit(POSTGRES_LOCK)}, hashtext(${ownerId}))`
    .execute(db);
}
