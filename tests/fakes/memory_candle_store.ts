import { type Uuid, UuidFactory } from "@/services/kernel/ids.ts";
import { finiteOrNull } from "@/services/kernel/numbers.ts";
import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/assets.ts";
import {
  type Candle,
  CANDLE_STATES,
  CANDLE_VALUE_COLUMNS,
  candleAt,
  type CandleColumns,
  type CandleSeries,
  emptyColumns,
  type SeriesKey,
} from "@/services/market/candle.ts";
import type {
  CandleImport,
  CandleImportOutcome,
  CandleImportSession,
  CandleImportStart,
  CandleRevision,
  CandleStore,
  CandleWriteResult,
  QuarantinedRow,
  TimeRange,
} from "@/services/market/ports.ts";
import type { ChangeFeed, Clock } from "@/services/ports/mod.ts";

interface Shelf {
  readonly key: SeriesKey;
  readonly seriesId: number;
  readonly candles: Map<number, Candle>;
  readonly revisions: CandleRevision[];
  version: number;
  updatedAt: UtcMs;
}

/** A candle by its values; what is left out is missing. */
export type CandleSketch = Partial<Omit<Candle, "openTime">> & {
  readonly openTime: number;
  readonly close: number;
};

/** Columns from sketches: open, high and low default to the close, the state to `final`. */
export function columnsOf(sketches: readonly CandleSketch[]): CandleColumns {
  const columns = emptyColumns(sketches.length);
  sketches.forEach((sketch, at) => {
    columns.openTime[at] = sketch.openTime;
    columns.open[at] = sketch.open ?? sketch.close;
    columns.high[at] = sketch.high ?? sketch.close;
    columns.low[at] = sketch.low ?? sketch.close;
    columns.close[at] = sketch.close;
    columns.volume[at] = sketch.volume ?? NaN;
    columns.volumeUsd[at] = sketch.volumeUsd ?? NaN;
    columns.marketCapUsd[at] = sketch.marketCapUsd ?? NaN;
    columns.state[at] = CANDLE_STATES.indexOf(sketch.state ?? "final");
  });
  return columns;
}

/**
 * A candle store in memory with the behaviour of the real ones, and its own change feed. Counts
 * the candles that it read, so that tests can hold what a use case may load.
 */
