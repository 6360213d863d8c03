import type { Kysely } from "kysely";
import { toUuidColumn, type UuidValue } from "../uuid_column.ts";
import type { LedgerTarget } from "./ledger_lookup.ts";
import type { Schema } from "./schema.ts";

/**
 * What `read` finds by several queries, all as of one version of a ledger: it is read again where
 * that moved meanwhile, since whatever was shown or hidden made a version. `applying` is the import
 * whose staged rows count in place of the ledger's own; `null` where there is no such portfolio.
 */
export async function asOfOneVersion<Found>(
  db: Kysely<Schema>,
  { target, read }: {
    readonly target: LedgerTarget;
    readonly read: (applying: UuidValue | null) => Promise<Found>;
  },
): Promise<Found | null> {
  while (true) {
    const before = await findState(db, target);
    if (before === undefined) return null;
    const found = await read(before.applying);
    const after = await findState(db, target);
    if (after?.ledger_version === before.ledger_version) return found;
  }
}

async function findState(db: Kysely<Schema>, { portfolioId, dialect }: LedgerTarget) {
  return await db.selectFrom("portfolios").select(["ledger_version", "applying"])
    .where("id", "=", toUuidColumn(portfolioId, dialect)).executeTakeFirst();
}
