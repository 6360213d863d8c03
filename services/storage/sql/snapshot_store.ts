import type { Kysely } from "kysely";
import { batchesOf } from "../../kernel/batches.ts";
import type { AssetId } from "../../market/assets.ts";
import type { LedgerScope } from "../../portfolio/ports.ts";
import {
  type AssetSnapshot,
  SNAPSHOT_INTERVALS,
  type SnapshotState,
} from "../../portfolio/snapshots/snapshot.ts";
import type {
  AssetInputs,
  ChunkQuery,
  OwnedSnapshot,
  SnapshotPiece,
  SnapshotStore,
  SnapshotWrite,
} from "../../portfolio/snapshots/snapshot_ports.ts";
import type { CloseMarks } from "../../portfolio/valuation/close_marks.ts";
import type { Database } from "../database.ts";
import { Breather } from "../breather.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import { toPortfolio } from "./portfolio_store.ts";
import type { Schema } from "./schema.ts";
import { fromBytes, toBytes, toChunk, toChunkRow, toState, toStateRow } from "./snapshot_rows.ts";

/** Names of a statement; far below the bound on parameters of either database. */
const NAMES_AT_ONCE = 500;
/** Assets that are read at once: a megabyte or two. */
const NAMES_PER_READ = 25;
/** Chunks of a statement: up to a megabyte, written in some milliseconds. */
const CHUNKS_AT_ONCE = 40;

const STATE_COLUMNS = [
  ...["build", "ledger_version", "pools", "fx_version", "first_at"] as const,
  ...["until", "valued_at", "built_at"] as const,
] as const;
const CHUNK_COLUMNS = [
  ...["asset_id", "start", "accounts", "values_usd", "events", "flows", "unpriced"] as const,
] as const;

/** Values of portfolios in either database. */
export class SqlSnapshotStore implements SnapshotStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async findState({ ownerId, portfolioId }: LedgerScope): Promise<SnapshotState | null> {
    const row = await this.#database.read.selectFrom("portfolio_snapshot_states")
      .select(STATE_COLUMNS)
      .where("portfolio_id", "=", this.#uuid(portfolioId))
      .where((where) =>
        where.exists(
          where.selectFrom("portfolios").select("id")
            .whereRef("portfolios.id", "=", "portfolio_snapshot_states.portfolio_id")
            .where("owner_id", "=", ownerId),
        )
      ).executeTakeFirst();
    return row === undefined ? null : toState(row);
  }

