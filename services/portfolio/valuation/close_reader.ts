import { giveWay } from "../../kernel/give_way.ts";
import { utcMsOf } from "../../kernel/time.ts";
import {
  type AssetId,
  type CandleSeries,
  type CandleStore,
  type DemoMode,
  type FilledSeries,
  intervalMs,
  isDerivable,
  type SourcePriority,
  spotBeforeFutures,
  visibleSeries,
} from "../../market/mod.ts";
import { type CloseColumn, CloseColumnBuilder } from "./close_column.ts";
import { type AxisPart, type TimeAxis, toleranceMs } from "./time_axis.ts";

/** Candles read at once. */
const CANDLES_PER_READ = 50_000;
/** Ends that lie no more candles apart are read in one go: so many cost as much as one read. */
const MAX_APART = 256;
/** Assets read at once: they keep a database server busy, and an embedded one not for long. */
const ASSETS_AT_ONCE = 4;

/** The series of each asset that may answer. */
export type SeriesByAsset<T extends CandleSeries = CandleSeries> = ReadonlyMap<
  AssetId,
  readonly (T & FilledSeries)[]
>;

/** The series of each asset that may answer, demo series only where nothing is real. */
export function groupSeries<T extends CandleSeries>(
  all: readonly T[],
  demoMode: DemoMode,
): SeriesByAsset<T> {
  return Map.groupBy(visibleSeries(all, demoMode), ({ assetId }) => assetId);
}

export interface CloseReaderDeps {
  readonly store: CandleStore;
  readonly demoMode: DemoMode;
  /** Preference between sources, the lower first; equal ones by name. */
  readonly priority?: SourcePriority;
  /** Lets the event loop answer others: the embedded database reads without ever yielding. */
  readonly rest?: () => Promise<void>;
}

/**
 * Reads closes of stored candles along a time axis. Sources are asked in an order that depends on
 * their names alone, and each answers from its own candles: of the resolution, else from finer
 * ones, whose last closes where the coarse one closes. What no source has stays missing.
 */
export class CloseReader {
  readonly #store: CandleStore;
  readonly #demoMode: DemoMode;
  readonly #priority: SourcePriority;
  readonly #rest: () => Promise<void>;

  constructor(
    { store, demoMode, priority = spotBeforeFutures, rest = giveWay }: CloseReaderDeps,
  ) {
    this.#store = store;
    this.#demoMode = demoMode;
    this.#priority = priority;
    this.#rest = rest;
  }

  /**
   * The closes of each asset along its axis, also of one that has none at all. Who reads in parts
   * gives the series, which are then listed once.
   */
  async read(
    axes: ReadonlyMap<AssetId, TimeAxis>,
    { series: given }: { readonly series?: SeriesByAsset | undefined } = {},
  ): Promise<ReadonlyMap<AssetId, CloseColumn>> {
    const series = given ?? groupSeries(await this.#store.listSeries(), this.#demoMode);
    const asked = [...axes];
    const columns = new Map<AssetId, CloseColumn>();
    for (let start = 0; start < asked.length; start += ASSETS_AT_ONCE) {
      const read = asked.slice(start, start + ASSETS_AT_ONCE).map(async ([id, axis]) =>
        [id, await this.#readAsset(series.get(id) ?? [], axis)] as const
      );
      for (const [id, column] of await Promise.all(read)) columns.set(id, column);
    }
    return columns;
  }

  async #readAsset(series: readonly FilledSeries[], axis: TimeAxis): Promise<CloseColumn> {
    const builder = new CloseColumnBuilder(axis.times.length);
    for (const part of axis.parts) {
      for (const one of this.#ordered(series, part)) {
        const indexes = builder.missing(part).filter((index) => isWithin(one, axis.ends[index]));
        if (indexes.length > 0) await this.#fill(builder, { series: one, part, indexes, axis });
      }
    }
    return builder.finish();
  }

  /**
   * The series that can answer: source by source, in each the coarsest first that the resolution
   * is made of. Candles coarser than it come last: where one ends with a bucket, as a day does with
   * its last hour, both close at the same price.
   */
  #ordered(series: readonly FilledSeries[], { resolution }: AxisPart): readonly FilledSeries[] {
    const rank = ({ interval }: FilledSeries) =>
      interval === resolution || isDerivable(interval, resolution) ? 0 : 1;
    return series
      .filter((one) => rank(one) === 0 || isDerivable(resolution, one.interval))
      .sort((a, b) =>
        rank(a) - rank(b) ||
        this.#priority(a.source) - this.#priority(b.source) ||
        compareText(a.source, b.source) ||
        (intervalMs(b.interval) - intervalMs(a.interval)) * (rank(a) === 0 ? 1 : -1)
      );
  }

  async #fill(
    builder: CloseColumnBuilder,
    { series, part, indexes, axis }: {
      readonly series: FilledSeries;
      readonly part: AxisPart;
      readonly indexes: readonly number[];
      readonly axis: TimeAxis;
    },
  ): Promise<void> {
    const { ends } = axis;
    const sizeMs = intervalMs(series.interval);
    // Only candles finer than the tolerance can end inside it.
    const tolerance = toleranceMs(part.resolution);
    for (const run of runsOf(indexes, { ends, apartMs: MAX_APART * sizeMs })) {
      const first = ends[run[0] ?? 0] ?? 0;
      const last = ends[run.at(-1) ?? 0] ?? 0;
      let from = first - sizeMs - tolerance;
      let left: readonly number[] = run;
      // In pages; each fills the ends that it reaches.
      while (left.length > 0 && from < last) {
        const range = { from: utcMsOf(from), to: utcMsOf(last - sizeMs + 1) };
        // No larger than the range, as room is made for the whole limit.
        const limit = Math.min(CANDLES_PER_READ, Math.ceil((last - from) / sizeMs) + 1);
        const query = { range, limit, only: "close" } as const;
        const candles = await this.#store.listCandles(series.seriesId, query);
        await this.#rest();
        const isLast = candles.length < limit;
        const reached = isLast ? Infinity : (candles.openTime[candles.length - 1] ?? 0) + sizeMs;
        const indexes = left.filter((index) => (ends[index] ?? 0) <= reached);
        const { source } = series;
        builder.fill(candles, { ends, indexes, sizeMs, toleranceMs: tolerance, source });
        left = left.slice(indexes.length);
        if (isLast) break;
        // Again from the last one: the next end may be the one that it is near to.
        from = reached - sizeMs;
      }
    }
  }
}

/** Ascending indexes, cut where the ends of two lie too far apart. */
function runsOf(
  indexes: readonly number[],
  { ends, apartMs }: { readonly ends: Float64Array; readonly apartMs: number },
): readonly (readonly number[])[] {
  const runs: number[][] = [];
  let current: number[] = [];
  let last = -Infinity;
  for (const index of indexes) {
    const end = ends[index] ?? 0;
    if (end - last > apartMs) {
      current = [];
      runs.push(current);
    }
    current.push(index);
    last = end;
  }
  return runs;
}

function isWithin({ firstOpenTime, lastOpenTime, interval }: FilledSeries, end = NaN): boolean {
  const sizeMs = intervalMs(interval);
  // A minute's candle may end a little before the bucket.
  return end >= firstOpenTime + sizeMs && end <= lastOpenTime + sizeMs + toleranceMs("5m");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
