import { type Kysely, sql, type Transaction } from "kysely";
import { screenOutliers } from "../../defi/outliers.ts";
import {
  isHeld,
  type Pool,
  type PoolId,
  type PoolSnapshot,
  type StoredSnapshot,
} from "../../defi/pool.ts";
import type {
  HeldAct,
  HeldReading,
  PoolFetch,
  PoolSeries,
  PoolStore,
  QuarantinedReading,
  ReadingKey,
  SettledReading,
  StoredQuarantine,
  WriteCounts,
} from "../../defi/ports.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";
import {
  fromPoolRow,
  fromSnapshotRow,
  saysTheSame,
  type SnapshotRow,
  toPoolRow,
  toSnapshotRow,
} from "./pool_rows.ts";
import type { Schema } from "./schema.ts";

/** Rows of one statement: both databases take so many parameters and no more. */
const ROWS_AT_ONCE = 500;
/** Rows of one transaction, so that a long import lets others write in between. */
const ROWS_PER_TRANSACTION = 5_000;
/** Rows that are kept of what was set aside of one answer. */
const MAX_QUARANTINED = 500;

type Counts = WriteCounts & { readonly held: number };

/** Pools and their readings in either database. */
export class SqlPoolStore implements PoolStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async upsertPools(pools: readonly Pool[]): Promise<WriteCounts> {
    if (pools.length === 0) return { inserted: 0, updated: 0, unchanged: 0 };
    return await this.#database.transaction(async ({ db, touch }) => {
      const counts = { inserted: 0, updated: 0, unchanged: 0 };
      const known = new Map(
        (await db.selectFrom("pools").selectAll().execute()).map((row) => [row.id, row]),
      );
      const at = this.#clock.now();
      for (const pool of pools) {
        const row = toPoolRow(pool);
        const old = known.get(row.id);
        if (!old) {
          const made = { ...row, created_at: at, updated_at: at };
          await db.insertInto("pools").values(made).execute();
          known.set(row.id, made);
          counts.inserted++;
          continue;
        }
        // What this source does not know, another may have told.
        const told = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
        const merged = { ...old, ...told };
        if (Object.keys(told).every((name) => Reflect.get(old, name) === Reflect.get(row, name))) {
          counts.unchanged++;
          continue;
        }
        await db.updateTable("pools").set({ ...told, updated_at: at }).where("id", "=", row.id)
          .execute();
        known.set(row.id, merged);
        counts.updated++;
      }
      if (counts.inserted + counts.updated > 0) touch("pools", counts.inserted);
      return counts;
    });
  }

  async recordSnapshots(snapshots: readonly PoolSnapshot[]): Promise<Counts> {
    let total: Counts = { inserted: 0, updated: 0, unchanged: 0, held: 0 };
    const pieces = [...seriesOf(snapshots)].flatMap(([, rows]) =>
      chunksOf(rows, ROWS_PER_TRANSACTION)
    );
    for (const batch of batchesOf(pieces)) {
      const counts = await this.#database.transaction(async ({ db, touch }) => {
        let sum: Counts = { inserted: 0, updated: 0, unchanged: 0, held: 0 };
        for (const rows of batch) sum = addCounts(sum, await this.#recordSeries(db, rows));
        if (sum.inserted + sum.updated > 0) touch("pools", sum.inserted);
        return sum;
      });
      total = addCounts(total, counts);
    }
    // A reading that came twice is one.
    const written = total.inserted + total.updated + total.unchanged;
    return { ...total, unchanged: total.unchanged + snapshots.length - written };
  }

  async listPools(): Promise<readonly Pool[]> {
    const rows = await this.#database.read.selectFrom("pools").selectAll().orderBy("id").execute();
    return rows.map(fromPoolRow);
  }

  async listSeries(): Promise<readonly PoolSeries[]> {
    const rows = await this.#database.read.selectFrom("pool_snapshots")
      .select(["pool_id", "source"]).distinct().orderBy("pool_id").orderBy("source").execute();
    return rows.map(({ pool_id, source }) => ({ poolId: pool_id as PoolId, source }));
  }

  async listSnapshots({ poolId, source }: PoolSeries): Promise<readonly StoredSnapshot[]> {
    const rows = await this.#database.read.selectFrom("pool_snapshots").selectAll()
      .where("pool_id", "=", poolId).where("source", "=", source).orderBy("ts").execute();
    return rows.map(fromSnapshotRow);
  }

  async listWrittenSince(at: UtcMs): Promise<readonly StoredSnapshot[]> {
    const rows = await this.#database.read.selectFrom("pool_snapshots").selectAll()
      .where("written_at", ">=", at).orderBy("pool_id").orderBy("source").orderBy("ts").execute();
    return rows.map(fromSnapshotRow);
  }

  async thinSnapshots(
    source: string,
    { before, bucketMs }: { readonly before: UtcMs; readonly bucketMs: number },
  ): Promise<number> {
    return await this.#database.transaction(async ({ db, touch }) => {
      const { numDeletedRows } = await db.deleteFrom("pool_snapshots")
        .where("source", "=", source).where("ts", "<", before)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom("pool_snapshots as earlier").select("earlier.ts")
              .whereRef("earlier.pool_id", "=", "pool_snapshots.pool_id")
              .whereRef("earlier.source", "=", "pool_snapshots.source")
              .whereRef("earlier.ts", "<", "pool_snapshots.ts")
              .where(
                sql<boolean>`earlier.ts >= pool_snapshots.ts - pool_snapshots.ts % ${
                  sql.lit(bucketMs)
                }`,
              ),
          )
        ).executeTakeFirst();
      const removed = Number(numDeletedRows);
      if (removed > 0) touch("pools");
      return removed;
    });
  }

  async listHeld(limit: number): Promise<readonly HeldReading[]> {
    const { read } = this.#database;
    const rows = await read.selectFrom("pool_snapshots").selectAll()
      .where("available_at", "is", null).where("discarded_at", "is", null)
      .orderBy("ts", "desc").orderBy("pool_id").orderBy("source").limit(limit).execute();
    return await Promise.all(rows.map((row) => withBelieved(read, row)));
  }

  async settleHeld(
    { poolId, source, ts }: ReadingKey,
    act: HeldAct,
  ): Promise<SettledReading | null> {
    return await this.#database.transaction(async ({ db, touch }) => {
      const own = db.selectFrom("pool_snapshots").selectAll()
        .where("pool_id", "=", poolId).where("source", "=", source).where("ts", "=", ts);
      const row = await own.executeTakeFirst();
      if (!row) return null;
      const wasHeld = isHeld(fromSnapshotRow(row));
      if (!wasHeld) return { ...await withBelieved(db, row), wasHeld };
      const at = this.#clock.now();
      const settled = {
        ...row,
        written_at: at,
        ...act === "accept" ? { available_at: at } : { discarded_at: at },
      };
      await writeRows(db, [settled]);
      touch("pools");
      return { ...await withBelieved(db, settled), wasHeld };
    });
  }

  async recordQuarantine(
    { provider, target }: { readonly provider: string; readonly target: string },
    rows: readonly QuarantinedReading[],
  ): Promise<void> {
    const kept = rows.slice(0, MAX_QUARANTINED);
    const before = await this.#database.read.selectFrom("pool_quarantine")
      .select(["line", "reason", "seen_at"])
      .where("provider", "=", provider).where("target", "=", target).orderBy("position").execute();
    const nameOf = ({ line, reason }: QuarantinedReading) => `${line} ${reason}`;
    // Most answers set the same aside as the one before, which is as a rule nothing.
    if (before.map(nameOf).join("\n") === kept.map(nameOf).join("\n")) return;
    const seenAt = new Map(before.map((row) => [nameOf(row), row.seen_at]));
    const at = this.#clock.now();
    const made = kept.map((row, position) => ({
      ...{ provider, target, position, line: row.line, reason: row.reason },
      seen_at: seenAt.get(nameOf(row)) ?? at,
    }));
    await this.#database.transaction(async ({ db }) => {
      await db.deleteFrom("pool_quarantine")
        .where("provider", "=", provider).where("target", "=", target).execute();
      if (made.length > 0) await db.insertInto("pool_quarantine").values(made).execute();
    });
  }

  async listQuarantine(limit: number): Promise<readonly StoredQuarantine[]> {
    const rows = await this.#database.read.selectFrom("pool_quarantine").selectAll()
      .orderBy("provider").orderBy("target").orderBy("position").limit(limit).execute();
    return rows.map(({ provider, target, line, reason, seen_at }) => ({
      ...{ provider, target, line, reason },
      seenAt: utcMsOf(seen_at),
    }));
  }

  async listFetches(provider: string): Promise<readonly PoolFetch[]> {
    const rows = await this.#database.read.selectFrom("pool_fetches").selectAll()
      .where("provider", "=", provider).orderBy("target").execute();
    return rows.map(({ target, started_at, finished_at, problem }) => ({
      target,
      startedAt: utcMsOf(started_at),
      finishedAt: finished_at === null ? null : utcMsOf(finished_at),
      problem,
    }));
  }

  async recordFetch(
    provider: string,
    { target, startedAt, finishedAt, problem }: PoolFetch,
  ): Promise<void> {
    const figures = { started_at: startedAt, finished_at: finishedAt, problem };
    await this.#database.transaction(async ({ db }) => {
      await db.insertInto("pool_fetches").values({ provider, target, ...figures })
        .onConflict((conflict) => conflict.columns(["provider", "target"]).doUpdateSet(figures))
        .execute();
    });
  }

  /** Writes rows of one series, by time, after those that are stored. */
  async #recordSeries(db: Transaction<Schema>, rows: readonly PoolSnapshot[]): Promise<Counts> {
    const [first] = rows;
    if (!first) return { inserted: 0, updated: 0, unchanged: 0, held: 0 };
    const series = db.selectFrom("pool_snapshots").selectAll()
      .where("pool_id", "=", first.poolId).where("source", "=", first.source);
    const stored = await series.where("ts", ">=", first.ts)
      .where("ts", "<=", rows.at(-1)?.ts ?? first.ts).execute();
    const before = series.where("ts", "<", first.ts).where("discarded_at", "is", null)
      .orderBy("ts", "desc").limit(1);
    const accepted = await before.where("available_at", "is not", null).executeTakeFirst();
    const newest = await before.executeTakeFirst();
    const at = this.#clock.now();
    const known = new Map(stored.map((row) => [row.ts, row]));
    const isKnown = (row: PoolSnapshot) => {
      const old = known.get(row.ts);
      return old !== undefined && saysTheSame(old, newRow(row, at));
    };
    const discarded = new Set(timesOf(stored, "discarded_at"));
    const judged = rows.filter((row) => !(discarded.has(row.ts) && isKnown(row)));
    const counting = new Set(timesOf(stored, "available_at"));
    const { accepted: screened, released } = screenOutliers(judged, {
      accepted: accepted ? fromSnapshotRow(accepted) : null,
      held: newest && newest.available_at === null ? fromSnapshotRow(newest) : null,
      believed: new Set(
        judged.filter((row) => counting.has(row.ts) && isKnown(row)).map(({ ts }) => ts),
      ),
    });
    const changed: SnapshotRow[] = released.map((snapshot) => toSnapshotRow(snapshot, at));
    let [inserted, updated, held] = [0, 0, 0];
    for (const snapshot of screened) {
      const row = toSnapshotRow(snapshot, at);
      const old = known.get(row.ts);
      const isReleased = old?.available_at === null && row.available_at !== null;
      if (old && saysTheSame(old, row) && !isReleased) continue;
      changed.push(row);
      if (old) updated++;
      else inserted++;
      if (row.available_at === null) held++;
    }
    for (const some of chunksOf(changed, ROWS_AT_ONCE)) await writeRows(db, some);
    return { inserted, updated, unchanged: rows.length - inserted - updated, held };
  }
}

