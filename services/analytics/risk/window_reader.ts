import { giveWay } from "../../kernel/give_way.ts";
import type { UtcMs } from "../../kernel/time.ts";
import {
  type AssetLabel,
  type CandleColumns,
  type Interval,
  joinColumns,
  labelOf,
  type MarketService,
  type Provenance,
} from "../../market/mod.ts";
import type { Clock } from "../../ports/mod.ts";
import {
  alignCloses,
  type PlannedAsset,
  planWindow,
  type PriceWindow,
  stampOfAsset,
  type StoredAsset,
  type WindowQuery,
} from "./price_window.ts";
import { ResultCache } from "./result_cache.ts";

/** Which candles to look at. */
export interface CandleScope {
  /** Without it hours below 30 days and days from there on, as far as they are stored. */
  readonly interval?: Interval | undefined;
  /** Only bars that had closed by this instant; without it those up to the newest stored. */
  readonly asof?: UtcMs | undefined;
  /** Only this source, but for a benchmark. */
  readonly source?: string | undefined;
}

/** Closes of an asset in the rows of a window, and where they come from. */
export interface PriceRows {
  readonly label: AssetLabel;
  /** The close before the first bar, then one for each bar; NaN where there is none. */
  readonly prices: Float64Array;
  /** `null` where the window holds no candle of the asset. */
  readonly provenance: Provenance | null;
}

/** The candles of a planned asset in its window, ascending. */
export interface WindowCandles {
  readonly candles: CandleColumns;
  readonly provenance: Provenance;
}

/** Items that are worked on at the same time. */
const PARALLEL = 4;

/**
 * The results of all items, a few at a time; between those other requests get their turn, as the
 * embedded database answers without ever yielding.
 */
export async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += PARALLEL) {
    if (at > 0) await giveWay();
    results.push(...await Promise.all(items.slice(at, at + PARALLEL).map(work)));
  }
  return results;
}

/** Lays windows over stored candles and reads the closes in them, which figures share. */
export class WindowReader {
  readonly #market: MarketService;
  readonly #clock: Clock;
  readonly #rows: ResultCache<PriceRows>;

  constructor({ market, clock }: { readonly market: MarketService; readonly clock: Clock }) {
    this.#market = market;
    this.#clock = clock;
    this.#rows = new ResultCache({ clock });
  }

  /** The window of the assets, then of companions that decide nothing of it. */
  async plan(
    assets: readonly string[],
    { span, scope: { interval, asof, source }, companions = [] }: {
      readonly span: WindowQuery["span"];
      readonly scope: CandleScope;
      readonly companions?: readonly string[] | undefined;
    },
  ): Promise<PriceWindow> {
    const storedOf = (names: readonly string[], only?: string) =>
      Promise.all(names.map((name) => this.#storedOf(name, only)));
    const own = await storedOf(assets, source);
    const others = await storedOf(companions);
    const query = { span, interval, asof };
    return planWindow(own, { query, now: this.#clock.now(), companions: others });
  }

  /** The closes of every asset of a window, in its order. */
  readRows(window: PriceWindow): Promise<readonly PriceRows[]> {
    const { interval, base, end } = window;
    return inTurns(window.assets, (planned) => {
      const key = ["rows", planned.label.assetId, interval, base, end].join(":");
      return this.#rows.get(key, {
        stamp: stampOfAsset(planned),
        compute: () => this.#readRowsOf(planned, window),
      });
    });
  }

  /** The candles behind a planned asset's rows; `null` where there are none. */
  async readCandles(
    { label, series }: PlannedAsset,
    { base, end, interval }: PriceWindow,
  ): Promise<WindowCandles | null> {
    if (series === null) return null;
    const { source } = series;
    const pieces: CandleColumns[] = [];
    let provenance: Provenance | null = null;
    // One page holds every window, but for bars that are rolled up from very many finer ones.
    for (let from: UtcMs | null = base; from !== null && from < end;) {
      const page = await this.#market.getCandles(label.assetId, {
        interval,
        from,
        to: end,
        source,
      });
      if (page.candles.length > 0) {
        pieces.push(page.candles);
        provenance = page.provenance;
      }
      from = page.nextFrom;
    }
    return provenance === null ? null : { candles: joinColumns(pieces), provenance };
  }

  async #readRowsOf(planned: PlannedAsset, window: PriceWindow): Promise<PriceRows> {
    const { label } = planned;
    const read = await this.readCandles(planned, window);
    if (read === null) {
      return { label, prices: new Float64Array(window.bars + 1).fill(NaN), provenance: null };
    }
    return { label, prices: alignCloses(read.candles, window), provenance: read.provenance };
  }

  async #storedOf(name: string, source: string | undefined): Promise<StoredAsset> {
    const asset = this.#market.resolve(name);
    return {
      label: labelOf(asset),
      series: await this.#market.listSeries(asset.id, { source }),
    };
  }
}
