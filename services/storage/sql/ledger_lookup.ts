import { type Kysely, type RawBuilder, sql, type SqlBool } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { feeId, identityOf } from "../../portfolio/imports/entry.ts";
import { type KnownRow, KnownRows } from "../../portfolio/ledger/judge_groups.ts";
import type { NamedEntry } from "../../portfolio/ledger/ledger_ports.ts";
import type { Dialect } from "../database.ts";
import { fromUuidColumn, toUuidColumn, type UuidValue } from "../uuid_column.ts";
import { fromTransactionRow, type StoredTransaction } from "./ledger_rows.ts";
import type { TransactionRow } from "./portfolio_schema.ts";
import type { Schema } from "./schema.ts";

/** A ledger in a database. */
export interface LedgerTarget {
  readonly portfolioId: Uuid;
  readonly dialect: Dialect;
}

/** Rows of a ledger that have the keys of entries. */
export interface FoundRows {
  readonly known: KnownRows;
  /** Ids of rows that no ledger shows any more, and that stand in the way of new ones. */
  readonly left: readonly UuidValue[];
}

type KeyRow = Pick<TransactionRow, "id" | "identity" | "content" | "import_id"> & {
  readonly is_hidden: number;
};

/**
 * Which rows of `transactions` its ledger shows: not those of an import that is under way, that
 * died, or that was taken back.
 */
export function shownIn({ portfolioId, dialect }: LedgerTarget): RawBuilder<SqlBool> {
  const imports = hidingImports(toUuidColumn(portfolioId, dialect));
  return sql<SqlBool>`(import_id is null or import_id not in (${imports}))`;
}

/** The ledger's rows with the keys or the ids of entries; rows of `importId` are none of them. */
export async function findByKeys(
  db: Kysely<Schema>,
  { target, entries, importId }: {
    readonly target: LedgerTarget;
    readonly entries: readonly NamedEntry[];
    readonly importId: Uuid | null;
  },
): Promise<FoundRows> {
  const ids = entries.flatMap(({ id, entry }) => entry.fee === null ? [id] : [id, feeId(id)]);
  const identities = entries.flatMap(({ entry }) => identityOf(entry) ?? []);
  const known: KnownRow[] = [];
  const left: UuidValue[] = [];
  for (const row of await findKeyRows(db, { target, ids, identities })) {
    if (row.import_id !== null && fromUuidColumn(row.import_id) === importId) continue;
    if (row.is_hidden === 1) left.push(row.id);
    else {
      const { identity, content } = row;
      known.push({ id: fromUuidColumn(row.id), identity, content });
    }
  }
  return { known: new KnownRows(known), left };
}

/** The ledger's rows of these ids. */
export async function findStored(
  db: Kysely<Schema>,
  { target, ids }: { readonly target: LedgerTarget; readonly ids: readonly Uuid[] },
): Promise<ReadonlyMap<Uuid, StoredTransaction>> {
  const rows = await among<TransactionRow>(db, {
    ...{ target, column: "id", values: ids, columns: sql`*` },
    filter: sql`and ${shownIn(target)}`,
  });
  return new Map(rows.map(fromTransactionRow).map((stored) => [stored.row.id, stored]));
}

/** Deletes rows that no ledger shows any more and that have one of the keys or ids. */
export async function clearHidden(
  db: Kysely<Schema>,
  { target, ...keys }: {
    readonly target: LedgerTarget;
    readonly ids: readonly Uuid[];
    readonly identities: readonly string[];
  },
): Promise<void> {
  const rows = await findKeyRows(db, { target, ...keys });
  const left = rows.filter((row) => row.is_hidden === 1).map(({ id }) => id);
  await deleteRows(db, { target, ids: left });
}

/** Deletes rows by their ids. */
export async function deleteRows(
  db: Kysely<Schema>,
  { target, ids }: { readonly target: LedgerTarget; readonly ids: readonly UuidValue[] },
): Promise<void> {
  if (ids.length === 0) return;
  const portfolioId = toUuidColumn(target.portfolioId, target.dialect);
  await db.deleteFrom("transactions").where("portfolio_id", "=", portfolioId)
    .where("id", "in", ids).execute();
}

async function findKeyRows(
  db: Kysely<Schema>,
  { target, ids, identities }: {
    readonly target: LedgerTarget;
    readonly ids: readonly Uuid[];
    readonly identities: readonly string[];
  },
): Promise<readonly KeyRow[]> {
  const imports = hidingImports(toUuidColumn(target.portfolioId, target.dialect));
  const columns = sql`id, identity, content, import_id,
    case when import_id in (${imports}) then 1 else 0 end as is_hidden`;
  const byId = await among<KeyRow>(db, { target, column: "id", values: ids, columns });
  const byIdentity = await among<KeyRow>(db, {
    ...{ target, column: "identity", values: identities, columns },
  });
  return [...byId, ...byIdentity];
}

function hidingImports(portfolioId: UuidValue): RawBuilder<unknown> {
  return sql`select id from ledger_imports where portfolio_id = ${portfolioId} and hides_rows = 1`;
}

/**
 * Rows of a portfolio with one of the values, one look into the index for each. Asked plainly, both
 * planners read the whole portfolio instead, as they suppose that few rows share it.
 */
async function among<Row>(
  db: Kysely<Schema>,
  { target, column, values, columns, filter = sql`` }: {
    readonly target: LedgerTarget;
    readonly column: "id" | "identity";
    readonly values: readonly string[];
    readonly columns: RawBuilder<unknown>;
    readonly filter?: RawBuilder<unknown>;
  },
): Promise<readonly Row[]> {
  if (values.length === 0) return [];
  const portfolioId = toUuidColumn(target.portfolioId, target.dialect);
  const name = sql.ref(column);
  if (target.dialect === "sqlite") {
    const stored = (value: string) =>
      column === "id" ? toUuidColumn(value as Uuid, "sqlite") : value;
    const pairs = values.map((value) => sql`(${portfolioId}, ${stored(value)})`);
    const query = sql<Row>`select ${columns} from transactions
      where (portfolio_id, ${name}) in (values ${sql.join(pairs)}) ${filter}`;
    return (await query.execute(db)).rows;
  }
  const wanted = column === "id" ? sql`wanted.value::uuid` : sql`wanted.value`;
  const query = sql<Row>`select found.*
    from json_array_elements_text(${JSON.stringify(values)}::text::json) as wanted(value)
    cross join lateral (
      select ${columns} from transactions
      where portfolio_id = ${portfolioId} and ${name} = ${wanted} ${filter} limit 1
    ) as found`;
  return (await query.execute(db)).rows;
}