export class MemoryCandleStore implements CandleStore, ChangeFeed {
  readonly #clock: Clock;
  readonly #ids: UuidFactory;
  readonly #shelves = new Map<string, Shelf>();
  readonly #imports: { record: CandleImport; assetIds: Set<AssetId> }[] = [];
  readonly #quarantine = new Map<Uuid, readonly QuarantinedRow[]>();
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #nextId = 1;
  candlesRead = 0;
  reads = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
  }

  current(): number {
    return this.#version;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  listSeries({ assetId }: { assetId?: AssetId } = {}): Promise<readonly CandleSeries[]> {
    const shelves = [...this.#shelves.values()]
      .filter(({ key }) => assetId === undefined || key.assetId === assetId)
      .sort((a, b) => nameOf(a.key) < nameOf(b.key) ? -1 : 1);
    return Promise.resolve(shelves.map(describe));
  }

  findSeries(key: SeriesKey): Promise<CandleSeries | null> {
    const shelf = this.#shelves.get(nameOf(key));
    return Promise.resolve(shelf ? describe(shelf) : null);
  }

  listCandles(
    seriesId: number,
    { range, limit, order = "first" }: {
      range: TimeRange;
      limit: number;
      order?: "first" | "last";
    },
  ): Promise<CandleColumns> {
    const shelf = [...this.#shelves.values()].find((one) => one.seriesId === seriesId);
    const within = sorted(shelf)
      .filter(({ openTime }) => openTime >= range.from && openTime < range.to);
    const start = order === "first" ? 0 : Math.max(0, within.length - limit);
    const page = within.slice(start, start + limit);
    this.reads++;
    this.candlesRead += page.length;
    return Promise.resolve(columnsOf(page));
  }

  upsertCandles(key: SeriesKey, candles: CandleColumns): Promise<CandleWriteResult> {
    return Promise.resolve(this.#write(key, candles));
  }

  upsertAll(
    writes: readonly { readonly key: SeriesKey; readonly candles: CandleColumns }[],
  ): Promise<void> {
    for (const { key, candles } of writes) this.#write(key, candles);
    return Promise.resolve();
  }

  async recordImport(
    start: CandleImportStart,
    work: (session: CandleImportSession) => Promise<CandleImportOutcome>,
  ): Promise<CandleImport> {
    const importId = this.#ids.next();
    const startedAt = this.#clock.now();
    const writes: [SeriesKey, CandleColumns][] = [];
    const quarantined: QuarantinedRow[] = [];
    const outcome = await work({
      importId,
      write: (key, candles) => {
        writes.push([key, candles]);
        return Promise.resolve({
          inserted: candles.length,
          updated: 0,
          unchanged: 0,
          rejected: 0,
        });
      },
      quarantine: (rows) => {
        quarantined.push(...rows);
        return Promise.resolve();
      },
    });
    const results = writes.map(([key, candles]) => this.#write(key, candles));
    const sum = (field: keyof CandleWriteResult) =>
      results.reduce((total, result) => total + result[field], 0);
    const record: CandleImport = {
      importId,
      ...start,
      ...outcome,
      startedAt,
      finishedAt: this.#clock.now(),
      inserted: sum("inserted"),
      updated: sum("updated"),
      unchanged: sum("unchanged"),
      quarantined: quarantined.length,
    };
    const assetIds = new Set(writes.map(([key]) => key.assetId));
    this.#imports.unshift({ record, assetIds });
    this.#quarantine.set(importId, quarantined);
    return record;
  }

  listImports(
    { assetId, limit }: { assetId?: AssetId; limit: number },
  ): Promise<readonly CandleImport[]> {
    const matching = this.#imports
      .filter(({ assetIds }) => assetId === undefined || assetIds.has(assetId));
    return Promise.resolve(matching.slice(0, limit).map(({ record }) => record));
  }

  listQuarantined(importId: Uuid, limit: number): Promise<readonly QuarantinedRow[]> {
    return Promise.resolve((this.#quarantine.get(importId) ?? []).slice(0, limit));
  }

  listRevisions(seriesId: number, range: TimeRange): Promise<readonly CandleRevision[]> {
    const shelf = [...this.#shelves.values()].find((one) => one.seriesId === seriesId);
    const within = ({ openTime }: CandleRevision) => openTime >= range.from && openTime < range.to;
    return Promise.resolve((shelf?.revisions ?? []).filter(within));
  }

  deleteSource(source: string): Promise<number> {
    let removed = 0;
    for (const [name, { key }] of this.#shelves) {
      if (key.source !== source) continue;
      this.#shelves.delete(name);
      removed++;
    }
    if (removed > 0) this.#publish();
    return Promise.resolve(removed);
  }

  #write(key: SeriesKey, candles: CandleColumns): CandleWriteResult {
    const shelf = this.#shelfOf(key);
    const result = { inserted: 0, updated: 0, unchanged: 0, rejected: 0 };
    for (let at = 0; at < candles.length; at++) {
      const candle = candleAt(candles, at);
      const old = shelf.candles.get(candle.openTime);
      const isOpen = candle.state === "provisional";
      const stoodOpen = old?.state === "provisional";
      if (old === undefined) {
        result.inserted++;
      } else if (isSame(old, candle) && (isOpen || !stoodOpen)) {
        result.unchanged++;
        continue;
      } else if (isOpen && !stoodOpen) {
        result.rejected++;
        continue;
      } else {
        result.updated++;
        if (!stoodOpen) shelf.revisions.push(revisionOf(old, shelf, this.#clock.now()));
      }
      shelf.candles.set(candle.openTime, candle);
    }
    if (result.inserted + result.updated > 0) {
      shelf.version++;
      shelf.updatedAt = this.#clock.now();
      this.#publish();
    }
    return result;
  }

  #shelfOf(key: SeriesKey): Shelf {
    const name = nameOf(key);
    const found = this.#shelves.get(name);
    if (found) return found;
    const { assetId, interval, source } = key;
    const shelf: Shelf = {
      key: { assetId, interval, source },
      seriesId: this.#nextId++,
      candles: new Map(),
      revisions: [],
      version: 0,
      updatedAt: this.#clock.now(),
    };
    this.#shelves.set(name, shelf);
    return shelf;
  }

  #publish(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

function nameOf({ assetId, interval, source }: SeriesKey): string {
  return `${assetId} ${interval} ${source}`;
}

function sorted(shelf: Shelf | undefined): readonly Candle[] {
  return [...shelf?.candles.values() ?? []].sort((a, b) => a.openTime - b.openTime);
}

function describe(shelf: Shelf): CandleSeries {
  const candles = sorted(shelf);
  const edge = (candle: Candle | undefined) =>
    candle === undefined ? null : utcMsOf(candle.openTime);
  return {
    ...shelf.key,
    seriesId: shelf.seriesId,
    rows: candles.length,
    firstOpenTime: edge(candles[0]),
    lastOpenTime: edge(candles.at(-1)),
    version: shelf.version,
    updatedAt: shelf.updatedAt,
  };
}

function revisionOf(old: Candle, { revisions }: Shelf, replacedAt: UtcMs): CandleRevision {
  const revision = revisions.filter(({ openTime }) => openTime === old.openTime).length + 1;
  return { ...old, revision, replacedAt };
}

/** By their values alone, as the real stores compare them. */
function isSame(a: Candle, b: Candle): boolean {
  return CANDLE_VALUE_COLUMNS.every((name) => finiteOrNull(a[name]) === finiteOrNull(b[name]));
}
