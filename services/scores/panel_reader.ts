import { fingerprint } from "../kernel/fingerprint.ts";
import { DAY_MS, type UtcMs } from "../kernel/time.ts";
import {
  type Asset,
  type CandlePage,
  type FilledSeries,
  type Interval,
  isDemoSource,
  lastClose,
  type MarketService,
  MAX_CANDLES,
  spotBeforeFutures,
} from "../market/mod.ts";
import { type DailyColumns, dailyHistory } from "./daily_history.ts";
import type { DailyPanel, PanelAsset, SourceHistory } from "./daily_panel.ts";

/** Intervals that days are read from; finer ones would make a day of too many parts. */
const READ: readonly Interval[] = ["1d", "4h", "1h"];

/** Most days of one panel: what one answer of the market holds. */
export const MAX_PANEL_DAYS = MAX_CANDLES;

/** The market's daily candles as they are stored now. */
export interface StoredDays {
  readonly sources: readonly AssetSource[];
  /** Start of the first day, and of the last one that was over when it was asked. */
  readonly firstDay: UtcMs;
  readonly lastDay: UtcMs;
  /** Whether any source is the demo market. */
  readonly isDemo: boolean;
  /** Stands for all that is stored: another number means that something changed. */
  readonly version: number;
}

interface AssetSource {
  readonly asset: Asset;
  readonly source: string;
  /** The days that its series reaches over, which no read goes beyond. */
  readonly from: UtcMs;
  readonly to: UtcMs;
}

/** Reads daily candles of every asset and source on one axis of days. */
export class PanelReader {
  readonly #market: MarketService;

  constructor(market: MarketService) {
    this.#market = market;
  }

  /** What is stored by `now`; `null` if no day is. */
  async describe(now: UtcMs): Promise<StoredDays | null> {
    const found: { readonly asset: Asset; readonly series: FilledSeries }[] = [];
    for (const asset of this.#market.listAssets()) {
      const visible = await this.#market.listSeries(asset.id);
      for (const series of bySource(visible)) found.push({ asset, series });
    }
    const closes = found.map(({ series }) => lastClose(series));
    const end = startOf(Math.min(now, Math.max(0, ...closes)));
    const first = startOf(Math.min(Infinity, ...found.map(({ series }) => series.firstOpenTime)));
    if (!(first < end)) return null;
    return {
      sources: found.map(({ asset, series }) => ({
        asset,
        source: series.source,
        from: startOf(series.firstOpenTime),
        to: startOf(lastClose(series) - 1),
      })),
      firstDay: first,
      lastDay: end - DAY_MS as UtcMs,
      isDemo: found.some(({ series }) => isDemoSource(series.source)),
      version: fingerprint(
        found.map(({ series }) => `${series.seriesId} ${series.version} ${series.rows}`).join(),
      ),
    };
  }

  /** The days from `from` to `to`, both included, at most `MAX_PANEL_DAYS`. */
  async read(
    { sources }: Pick<StoredDays, "sources">,
    { from, to }: { from: UtcMs; to: UtcMs },
  ): Promise<DailyPanel> {
    const days = (to - from) / DAY_MS + 1;
    if (!(days >= 1 && days <= MAX_PANEL_DAYS)) {
      throw new RangeError(`Cannot read ${days} days: expected 1 to ${MAX_PANEL_DAYS}`);
    }
    const assets: PanelAsset[] = [];
    for (const [asset, own] of Map.groupBy(sources, ({ asset }) => asset)) {
      const histories: SourceHistory[] = [];
      for (const one of own) histories.push(await this.#readSource(one, { from, to, days }));
      assets.push({ assetId: asset.id, themes: asset.themes, sources: histories });
    }
    return { firstDay: from, days, assets };
  }

  async #readSource(
    own: AssetSource,
    { from, to, days }: { from: UtcMs; to: UtcMs; days: number },
  ): Promise<SourceHistory> {
    const { asset, source } = own;
    // Inside its own reach the coarsest series answers, whatever the range that is asked for: a
    // day has one value in every panel.
    const page = await this.#market.getCandles(asset.id, {
      interval: "1d",
      source,
      from: Math.max(from, own.from) as UtcMs,
      to: Math.min(to, own.to) + DAY_MS as UtcMs,
      limit: days,
    });
    const history = dailyHistory(columnsOf(page, { from, days }));
    return { source, isDemo: isDemoSource(source), history };
  }
}

/** The last day that was over by then, at most the newest; `null` before the first one. */
export function dayWithin(
  { firstDay, lastDay }: StoredDays,
  asof: UtcMs | undefined,
): UtcMs | null {
  if (asof === undefined) return lastDay;
  const over = (Math.floor(asof / DAY_MS) - 1) * DAY_MS;
  return over < firstDay ? null : Math.min(lastDay, over) as UtcMs;
}

/** The start of the day that holds an instant. */
function startOf(at: number): UtcMs {
  return Math.floor(at / DAY_MS) * DAY_MS as UtcMs;
}

/** The series that each source's days are read from, coarsest first, spot before futures. */
function bySource(visible: readonly FilledSeries[]): readonly FilledSeries[] {
  const usable = visible.filter(({ interval }) => READ.includes(interval))
    .toSorted((a, b) =>
      spotBeforeFutures(a.source) - spotBeforeFutures(b.source) ||
      (a.source < b.source ? -1 : a.source > b.source ? 1 : 0) ||
      READ.indexOf(a.interval) - READ.indexOf(b.interval)
    );
  return usable.filter(({ source }, at) => usable[at - 1]?.source !== source);
}

/** The candles on their days. A day that lacks parts is missing: its close may be any hour's. */
function columnsOf(
  { candles, partsMissing }: CandlePage,
  { from, days }: { from: UtcMs; days: number },
): DailyColumns {
  const column = () => new Float64Array(days).fill(NaN);
  const columns = { close: column(), volumeUsd: column(), marketCapUsd: column() };
  for (let at = 0; at < candles.length; at++) {
    if ((partsMissing?.[at] ?? 0) > 0) continue;
    const day = ((candles.openTime[at] ?? NaN) - from) / DAY_MS;
    const close = candles.close[at] ?? NaN;
    const volumeUsd = candles.volumeUsd[at] ?? NaN;
    columns.close[day] = close;
    // Where a source gives units alone, they count at the day's close.
    columns.volumeUsd[day] = Number.isNaN(volumeUsd)
      ? (candles.volume[at] ?? NaN) * close
      : volumeUsd;
    columns.marketCapUsd[day] = candles.marketCapUsd[at] ?? NaN;
  }
  return columns;
}