/** The row of a reading that nobody has judged. */
function newRow(snapshot: PoolSnapshot, writtenAt: number): SnapshotRow {
  return toSnapshotRow({ ...snapshot, availableAt: null, discardedAt: null }, writtenAt);
}

/** Times of the rows in which a column is set. */
function timesOf(
  rows: readonly SnapshotRow[],
  column: "available_at" | "discarded_at",
): readonly number[] {
  return rows.filter((row) => row[column] !== null).map(({ ts }) => ts);
}

/** A reading beside the newest before it that counts. */
async function withBelieved(db: Kysely<Schema>, row: SnapshotRow): Promise<HeldReading> {
  const before = await db.selectFrom("pool_snapshots").selectAll()
    .where("pool_id", "=", row.pool_id).where("source", "=", row.source)
    .where("ts", "<", row.ts).where("available_at", "is not", null)
    .orderBy("ts", "desc").limit(1).executeTakeFirst();
  return { reading: fromSnapshotRow(row), believed: before ? fromSnapshotRow(before) : null };
}

async function writeRows(db: Transaction<Schema>, rows: readonly SnapshotRow[]): Promise<void> {
  await db.insertInto("pool_snapshots").values(rows)
    .onConflict((conflict) =>
      conflict.columns(["pool_id", "source", "ts"]).doUpdateSet((eb) => ({
        ingested_at: eb.ref("excluded.ingested_at"),
        available_at: eb.ref("excluded.available_at"),
        discarded_at: eb.ref("excluded.discarded_at"),
        written_at: eb.ref("excluded.written_at"),
        supply_apy: eb.ref("excluded.supply_apy"),
        borrow_apy: eb.ref("excluded.borrow_apy"),
        incentive_apy: eb.ref("excluded.incentive_apy"),
        utilization: eb.ref("excluded.utilization"),
        tvl_usd: eb.ref("excluded.tvl_usd"),
        volume_usd: eb.ref("excluded.volume_usd"),
        source_updated_at: eb.ref("excluded.source_updated_at"),
        metadata: eb.ref("excluded.metadata"),
      }))
    ).execute();
}

