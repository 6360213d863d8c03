import { ProviderError } from "../../kernel/errors.ts";
import { DAY_MS, MINUTE_MS, type UtcMs } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";
import type { AssetId } from "../assets.ts";
import {
  bucketStart,
  CANDLE_STATES,
  type CandleColumns,
  emptyColumns,
  type Interval,
  intervalMs,
  selectRows,
  type SeriesKey,
} from "../candle.ts";
import type { CandleStore, MarketProvider, TimeRange } from "../ports.ts";
import { gapsIn, pagesOf, subtract } from "./ranges.ts";

/** How far back candles are wanted, in the order in which they are fetched. */
const BACKFILL_TARGETS: readonly { readonly interval: Interval; readonly days: number }[] = [
  { interval: "1d", days: 365 },
  { interval: "1h", days: 30 },
  { interval: "5m", days: 7 },
  { interval: "1d", days: 3 * 365 },
  { interval: "1h", days: 365 },
  { interval: "5m", days: 30 },
];

/** A bucket that is not closed this long after its end lacks something. */
const SETTLED_AFTER_MS = 10 * MINUTE_MS;
/** Different problems named in a result. */
const MAX_MESSAGES = 5;
const HEALED = CANDLE_STATES.indexOf("healed");
const PROVISIONAL = CANDLE_STATES.indexOf("provisional");

/** Ranges that a venue was asked for and had nothing of, so that it is not asked again. */
export interface AbsenceStore {
  listAbsences(key: SeriesKey): Promise<readonly TimeRange[]>;
  recordAbsence(key: SeriesKey, range: TimeRange): Promise<void>;
}

export interface BackfillScope {
  readonly assetId?: AssetId | undefined;
  readonly interval?: Interval | undefined;
}

export interface BackfillResult {
  readonly fetched: number;
  readonly written: number;
  readonly absent: number;
  /** Rows that could not be read; their ranges are asked for again. */
  readonly quarantined: number;
  /** Ranges that are still to be fetched. */
  readonly left: number;
  /** Why it left some: a source is away, or does not answer for a series. */
  readonly stoppedBy: string | null;
}

interface Task {
  readonly provider: MarketProvider;
  readonly key: SeriesKey;
  readonly range: TimeRange;
  /** Between candles that are stored, as opposed to before or after them. */
  readonly isInside: boolean;
}

/**
 * Fetches the candles that are missing in the windows of the targets: recent windows before wider
 * ones, and the newest ranges of each first.
 */
export class Backfill {
  readonly #markets: readonly { provider: MarketProvider; assetIds: readonly AssetId[] }[];
  readonly #store: CandleStore;
  readonly #absences: AbsenceStore;
  readonly #clock: Clock;

  /** Each asset is filled from the first of the markets that has it. */
  constructor({ markets, store, absences, clock }: {
    markets: readonly { provider: MarketProvider; assetIds: readonly AssetId[] }[];
    store: CandleStore;
    absences: AbsenceStore;
    clock: Clock;
  }) {
    this.#markets = markets;
    this.#store = store;
    this.#absences = absences;
    this.#clock = clock;
  }

  /**
   * Fetches range after range until none is left or the sources are away. What was fetched stays,
   * and the next run goes on from there. Throws `RATE_LIMITED` where no budget is left.
   */
  async run(
    scope: BackfillScope,
    { signal, onProgress }: {
      signal: AbortSignal;
      onProgress: (done: number, total: number) => void;
    },
  ): Promise<BackfillResult> {
    const tasks = await this.#plan(scope);
    const sum = { fetched: 0, written: 0, absent: 0, quarantined: 0, left: tasks.length };
    const problems = new Problems();
    for (const task of tasks) {
      signal.throwIfAborted();
      onProgress(tasks.length - sum.left, tasks.length);
      if (problems.concern(task.key)) continue;
      try {
        const { candles, quarantined } = await fetchTask(task, signal);
        sum.fetched += candles.length;
        sum.quarantined += quarantined.length;
        sum.written += await this.#keep(task, candles);
        // Where a row can't be read the venue has something.
        if (quarantined.length === 0) sum.absent += await this.#noteAbsent(task, candles);
        sum.left--;
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        problems.add(task.key, error);
      }
    }
    onProgress(tasks.length - sum.left, tasks.length);
    return { ...sum, stoppedBy: problems.summary() };
  }

