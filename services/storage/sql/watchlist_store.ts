import type { Kysely } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import type { WatchlistScope, WatchlistStore } from "../../portfolio/ports.ts";
import type { Watchlist, WatchlistItem } from "../../portfolio/watchlist.ts";
import type { Database } from "../database.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import { takeOwnerTurn } from "./owner_turns.ts";
import type { Schema } from "./schema.ts";

/** Watchlists in either database. */
export class SqlWatchlistStore implements WatchlistStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(watchlist: Watchlist, { max }: { readonly max: number }): Promise<boolean> {
    const { dialect } = this.#database;
    return await this.#database.transaction(async ({ db }) => {
      await takeOwnerTurn(db, { ownerId: watchlist.ownerId, dialect });
      const { rows } = await db.selectFrom("watchlists")
        .select((row) => row.fn.countAll<number>().as("rows"))
        .where("owner_id", "=", watchlist.ownerId).executeTakeFirstOrThrow();
      if (Number(rows) >= max) return false;
      await db.insertInto("watchlists").values({
        id: this.#uuid(watchlist.id),
        owner_id: watchlist.ownerId,
        name: watchlist.name,
        created_at: watchlist.createdAt,
      }).execute();
      await this.#writeItems(db, watchlist);
      return true;
    });
  }

  async list(ownerId: string): Promise<readonly Watchlist[]> {
    const { read } = this.#database;
    const rows = await read.selectFrom("watchlists").selectAll().where("owner_id", "=", ownerId)
      .orderBy("created_at").orderBy("id").execute();
    return await withItems(read, rows);
  }

  async find(scope: WatchlistScope): Promise<Watchlist | null> {
    const { read } = this.#database;
    const rows = await read.selectFrom("watchlists").selectAll()
      .where("id", "=", this.#uuid(scope.watchlistId)).where("owner_id", "=", scope.ownerId)
      .execute();
    return (await withItems(read, rows))[0] ?? null;
  }

  async change(
    { ownerId, watchlistId }: WatchlistScope,
    change: (watchlist: Watchlist) => Pick<Watchlist, "name" | "items">,
  ): Promise<Watchlist | null> {
    return await this.#database.transaction(async ({ db }) => {
      // Writing first keeps other changes of the list waiting in either database.
      const rows = await db.updateTable("watchlists")
        .set((row) => ({ name: row.ref("name") }))
        .where("id", "=", this.#uuid(watchlistId)).where("owner_id", "=", ownerId)
        .returningAll().execute();
      const [before] = await withItems(db, rows);
      if (before === undefined) return null;
      const after = { ...before, ...change(before) };
      await db.updateTable("watchlists").set({ name: after.name })
        .where("id", "=", this.#uuid(watchlistId)).execute();
      await this.#removeItems(db, watchlistId);
      await this.#writeItems(db, after);
      return after;
    });
  }

  async remove({ ownerId, watchlistId }: WatchlistScope): Promise<boolean> {
    return await this.#database.transaction(async ({ db }) => {
      const id = this.#uuid(watchlistId);
      const own = await db.selectFrom("watchlists").select("id")
        .where("id", "=", id).where("owner_id", "=", ownerId).executeTakeFirst();
      if (own === undefined) return false;
      await this.#removeItems(db, watchlistId);
      await db.deleteFrom("watchlists").where("id", "=", id).execute();
      return true;
    });
  }

  async #writeItems(db: Kysely<Schema>, { id, items }: Watchlist): Promise<void> {
    if (items.length === 0) return;
    await db.insertInto("watchlist_items").values(items.map((item, position) => ({
      watchlist_id: this.#uuid(id),
      asset_id: item.assetId,
      position,
      note: item.note,
      added_at: item.addedAt,
    }))).execute();
  }

  async #removeItems(db: Kysely<Schema>, watchlistId: Uuid): Promise<void> {
    await db.deleteFrom("watchlist_items").where("watchlist_id", "=", this.#uuid(watchlistId))
      .execute();
  }

  #uuid(id: Uuid) {
    return toUuidColumn(id, this.#database.dialect);
  }
}

/** The lists of these rows, each with its items in their order. */
async function withItems(
  db: Kysely<Schema>,
  rows: readonly Schema["watchlists"][],
): Promise<readonly Watchlist[]> {
  if (rows.length === 0) return [];
  const items = await db.selectFrom("watchlist_items").selectAll()
    .where("watchlist_id", "in", rows.map(({ id }) => id)).orderBy("position").execute();
  const byList = Map.groupBy(items, (item) => fromUuidColumn(item.watchlist_id));
  return rows.map((row) => {
    const id = fromUuidColumn(row.id);
    return {
      id,
      ownerId: row.owner_id,
      name: row.name,
      items: (byList.get(id) ?? []).map(toItem),
      createdAt: utcMsOf(row.created_at),
    };
  });
}

function toItem(row: Schema["watchlist_items"]): WatchlistItem {
  return {
    assetId: row.asset_id as AssetId,
    note: row.note,
    addedAt: utcMsOf(row.added_at),
  };
}