/** Rows by pool and source, each by time, the last of equal times. */
function seriesOf(
  snapshots: readonly PoolSnapshot[],
): ReadonlyMap<string, readonly PoolSnapshot[]> {
  const series = new Map<string, Map<number, PoolSnapshot>>();
  for (const snapshot of snapshots) {
    const key = `${snapshot.poolId}\n${snapshot.source}`;
    const rows = series.get(key) ?? new Map<number, PoolSnapshot>();
    rows.set(snapshot.ts, snapshot);
    series.set(key, rows);
  }
  return new Map(
    [...series].map(([key, rows]) => [key, [...rows.values()].sort((a, b) => a.ts - b.ts)]),
  );
}

/** Pieces put together until they fill a transaction. */
function batchesOf<T>(pieces: readonly (readonly T[])[]): readonly (readonly (readonly T[])[])[] {
  const batches: (readonly T[])[][] = [];
  let size = Infinity;
  for (const piece of pieces) {
    if (size + piece.length > ROWS_PER_TRANSACTION) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)?.push(piece);
    size += piece.length;
  }
  return batches;
}

function chunksOf<T>(rows: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, at) => rows.slice(at * size, (at + 1) * size));
}

function addCounts(a: Counts, b: Counts): Counts {
  return {
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    held: a.held + b.held,
  };
}
