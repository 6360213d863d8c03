import { type Kysely, sql } from "kysely";
import type { TransactionPage } from "../../portfolio/ledger/ledger_ports.ts";
import { fromUuidColumn, toUuidColumn, type UuidValue } from "../uuid_column.ts";
import { type LedgerTarget, shownIn } from "./ledger_lookup.ts";
import type { TransactionRow } from "./portfolio_schema.ts";
import type { Schema } from "./schema.ts";

/** A page of a ledger's rows by time, then id. */
export async function listRows(
  db: Kysely<Schema>,
  { target, page }: { readonly target: LedgerTarget; readonly page: TransactionPage },
): Promise<readonly TransactionRow[]> {
  const rows = pageQuery(db, { target, page });
  if (!await hidesRows(db, target)) return await rows.execute();
  // A million rows that are not shown may stand before the first that is: each import by itself.
  const found = await rows.where("import_id", "is", null).execute();
  for (const importId of await listShownImports(db, target)) {
    found.push(...await rows.where("import_id", "=", importId).execute());
  }
  return found.sort((a, b) => page.isNewestFirst ? compareRows(b, a) : compareRows(a, b))
    .slice(0, page.limit);
}

function pageQuery(
  db: Kysely<Schema>,
  { target, page: { after, limit, isNewestFirst = false, assetId } }: {
    readonly target: LedgerTarget;
    readonly page: TransactionPage;
  },
) {
  const { portfolioId, dialect } = target;
  const [order, behind] = isNewestFirst ? ["desc", "<"] as const : ["asc", ">"] as const;
  let query = db.selectFrom("transactions").selectAll()
    .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect)).where(shownIn(target));
  if (assetId !== undefined) query = query.where("asset_id", "=", assetId);
  if (after !== undefined) {
    const id = toUuidColumn(after.id, dialect);
    query = query.where("at", isNewestFirst ? "<=" : ">=", after.at)
      .where((row) => row.or([row("at", behind, after.at), row("id", behind, id)]));
  }
  return query.orderBy("at", order).orderBy("id", order).limit(limit);
}

/** Whether some import's rows stand in the ledger unseen. */
async function hidesRows(
  db: Kysely<Schema>,
  { portfolioId, dialect }: LedgerTarget,
): Promise<boolean> {
  const hiding = await db.selectFrom("ledger_imports").select("id")
    .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect))
    .where(sql.ref("hides_rows"), "=", sql.lit(1)).limit(1).executeTakeFirst();
  return hiding !== undefined;
}

async function listShownImports(
  db: Kysely<Schema>,
  { portfolioId, dialect }: LedgerTarget,
): Promise<readonly UuidValue[]> {
  const imports = await db.selectFrom("ledger_imports").select("id")
    .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect))
    .where("hides_rows", "=", 0).execute();
  return imports.map(({ id }) => id);
}

function compareRows(a: TransactionRow, b: TransactionRow): number {
  if (a.at !== b.at) return a.at - b.at;
  return fromUuidColumn(a.id) < fromUuidColumn(b.id) ? -1 : 1;
}
