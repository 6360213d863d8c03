import { type Kysely, type RawBuilder, sql, type SqlBool } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { feeId, identityOf } from "../../portfolio/imports/entry.ts";
import { type KnownRow, KnownRows } from "../../portfolio/ledger/judge_groups.ts";
import type { NamedEntry } from "../../portfolio/ledger/ledger_ports.ts";
import type { Dialect } from "../database.ts";
import { fromUuidColumn, toUuidColumn, type UuidValue } from "../uuid_column.ts";
import { findKeyRows } from "./ledger_keys.ts";
import { fromTransactionRow, type StoredTransaction } from "./ledger_rows.ts";
import { asOfOneVersion } from "./ledger_view.ts";
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
  for (const row of await findKeysOf(db, { target, ids, identities })) {
    if (row.import_id !== null && fromUuidColumn(row.import_id) === importId) continue;
    if (row.is_hidden === 1) left.push(row.id);
    else {
      const { identity, content } = row;
      known.push({ id: fromUuidColumn(row.id), identity, content });
    }
  }
  return { known: new KnownRows(known), left };
}

/** The ledger's rows of these ids, for whoever holds its lock, or its claim. */
export async function findStored(
  db: Kysely<Schema>,
  { target, ids }: { readonly target: LedgerTarget; readonly ids: readonly Uuid[] },
): Promise<ReadonlyMap<Uuid, StoredTransaction>> {
  const rows = await findKeyRows<TransactionRow>(db, {
    ...{ ...target, column: "id", values: ids },
    filter: shownIn(target),
  });
  return new Map(rows.map(fromTransactionRow).map((stored) => [stored.row.id, stored]));
}

/**
 * The rows of these ids that a ledger shows, also where one is not written over yet by the one that
 * counts in its place.
 */
export async function findShown(
  db: Kysely<Schema>,
  { target, ids }: { readonly target: LedgerTarget; readonly ids: readonly Uuid[] },
): Promise<ReadonlyMap<Uuid, StoredTransaction>> {
  const found = await asOfOneVersion(db, {
    target,
    async read(applying) {
      if (applying === null) return await findStored(db, { target, ids });
      // First: one that is written over in between is then found twice, and never missed.
      const staged = await db.selectFrom("ledger_staged_rows").selectAll()
        .where("staged_by", "=", applying)
        .where("id", "in", ids.map((id) => toUuidColumn(id, target.dialect))).execute();
      const shown = new Map(await findStored(db, { target, ids }));
      for (const row of staged) {
        const stored = fromTransactionRow(row);
        if (row.is_removed === 1) shown.delete(stored.row.id);
        else shown.set(stored.row.id, stored);
      }
      return shown;
    },
  });
  return found ?? new Map();
}

/**
 * Deletes rows that no ledger shows any more and that have one of the keys or ids; the ids of those
 * that the ledger does show, which stay.
 */
export async function clearHidden(
  db: Kysely<Schema>,
  { target, ...keys }: {
    readonly target: LedgerTarget;
    readonly ids: readonly Uuid[];
    readonly identities: readonly string[];
  },
): Promise<readonly Uuid[]> {
  const rows = await findKeysOf(db, { target, ...keys });
  const [left, shown] = [1, 0].map((isHidden) =>
    rows.filter((row) => row.is_hidden === isHidden).map(({ id }) => id)
  );
  await deleteRows(db, { target, ids: left ?? [] });
  return (shown ?? []).map(fromUuidColumn);
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

async function findKeysOf(
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
  const byId = await findKeyRows<KeyRow>(db, { ...target, columns, column: "id", values: ids });
  const byIdentity = await findKeyRows<KeyRow>(db, {
    ...{ ...target, columns, column: "identity", values: identities },
  });
  return [...byId, ...byIdentity];
}

function hidingImports(portfolioId: UuidValue): RawBuilder<unknown> {
  return sql`select id from ledger_imports where portfolio_id = ${portfolioId} and hides_rows = 1`;
}
