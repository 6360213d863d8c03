import type { UtcMs } from "../../kernel/time.ts";
import type { Bus } from "../../ports/bus.ts";
import type { Clock } from "../../ports/mod.ts";
import type { AssetId } from "../assets.ts";
import {
  bucketStart,
  CANDLE_STATES,
  CANDLE_VALUE_COLUMNS,
  type CandleColumns,
  emptyColumns,
  intervalMs,
  selectRows,
  type SeriesKey,
} from "../candle.ts";
import { LIVE_TOPICS } from "../live_ports.ts";
import type { CandleStore, MarketProvider, TimeRange } from "../ports.ts";
import { BUILT_INTERVAL } from "./live_candles.ts";
import { pagesOf } from "./ranges.ts";
import { newsOfColumns, type RolledUp, rollUp } from "./roll_up.ts";

const PROVISIONAL = CANDLE_STATES.indexOf("provisional");
const HEALED = CANDLE_STATES.indexOf("healed");

/** Sums of floats differ from a venue's decimals by their rounding; more than this is a difference. */
const TOLERANCE = 1e-9;

/** What is to be healed: every bucket that the time touches. */
export interface HealRequest {
  readonly venue: string;
  readonly assetIds: readonly AssetId[];
  readonly from: UtcMs;
  readonly to: UtcMs;
}

export interface HealResult {
  /** Candles that the venue gave. */
  readonly fetched: number;
  /** Of them, those that were missing, open, or different with us. */
  readonly healed: number;
  /** Rows that could not be read. */
  readonly quarantined: number;
}

/** Puts the venue's own candles where ours may lack trades. Healing twice changes nothing twice. */
export class CandleHealer {
  readonly #providers: ReadonlyMap<string, MarketProvider>;
  readonly #store: CandleStore;
  readonly #bus: Bus;
  readonly #clock: Clock;

  constructor({ providers, store, bus, clock }: {
    providers: readonly MarketProvider[];
    store: CandleStore;
    bus: Bus;
    clock: Clock;
  }) {
    this.#providers = new Map(providers.map((provider) => [provider.name, provider]));
    this.#store = store;
    this.#bus = bus;
    this.#clock = clock;
  }

  /**
   * Heals the closed buckets, the newest first; one still open is asked for again once it is
   * closed. Throws what the provider throws, with what came before it healed.
   */
  async heal(
    { venue, assetIds, from, to }: HealRequest,
    { signal, onProgress = () => {} }: {
      signal: AbortSignal;
      onProgress?: (done: number) => void;
    },
  ): Promise<HealResult> {
    const provider = this.#providers.get(venue);
    if (!provider) throw new RangeError(`Cannot heal candles of "${venue}": no such provider`);
    const pages = pagesOf(this.#closedBuckets(from, to), BUILT_INTERVAL);
    const sum = { fetched: 0, healed: 0, quarantined: 0 };
    for (const [done, assetId] of assetIds.entries()) {
      onProgress(done);
      const key: SeriesKey = { assetId, source: venue, interval: BUILT_INTERVAL };
      for (const range of pages) {
        signal.throwIfAborted();
        const answer = await provider.candles(assetId, { interval: BUILT_INTERVAL, range, signal });
        sum.fetched += answer.candles.length;
        sum.quarantined += answer.quarantined.length;
        sum.healed += await this.#put(key, { range, given: answer.candles });
      }
    }
    return sum;
  }

  #closedBuckets(from: UtcMs, to: UtcMs): TimeRange {
    const end = bucketStart(to, BUILT_INTERVAL) + intervalMs(BUILT_INTERVAL);
    return {
      from: bucketStart(from, BUILT_INTERVAL),
      to: Math.min(end, bucketStart(this.#clock.now(), BUILT_INTERVAL)) as UtcMs,
    };
  }

  async #put(
    key: SeriesKey,
    { range, given }: { range: TimeRange; given: CandleColumns },
  ): Promise<number> {
    const series = await this.#store.findSeries(key);
    const limit = (range.to - range.from) / intervalMs(key.interval);
    const standing = series
      ? await this.#store.listCandles(series.seriesId, { range, limit })
      : emptyColumns(0);
    const healed = differingCandles(given, standing);
    if (healed.length === 0) return 0;
    await this.#store.upsertCandles(key, healed);
    const rolled = await rollUp(this.#store, { key, range });
    this.#tell([{ key, candles: healed }, ...rolled]);
    return healed.length;
  }

  #tell(written: readonly RolledUp[]): void {
    const news = newsOfColumns(written, this.#clock.now());
    this.#bus.publish(LIVE_TOPICS.candles, JSON.stringify(news));
  }
}

/** The given candles that are not with us closed and equal, marked as healed. */
export function differingCandles(given: CandleColumns, standing: CandleColumns): CandleColumns {
  const places = new Map(Array.from(standing.openTime, (openTime, at) => [openTime, at]));
  const differing = selectRows(given, (row) => {
    const at = places.get(given.openTime[row] ?? NaN);
    const isOpen = given.state[row] === PROVISIONAL;
    return !isOpen && (at === undefined || !isSettled(given, row, { standing, at }));
  });
  differing.state.fill(HEALED);
  return differing;
}

function isSettled(
  given: CandleColumns,
  row: number,
  { standing, at }: { standing: CandleColumns; at: number },
): boolean {
  if (standing.state[at] === PROVISIONAL) return false;
  return CANDLE_VALUE_COLUMNS.every((name) => {
    const [ours, theirs] = [standing[name][at] ?? NaN, given[name][row] ?? NaN];
    // What one side does not know is no difference.
    return Number.isNaN(ours) || Number.isNaN(theirs) ||
      Math.abs(ours - theirs) <= TOLERANCE * Math.max(Math.abs(ours), Math.abs(theirs));
  });
}
