import type { Kysely } from "kysely";
import { utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import type { LedgerScope } from "../../portfolio/ports.ts";
import {
  type AssetSnapshot,
  CHUNK_BUCKETS,
  type SnapshotChunk,
  type SnapshotInterval,
  type SnapshotState,
} from "../../portfolio/snapshots/snapshot.ts";
import type { SnapshotStore, SnapshotWrite } from "../../portfolio/snapshots/snapshot_ports.ts";
import { intervalMs } from "../../market/candle.ts";
import type { Database } from "../database.ts";
import { toUuidColumn } from "../uuid_column.ts";
import type { Schema } from "./schema.ts";

/** Rows of a statement; far below the bound on parameters of either database. */
const ROWS_AT_ONCE = 100;

/** Values of portfolios in either database. */
export class SqlSnapshotStore implements SnapshotStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async findState(
    { ownerId, portfolioId }: LedgerScope,
    interval: SnapshotInterval,
  ): Promise<SnapshotState | null> {
    const row = await this.#database.read.selectFrom("portfolio_snapshot_states as state")
      .innerJoin("portfolios", "portfolios.id", "state.portfolio_id")
      .select(["state.start", "state.buckets", "state.ledger_version", "state.built_at"])
      .where("state.portfolio_id", "=", this.#uuid(portfolioId))
      .where("state.interval", "=", interval)
      .where("portfolios.owner_id", "=", ownerId)
      .executeTakeFirst();
    return row === undefined ? null : {
      interval,
      start: utcMsOf(row.start),
      buckets: row.buckets,
      ledgerVersion: row.ledger_version,
      builtAt: utcMsOf(row.built_at),
    };
  }

  async readAssets(
    scope: LedgerScope,
    interval: SnapshotInterval,
  ): Promise<readonly AssetSnapshot[]> {
    if (await this.findState(scope, interval) === null) return [];
    const { read } = this.#database;
    const id = this.#uuid(scope.portfolioId);
    const assets = await read.selectFrom("portfolio_snapshot_assets")
      .select(["asset_id", "events", "flows", "unpriced", "rows_mark"])
      .where("portfolio_id", "=", id).where("interval", "=", interval)
      .orderBy("asset_id").execute();
    const chunks = await read.selectFrom("portfolio_snapshot_chunks")
      .select(["asset_id", "account", "start", "values_usd"])
      .where("portfolio_id", "=", id).where("interval", "=", interval)
      .orderBy("asset_id").orderBy("account").orderBy("start").execute();
    const byAsset = Map.groupBy(chunks, ({ asset_id }) => asset_id);
    return assets.map(({ asset_id, events, flows, unpriced, rows_mark }) => ({
      assetId: asset_id as AssetId,
      chunks: (byAsset.get(asset_id) ?? []).map(({ account, start, values_usd }) => ({
        account,
        start: utcMsOf(start),
        values: fromBytes(values_usd),
      })),
      events: fromBytes(events),
      flows: fromBytes(flows),
      unpriced,
      rowsMark: rows_mark,
    }));
  }

  async readMarks(
    scope: LedgerScope,
    interval: SnapshotInterval,
  ): Promise<ReadonlyMap<AssetId, number>> {
    if (await this.findState(scope, interval) === null) return new Map();
    const rows = await this.#database.read.selectFrom("portfolio_snapshot_assets")
      .select(["asset_id", "rows_mark"])
      .where("portfolio_id", "=", this.#uuid(scope.portfolioId))
      .where("interval", "=", interval).execute();
    return new Map(rows.map(({ asset_id, rows_mark }) => [asset_id as AssetId, rows_mark]));
  }

  async write(scope: LedgerScope, { state, assets, from }: SnapshotWrite): Promise<void> {
    const { interval } = state;
    const isKept = ({ start }: SnapshotChunk) =>
      start + CHUNK_BUCKETS * intervalMs(interval) <= from;
    await this.#database.transaction(async ({ db }) => {
      await this.#requireOwner(db, scope);
      await this.#writeState(db, { scope, state });
      const key = { portfolio_id: this.#uuid(scope.portfolioId), interval };
      for (const asset of assets) {
        await this.#writeAsset(db, {
          key: { ...key, asset_id: asset.assetId },
          asset,
          chunks: asset.chunks.filter((chunk) => !isKept(chunk)),
          from: from - CHUNK_BUCKETS * intervalMs(interval),
        });
      }
    });
  }

  async retain(
    scope: LedgerScope,
    { state, assetIds }: { readonly state: SnapshotState; readonly assetIds: readonly AssetId[] },
  ): Promise<void> {
    const id = this.#uuid(scope.portfolioId);
    const kept = new Set<string>(assetIds);
    await this.#database.transaction(async ({ db }) => {
      await this.#requireOwner(db, scope);
      await this.#writeState(db, { scope, state });
      await db.deleteFrom("portfolio_snapshot_chunks").where("portfolio_id", "=", id)
        .where("interval", "=", state.interval).where("start", "<", state.start).execute();
      const known = await db.selectFrom("portfolio_snapshot_assets").select("asset_id")
        .where("portfolio_id", "=", id).where("interval", "=", state.interval).execute();
      const gone = known.map(({ asset_id }) => asset_id).filter((assetId) => !kept.has(assetId));
      for (let i = 0; i < gone.length; i += ROWS_AT_ONCE) {
        const some = gone.slice(i, i + ROWS_AT_ONCE);
        for (const table of ["portfolio_snapshot_chunks", "portfolio_snapshot_assets"] as const) {
          await db.deleteFrom(table).where("portfolio_id", "=", id)
            .where("interval", "=", state.interval).where("asset_id", "in", some).execute();
        }
      }
    });
  }

  /** Nothing is kept for a portfolio that is gone, or that another has. */
  async #requireOwner(
    db: Kysely<Schema>,
    { ownerId, portfolioId }: LedgerScope,
  ): Promise<void> {
    await db.selectFrom("portfolios").select("id").where("id", "=", this.#uuid(portfolioId))
      .where("owner_id", "=", ownerId).executeTakeFirstOrThrow();
  }

  async #writeState(
    db: Kysely<Schema>,
    { scope, state }: { readonly scope: LedgerScope; readonly state: SnapshotState },
  ): Promise<void> {
    const values = {
      start: state.start,
      buckets: state.buckets,
      ledger_version: state.ledgerVersion,
      built_at: state.builtAt,
    };
    await db.insertInto("portfolio_snapshot_states").values({
      portfolio_id: this.#uuid(scope.portfolioId),
      interval: state.interval,
      ...values,
    }).onConflict((row) => row.columns(["portfolio_id", "interval"]).doUpdateSet(values)).execute();
  }

  async #writeAsset(
    db: Kysely<Schema>,
    { key, asset, chunks, from }: {
      readonly key: {
        readonly portfolio_id: Uint8Array | string;
        readonly interval: SnapshotInterval;
        readonly asset_id: string;
      };
      readonly asset: AssetSnapshot;
      readonly chunks: readonly SnapshotChunk[];
      /** Chunks that start after it are replaced. */
      readonly from: number;
    },
  ): Promise<void> {
    const values = {
      events: toBytes(asset.events),
      flows: toBytes(asset.flows),
      unpriced: asset.unpriced,
      rows_mark: asset.rowsMark,
    };
    await db.insertInto("portfolio_snapshot_assets").values({ ...key, ...values })
      .onConflict((row) =>
        row.columns(["portfolio_id", "interval", "asset_id"]).doUpdateSet(values)
      ).execute();
    await db.deleteFrom("portfolio_snapshot_chunks")
      .where("portfolio_id", "=", key.portfolio_id).where("interval", "=", key.interval)
      .where("asset_id", "=", key.asset_id).where("start", ">", from).execute();
    for (let i = 0; i < chunks.length; i += ROWS_AT_ONCE) {
      const rows = chunks.slice(i, i + ROWS_AT_ONCE).map(({ account, start, values }) => ({
        ...{ ...key, account, start, values_usd: toBytes(values) },
      }));
      await db.insertInto("portfolio_snapshot_chunks").values(rows).execute();
    }
  }

  #uuid(id: LedgerScope["portfolioId"]): Uint8Array | string {
    return toUuidColumn(id, this.#database.dialect);
  }
}

function toBytes(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** A copy, as what the database gives need not start at a multiple of 8 bytes. */
function fromBytes(bytes: Uint8Array): Float64Array {
  return new Float64Array(new Uint8Array(bytes).buffer);
}