  async readInputs(scope: LedgerScope): Promise<readonly AssetInputs[]> {
    if (await this.findState(scope) === null) return [];
    const rows = await this.#database.read.selectFrom("portfolio_snapshot_assets")
      .select(["asset_id", "closes", "row_marks"])
      .where("portfolio_id", "=", this.#uuid(scope.portfolioId))
      .orderBy("asset_id").execute();
    return rows.map(({ asset_id, closes, row_marks }) => ({
      assetId: asset_id as AssetId,
      rowMarks: fromBytes(row_marks),
      closes: JSON.parse(closes),
    }));
  }

  async readMarks(scope: LedgerScope): Promise<ReadonlyMap<AssetId, CloseMarks>> {
    if (await this.findState(scope) === null) return new Map();
    const rows = await this.#database.read.selectFrom("portfolio_snapshot_assets")
      .select(["asset_id", "closes"])
      .where("portfolio_id", "=", this.#uuid(scope.portfolioId)).execute();
    return new Map(rows.map(({ asset_id, closes }) => [asset_id as AssetId, JSON.parse(closes)]));
  }

  async listAssetIds(scope: LedgerScope): Promise<readonly AssetId[]> {
    if (await this.findState(scope) === null) return [];
    const rows = await this.#database.read.selectFrom("portfolio_snapshot_assets")
      .select("asset_id").where("portfolio_id", "=", this.#uuid(scope.portfolioId)).execute();
    // In the order of its texts here, which a database may have another of.
    return rows.map(({ asset_id }) => asset_id as AssetId).sort();
  }

  async readAssets(
    scope: LedgerScope,
    { interval, assetIds, from, hasAccounts = false }: ChunkQuery,
  ): Promise<readonly AssetSnapshot[]> {
    if (await this.findState(scope) === null) return [];
    const breather = new Breather();
    const names = assetIds ?? await this.listAssetIds(scope);
    const found: AssetSnapshot[] = [];
    for (const some of batchesOf([...names].sort(), NAMES_PER_READ)) {
      let query = this.#database.read.selectFrom("portfolio_snapshot_chunks")
        .select(CHUNK_COLUMNS)
        .where("portfolio_id", "=", this.#uuid(scope.portfolioId))
        .where("interval", "=", interval).where("asset_id", "in", some)
        .orderBy("asset_id").orderBy("start");
      if (from !== undefined) query = query.where("start", ">=", from);
      const rows = hasAccounts
        ? await query.select("accounts_usd").execute()
        : await query.execute();
      for (const [assetId, own] of Map.groupBy(rows, ({ asset_id }) => asset_id)) {
        found.push({ assetId: assetId as AssetId, chunks: own.map(toChunk) });
      }
      await breather.restIfDue();
    }
    return found;
  }

  write(scope: LedgerScope, write: SnapshotWrite): Promise<boolean> {
    const id = this.#uuid(scope.portfolioId);
    return this.#database.transaction(async ({ db }) => {
      await this.#requireOwner(db, scope);
      if (!await this.#writeState(db, { id, write })) return false;
      for (const { assetId, closes, rowMarks } of write.inputs) {
        const values = { closes: JSON.stringify(closes), row_marks: toBytes(rowMarks) };
        await db.insertInto("portfolio_snapshot_assets")
          .values({ portfolio_id: id, asset_id: assetId, ...values })
          .onConflict((row) => row.columns(["portfolio_id", "asset_id"]).doUpdateSet(values))
          .execute();
      }
      await this.#removeOld(db, { id, write });
      await this.#writePieces(db, { id, pieces: write.pieces });
      return true;
    });
  }

  async clear(scope: LedgerScope): Promise<void> {
    if (await this.findState(scope) === null) return;
    const id = this.#uuid(scope.portfolioId);
    await this.#database.transaction(async ({ db }) => {
      for (const name of ["chunks", "assets", "states"] as const) {
        await db.deleteFrom(`portfolio_snapshot_${name}`).where("portfolio_id", "=", id).execute();
      }
    });
  }

  async listStates(): Promise<readonly OwnedSnapshot[]> {
    const { read } = this.#database;
    const portfolios = await read.selectFrom("portfolios").selectAll()
      .where("deleted_at", "is", null).where("ledger_version", ">", 0).execute();
    const states = await read.selectFrom("portfolio_snapshot_states").selectAll().execute();
    const known = new Map(states.map((row) => [fromUuidColumn(row.portfolio_id), toState(row)]));
    return portfolios.map(toPortfolio).map((portfolio) => ({
      portfolio,
      state: known.get(portfolio.id) ?? null,
    }));
  }

  /** Nothing is kept for a portfolio that is gone, or that another has. */
  async #requireOwner(db: Kysely<Schema>, { ownerId, portfolioId }: LedgerScope): Promise<void> {
    await db.selectFrom("portfolios").select("id").where("id", "=", this.#uuid(portfolioId))
      .where("owner_id", "=", ownerId).executeTakeFirstOrThrow();
  }

  /** `false` where another build stands than the one that the write was made on. */
  async #writeState(db: Kysely<Schema>, { id, write }: OwnWrite): Promise<boolean> {
    const row = toStateRow(write.state);
    if (write.basedOn > 0) {
      const { numUpdatedRows } = await db.updateTable("portfolio_snapshot_states").set(row)
        .where("portfolio_id", "=", id).where("build", "=", write.basedOn).executeTakeFirst();
      return numUpdatedRows > 0n;
    }
    const { numInsertedOrUpdatedRows } = await db.insertInto("portfolio_snapshot_states")
      .values({ portfolio_id: id, ...row })
      .onConflict((conflict) => conflict.column("portfolio_id").doNothing()).executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** What begins before the windows, and all of assets that have no rows any more. */
  async #removeOld(db: Kysely<Schema>, { id, write }: OwnWrite): Promise<void> {
    for (const interval of SNAPSHOT_INTERVALS) {
      await db.deleteFrom("portfolio_snapshot_chunks").where("portfolio_id", "=", id)
        .where("interval", "=", interval).where("start", "<", write.keptFrom[interval]).execute();
    }
    const kept = new Set<string>(write.assetIds);
    const known = await db.selectFrom("portfolio_snapshot_assets").select("asset_id")
      .where("portfolio_id", "=", id).execute();
    const gone = known.map(({ asset_id }) => asset_id).filter((assetId) => !kept.has(assetId));
    for (const some of batchesOf(gone, NAMES_AT_ONCE)) {
      for (const name of ["chunks", "assets"] as const) {
        await db.deleteFrom(`portfolio_snapshot_${name}`).where("portfolio_id", "=", id)
          .where("asset_id", "in", some).execute();
      }
    }
  }

  async #writePieces(
    db: Kysely<Schema>,
    { id, pieces }: { readonly id: OwnWrite["id"]; readonly pieces: readonly SnapshotPiece[] },
  ): Promise<void> {
    const breather = new Breather();
    const alike = Map.groupBy(pieces, ({ interval, from }) => `${interval} ${from}`);
    for (const group of alike.values()) {
      const [first] = group;
      if (first === undefined) continue;
      for (const some of batchesOf(group.map(({ assetId }) => assetId), NAMES_AT_ONCE)) {
        await db.deleteFrom("portfolio_snapshot_chunks").where("portfolio_id", "=", id)
          .where("interval", "=", first.interval).where("asset_id", "in", some)
          .where("start", ">=", first.from).execute();
      }
    }
    const chunks = pieces.flatMap(({ interval, assetId, chunks }) =>
      chunks.map((chunk) => ({ interval, assetId, chunk }))
    );
    for (const some of batchesOf(chunks, CHUNKS_AT_ONCE)) {
      await db.insertInto("portfolio_snapshot_chunks").values(
        some.map(({ interval, assetId, chunk }) => ({
          ...{ portfolio_id: id, interval, asset_id: assetId },
          ...toChunkRow(chunk),
        })),
      ).execute();
      await breather.restIfDue();
    }
  }

  #uuid(id: LedgerScope["portfolioId"]): Uint8Array | string {
    return toUuidColumn(id, this.#database.dialect);
  }
}

interface OwnWrite {
  readonly id: Uint8Array | string;
  readonly write: SnapshotWrite;
}
