import { MINUTE_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { ChangeFeed, Clock } from "../ports/mod.ts";
import type { Pool, PoolId, StoredSnapshot } from "./pool.ts";
import type { PoolHistory } from "./pool_history.ts";
import { markNamesakes } from "./pool_marks.ts";
import { MOCK_SOURCE, rankSources, type SourceReadings, sourcesAt } from "./pool_sources.ts";
import type { PoolStore } from "./ports.ts";

/** A pool with all that is kept of it, by the source that is used. */
export interface ArchivedPool {
  readonly pool: Pool;
  readonly source: string;
  /** Every source that has readings of it, the one that is used first. */
  readonly sources: readonly SourceReadings[];
  readonly history: PoolHistory;
  /** Readings of the source that wait to be confirmed. */
  readonly held: number;
}

/** Everything that is kept, as of one moment. */
export interface PoolShelf {
  readonly pools: readonly ArchivedPool[];
  readonly byId: ReadonlyMap<PoolId, ArchivedPool>;
}

/** Whether made-up pools are all that is wanted, or stand in where there are no others. */
export type MockUse = "only" | "fallback";

/** Clocks of processes differ, and a transaction commits after its time. */
const OVERLAP_MS = MINUTE_MS;
/** After it all is read anew: rows that were removed are not told. */
const WHOLE_EVERY_MS = 10 * MINUTE_MS;

type Rows = Map<number, StoredSnapshot>;

/** Readings of all pools in memory: read once, then only what was written since. */
export class PoolArchive {
  readonly #store: PoolStore;
  readonly #changes: ChangeFeed;
  readonly #clock: Clock;
  readonly #mock: MockUse;
  #series = new Map<PoolId, Map<string, Rows>>();
  #shelf: PoolShelf = { pools: [], byId: new Map() };
  #version = NaN;
  #readAt = 0;
  #wholeAt = -Infinity;
  #reading: Promise<PoolShelf> | null = null;

  constructor(
    { store, changes, clock, mock = "fallback" }: {
      readonly store: PoolStore;
      readonly changes: ChangeFeed;
      readonly clock: Clock;
      readonly mock?: MockUse;
    },
  ) {
    this.#mock = mock;
    this.#store = store;
    this.#changes = changes;
    this.#clock = clock;
  }

  /** What is kept now; the same object as long as nothing changes. */
  async shelf(): Promise<PoolShelf> {
    if (this.#changes.current() === this.#version) return this.#shelf;
    this.#reading ??= this.#read().finally(() => this.#reading = null);
    return await this.#reading;
  }

  async #read(): Promise<PoolShelf> {
    const version = this.#changes.current();
    const now = this.#clock.now();
    const isWhole = now - this.#wholeAt > WHOLE_EVERY_MS || now < this.#wholeAt;
    const touched = isWhole ? await this.#readWhole(now) : await this.#readNew();
    const pools = markNamesakes(await this.#store.listPools());
    this.#readAt = now;
    this.#version = version;
    if (touched.size > 0 || this.#hasOtherPools(pools)) this.#shelve(pools, touched);
    return this.#shelf;
  }

  async #readWhole(now: UtcMs): Promise<ReadonlySet<PoolId>> {
    const series = new Map<PoolId, Map<string, Rows>>();
    for (const { poolId, source } of await this.#store.listSeries()) {
      const rows = await this.#store.listSnapshots({ poolId, source });
      const sources = series.get(poolId) ?? new Map<string, Rows>();
      sources.set(source, new Map(rows.map((row) => [row.ts, row])));
      series.set(poolId, sources);
    }
    this.#series = series;
    this.#wholeAt = now;
    return new Set(series.keys());
  }

  async #readNew(): Promise<ReadonlySet<PoolId>> {
    const since = utcMsOf(Math.max(0, this.#readAt - OVERLAP_MS));
    const touched = new Set<PoolId>();
    for (const row of await this.#store.listWrittenSince(since)) {
      const sources = this.#series.get(row.poolId) ?? new Map<string, Rows>();
      this.#series.set(row.poolId, sources);
      const rows: Rows = sources.get(row.source) ?? new Map();
      sources.set(row.source, rows);
      rows.set(row.ts, row);
      touched.add(row.poolId);
    }
    return touched;
  }

  #hasOtherPools(pools: readonly Pool[]): boolean {
    const known = new Map(pools.map((pool) => [pool.id, JSON.stringify(pool)]));
    return this.#shelf.pools.some(({ pool }) => JSON.stringify(pool) !== known.get(pool.id));
  }

  #shelve(pools: readonly Pool[], touched: ReadonlySet<PoolId>): void {
    const archived = pools.flatMap((pool): readonly ArchivedPool[] => {
      const known = this.#shelf.byId.get(pool.id);
      if (known && !touched.has(pool.id)) {
        return [JSON.stringify(known.pool) === JSON.stringify(pool) ? known : renamed(known, pool)];
      }
      const sources = this.#series.get(pool.id);
      const one = sources ? archive(pool, { sources, mock: this.#mock }) : null;
      return one === null ? [] : [one];
    });
    const shown = withoutMixing(archived, this.#mock);
    this.#shelf = { pools: shown, byId: new Map(shown.map((one) => [one.pool.id, one])) };
  }
}

/** Made-up pools never stand among real ones. */
function withoutMixing(pools: readonly ArchivedPool[], mock: MockUse): readonly ArchivedPool[] {
  const isMock = ({ source }: ArchivedPool) => source === MOCK_SOURCE;
  if (mock === "only") return pools.filter(isMock);
  const real = pools.filter((pool) => !isMock(pool));
  return real.length > 0 ? real : pools;
}

/**
 * The pool as it was known at an instant, by the source that was the one to use then; `null` where
 * nothing was known of it.
 */
export function archivedAt({ pool, sources }: ArchivedPool, at: UtcMs): ArchivedPool | null {
  return archivedBy(pool, sourcesAt(sources, at));
}

/** Readings that were made up say nothing of a pool that others read. */
function archive(
  pool: Pool,
  { sources, mock }: { readonly sources: ReadonlyMap<string, Rows>; readonly mock: MockUse },
): ArchivedPool | null {
  const isMadeUp = mock === "only" || [...sources.keys()].every((name) => name === MOCK_SOURCE);
  const usable = [...sources].filter(([name]) => (name === MOCK_SOURCE) === isMadeUp);
  const rows = new Map(usable.map(([name, rows]) => [name, [...rows.values()]]));
  return archivedBy(pool, rankSources(pool, rows));
}

/** One source is used alone: readings of two would not be one series. */
function archivedBy(pool: Pool, sources: readonly SourceReadings[]): ArchivedPool | null {
  const [used] = sources;
  if (used === undefined) return null;
  const { name, history, held } = used;
  return { pool, source: name, sources, history, held };
}

/** The same readings of a pool of which something else was learned. */
function renamed({ sources, ...archived }: ArchivedPool, pool: Pool): ArchivedPool {
  const ofPool = (history: PoolHistory) => ({ ...history, pool });
  return {
    ...archived,
    ...{ pool, history: ofPool(archived.history) },
    sources: sources.map((source) => ({ ...source, history: ofPool(source.history) })),
  };
}
