import { type Kysely, type RawBuilder, sql, type SqlBool } from "kysely";
import { utcMsOf } from "../../kernel/time.ts";
import type { TransactionPage } from "../../portfolio/ledger/ledger_ports.ts";
import { fromUuidColumn, toUuidColumn, type UuidValue } from "../uuid_column.ts";
import { type LedgerTarget, shownIn } from "./ledger_lookup.ts";
import { asOfOneVersion } from "./ledger_view.ts";
import type { TransactionRow } from "./portfolio_schema.ts";
import type { Schema } from "./schema.ts";

/** Rows that are looked at together where many of them may be no longer what they were. */
const LOOKED_AT_ONCE = 1_000;

/** What of a ledger is read, and how it stands. */
interface PageQuery {
  readonly target: LedgerTarget;
  readonly page: TransactionPage;
  /** The import whose staged rows count in place of the ledger's own. */
  readonly applying: UuidValue | null;
}

type FoundRow = TransactionRow & {
  /** 1 where a staged row counts in its place. */
  readonly is_replaced: number;
};

/** A page of a ledger's rows by time, then id, all as of one version of it. */
export async function listRows(
  db: Kysely<Schema>,
  { target, page }: { readonly target: LedgerTarget; readonly page: TransactionPage },
): Promise<readonly TransactionRow[]> {
  const rows = await asOfOneVersion<readonly TransactionRow[]>(db, {
    target,
    read(applying) {
      const query = { target, page, applying };
      return applying === null ? listStored(db, query) : listCounting(db, { ...query, applying });
    },
  });
  return rows ?? [];
}

/** Rows as they stand in the ledger, also those that staged ones count in the place of. */
async function listStored(
  db: Kysely<Schema>,
  query: PageQuery,
): Promise<readonly FoundRow[]> {
  const { target, page } = query;
  const rows = storedQuery(db, query);
  if (!await hidesRows(db, target)) return await rows.execute();
  // A million rows that are not shown may stand before the first that is: each import by itself.
  const found = await rows.where("import_id", "is", null).execute();
  for (const importId of await listShownImports(db, target)) {
    found.push(...await rows.where("import_id", "=", importId).execute());
  }
  return found.sort(orderOf(page)).slice(0, page.limit);
}

/**
 * Rows of which some are staged and not written over the ledger's own yet. Each look goes as far as
 * both places were seen; a million rows that became others cost no more than one look each.
 */
async function listCounting(
  db: Kysely<Schema>,
  { target, page, applying }: PageQuery & { readonly applying: UuidValue },
): Promise<readonly TransactionRow[]> {
  const limit = Math.max(page.limit, LOOKED_AT_ONCE);
  const order = orderOf(page);
  let found: readonly TransactionRow[] = [];
  for (let next: TransactionPage = { ...page, limit };;) {
    const query = { target, page: next, applying };
    // These first: what is written over in between is then found twice, and never missed.
    const staged = await stagedQuery(db, query).execute();
    const stored = await listStored(db, query);
    const places: readonly (readonly TransactionRow[])[] = [staged, stored];
    const [end] = places.flatMap((rows) => rows.length < limit ? [] : rows.slice(-1)).sort(order);
    const ids = new Set(staged.map(({ id }) => fromUuidColumn(id)));
    const rows: readonly TransactionRow[] = [
      ...staged.filter((row) => row.is_removed === 0),
      ...stored.filter((row) => row.is_replaced === 0 && !ids.has(fromUuidColumn(row.id))),
    ];
    const seen = rows.filter((row) => end === undefined || order(row, end) <= 0).sort(order);
    found = [...found, ...seen];
    if (end === undefined || found.length >= page.limit) return found.slice(0, page.limit);
    next = { ...next, after: { at: utcMsOf(end.at), id: fromUuidColumn(end.id) } };
  }
}

function storedQuery(db: Kysely<Schema>, { target, page, applying }: PageQuery) {
  const isReplaced = applying === null ? sql<number>`0` : sql<number>`case when exists (
    select 1 from ledger_staged_rows as staged
      where staged.staged_by = ${applying} and staged.id = transactions.id
  ) then 1 else 0 end`;
  return db.selectFrom("transactions").selectAll().select(isReplaced.as("is_replaced"))
    .where("portfolio_id", "=", toUuidColumn(target.portfolioId, target.dialect))
    .where(shownIn(target)).where(isOfPage(target, page))
    .orderBy("at", wayOf(page)).orderBy("id", wayOf(page)).limit(page.limit);
}

function stagedQuery(
  db: Kysely<Schema>,
  { target, page, applying }: PageQuery & { readonly applying: UuidValue },
) {
  return db.selectFrom("ledger_staged_rows").selectAll()
    .where("staged_by", "=", applying).where(isOfPage(target, page))
    .orderBy("at", wayOf(page)).orderBy("id", wayOf(page)).limit(page.limit);
}

/** That a row may be on the page. */
function isOfPage(
  { dialect }: LedgerTarget,
  { after, isNewestFirst = false, assetId }: TransactionPage,
): RawBuilder<SqlBool> {
  const conditions = [sql<SqlBool>`true`];
  if (assetId !== undefined) conditions.push(sql`asset_id = ${assetId}`);
  if (after !== undefined) {
    const id = toUuidColumn(after.id, dialect);
    const [upTo, behind] = isNewestFirst ? [sql`<=`, sql`<`] : [sql`>=`, sql`>`];
    conditions.push(sql`at ${upTo} ${after.at}`);
    conditions.push(sql`(at ${behind} ${after.at} or id ${behind} ${id})`);
  }
  return sql.join(conditions, sql` and `);
}

function wayOf({ isNewestFirst = false }: TransactionPage): "asc" | "desc" {
  return isNewestFirst ? "desc" : "asc";
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

type Order = (a: TransactionRow, b: TransactionRow) => number;

function orderOf({ isNewestFirst = false }: TransactionPage): Order {
  return isNewestFirst ? (a, b) => compareRows(b, a) : compareRows;
}

function compareRows(a: TransactionRow, b: TransactionRow): number {
  if (a.at !== b.at) return a.at - b.at;
  const [idA, idB] = [fromUuidColumn(a.id), fromUuidColumn(b.id)];
  return idA === idB ? 0 : idA < idB ? -1 : 1;
}