  /** Every range that is missing now, in the order of the targets. */
  async #plan(scope: BackfillScope): Promise<readonly Task[]> {
    const tasks: Task[] = [];
    const filled = new Set<string>();
    for (const { interval, days } of BACKFILL_TARGETS) {
      if (scope.interval !== undefined && scope.interval !== interval) continue;
      for (const { provider, assetIds } of this.#markets) {
        if (!provider.capabilities.candles.includes(interval)) continue;
        for (const assetId of assetIds) {
          if (scope.assetId !== undefined && scope.assetId !== assetId) continue;
          const name = `${assetId} ${interval} ${days}`;
          if (filled.has(name)) continue;
          filled.add(name);
          const key = { assetId, interval, source: provider.name };
          for (const gap of await this.#missing(key, days)) {
            tasks.push(
              ...pagesOf(gap.range, interval).map((range) => ({ ...gap, provider, key, range })),
            );
          }
        }
      }
    }
    return withoutRepeats(tasks);
  }

  /** What the window lacks and the venue may have, newest first. */
  async #missing(
    key: SeriesKey,
    days: number,
  ): Promise<readonly { range: TimeRange; interval: Interval; isInside: boolean }[]> {
    const { interval } = key;
    const to = bucketStart(this.#clock.now(), interval);
    const window = { from: bucketStart(to - days * DAY_MS, interval), to };
    const series = await this.#store.findSeries(key);
    const limit = (window.to - window.from) / intervalMs(interval);
    const stored = series
      ? await this.#store.listCandles(series.seriesId, { range: window, limit })
      : emptyColumns(0);
    const absences = await this.#absences.listAbsences(key);
    const settled = settledCandles(stored, { interval, now: this.#clock.now() });
    return gapsIn(settled, { window, interval }).toReversed()
      .flatMap(({ range, isInside }) =>
        subtract(range, absences).toReversed().map((rest) => ({ range: rest, interval, isInside }))
      );
  }

  async #keep({ key, isInside }: Task, candles: CandleColumns): Promise<number> {
    if (candles.length === 0) return 0;
    if (isInside) candles.state.fill(HEALED);
    const { inserted, updated } = await this.#store.upsertCandles(key, candles);
    return inserted + updated;
  }

  /** Remembers the buckets that the venue has no candle of, once it had time to make them. */
  async #noteAbsent({ key, range }: Task, candles: CandleColumns): Promise<number> {
    const { interval } = key;
    const madeUntil = bucketStart(this.#clock.now() - SETTLED_AFTER_MS, interval);
    let absent = 0;
    for (const { range: gap } of gapsIn(candles, { window: range, interval })) {
      const to = Math.min(gap.to, madeUntil) as UtcMs;
      if (to <= gap.from) continue;
      await this.#absences.recordAbsence(key, { from: gap.from, to });
      absent += (to - gap.from) / intervalMs(interval);
    }
    return absent;
  }
}

/** What went wrong in a run, and whom it concerns. */
class Problems {
  /** Names of sources, and of series. */
  readonly #concerned = new Set<string>();
  readonly #messages = new Set<string>();

  /** A source that is away concerns all of its series; any other failure only the one. */
  add(key: SeriesKey, { retryClass, message }: ProviderError): void {
    this.#concerned.add(retryClass === "next_provider" ? key.source : seriesName(key));
    this.#messages.add(message);
  }

  concern(key: SeriesKey): boolean {
    return this.#concerned.has(key.source) || this.#concerned.has(seriesName(key));
  }

  summary(): string | null {
    if (this.#messages.size === 0) return null;
    return [...this.#messages].slice(0, MAX_MESSAGES).join("; ");
  }
}

function seriesName({ assetId, interval, source }: SeriesKey): string {
  return `${assetId} ${interval} ${source}`;
}

async function fetchTask({ provider, key, range }: Task, signal: AbortSignal) {
  const { interval, assetId } = key;
  return await provider.candles(assetId, { interval, range, signal });
}

/** Those that are closed, or still may be by themselves: an old open one is as good as missing. */
function settledCandles(
  candles: CandleColumns,
  { interval, now }: { interval: Interval; now: UtcMs },
): CandleColumns {
  const openSince = now - SETTLED_AFTER_MS - intervalMs(interval);
  return selectRows(
    candles,
    (row) => candles.state[row] !== PROVISIONAL || (candles.openTime[row] ?? NaN) >= openSince,
  );
}

/** A wider target names the gaps of a narrower one again. */
function withoutRepeats(tasks: readonly Task[]): readonly Task[] {
  const planned = new Map<string, TimeRange[]>();
  return tasks.flatMap((task) => {
    const name = seriesName(task.key);
    const before = planned.get(name) ?? [];
    const ranges = subtract(task.range, before);
    planned.set(name, [...before, ...ranges]);
    return ranges.map((range) => ({ ...task, range }));
  });
}
