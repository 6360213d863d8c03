import { AppError } from "../kernel/errors.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { ChangeFeed, Clock } from "../ports/mod.ts";
import { rankByValue, type ValuedAsset } from "./asset_values.ts";
import type { Asset } from "./assets.ts";
import { emptyColumns, type Interval, intervalMs } from "./candle.ts";
import { emptyPage, labelOf, provenanceOf, rangeWithin, seriesFor } from "./candle_page.ts";
import { readCandles, readCandlesBefore } from "./candle_reader.ts";
import { readChartBars } from "./chart_reader.ts";
import { availableRanges, planChart } from "./chart_view.ts";
import { countMissing } from "./coverage.ts";
import {
  explainFigure,
  explainIndicator,
  isQuoteFigure,
  MAX_EXPLAINED_ROWS,
  QUOTE_FIGURES,
} from "./explain.ts";
import { type MarketSnapshot, SnapshotKeeper } from "./market_snapshot.ts";
import { MarketValues } from "./market_values.ts";
import { buildOverview, type OverviewQuery } from "./overview.ts";
import type { LivePrices } from "./live_ports.ts";
import type { CandleStore, IndicatorEngine } from "./ports.ts";
import { QuoteBoard } from "./quote_board.ts";
import { freshnessOf, lastCandle, SPARKLINE_DAYS } from "./quotes.ts";
import type {
  AssetQuote,
  CandlePage,
  ChartRange,
  ChartView,
  Explanation,
  MarketOverview,
  SeriesProvenance,
} from "./read_models.ts";
import {
  asofOfSeries,
  availableIntervals,
  chooseSeries,
  type DemoMode,
  type FilledSeries,
  lastClose,
  type SourcePriority,
  spotBeforeFutures,
} from "./series_choice.ts";
import { type TotalValue, totalValue } from "./total_value.ts";

/** Points of one candle answer; what lies beyond is another page. */
export const MAX_CANDLES = 5_000;

/** Imports listed as the origin of one asset's candles. */
const MAX_LISTED_IMPORTS = 100;

/** What the service asks of the registry; `AssetRegistry` is it. */
export interface AssetDirectory {
  readonly assets: readonly Asset[];
  /** The asset that any of its names means. Throws `RESOURCE_NOT_FOUND` or lists candidates. */
  resolve(text: string): Asset;
}

export interface MarketServiceDeps {
  readonly registry: AssetDirectory;
  readonly store: CandleStore;
  readonly clock: Clock;
  readonly changes: ChangeFeed;
  readonly demoMode: DemoMode;
  readonly indicators: IndicatorEngine;
  /** Prices newer than any candle; without them a quote's price is the newest close. */
  readonly live?: LivePrices;
  /** Which of two sources answers where both could. */
  readonly priority?: SourcePriority;
}

export interface CandlesQuery {
  readonly interval: Interval;
  /** First bucket start; without it the newest candles before `to` are given. */
  readonly from?: UtcMs | undefined;
  /** Bucket starts before this instant. */
  readonly to?: UtcMs | undefined;
  readonly limit?: number | undefined;
  /** Bars before the page to read as well, for indicators. */
  readonly warmUpBars?: number | undefined;
  /** Only this source; `RESOURCE_NOT_FOUND` lists those there are. */
  readonly source?: string | undefined;
}

export interface ChartQuery {
  readonly range: ChartRange;
  readonly interval?: Interval | undefined;
  readonly indicators?: readonly string[] | undefined;
}

/** Prices, candles, charts and where they come from. Every asset is named by any of its names. */
export class MarketService {
  readonly #registry: AssetDirectory;
  readonly #store: CandleStore;
  readonly #clock: Clock;
  readonly #chartDeps: { readonly store: CandleStore; readonly engine: IndicatorEngine };
  readonly #priority: SourcePriority;
  readonly #snapshots: SnapshotKeeper;
  readonly #quotes: QuoteBoard;
  readonly #marketValues: MarketValues;

  constructor(deps: MarketServiceDeps) {
    const { registry, store, clock, changes, demoMode, indicators } = deps;
    this.#registry = registry;
    this.#store = store;
    this.#clock = clock;
    this.#chartDeps = { store, engine: indicators };
    this.#quotes = new QuoteBoard({ clock, live: deps.live ?? null });
    this.#marketValues = new MarketValues(store);
    this.#priority = deps.priority ?? spotBeforeFutures;
    this.#snapshots = new SnapshotKeeper({
      store,
      changes,
      demoMode,
      priority: this.#priority,
      labels: () => registry.assets.map(labelOf),
    });
  }

  /** Reads the facts behind all quotes, so that the first request finds them. */
  async warm(): Promise<void> {
    await this.#snapshots.current();
  }

  /** The asset that the text means, by id, symbol, alias, provider id or contract address. */
  resolve(text: string): Asset {
    return this.#registry.resolve(text);
  }

  /** Every asset in use, in the registry's order. */
  listAssets(): readonly Asset[] {
    return this.#registry.assets;
  }

  /** A number that stands for all stored facts: equal numbers mean equal answers. */
  async getVersion(): Promise<number> {
    return this.#quotes.versionOf(await this.#snapshot());
  }

  /** The market at a glance. Assets out of use show only while something of them is stored. */
  async getOverview(query: OverviewQuery = {}): Promise<MarketOverview> {
    const snapshot = await this.#snapshot();
    const quotes = this.#registry.assets
      .filter(({ id, deprecationStatus }) =>
        deprecationStatus === "active" || this.#quotes.isPriced(id, snapshot)
      )
      .map((asset) => this.#quotes.quoteOf(labelOf(asset), snapshot));
    return buildOverview(quotes, { ...query, version: this.#quotes.versionOf(snapshot) });
  }

  /**
   * What those of the quotes with a market value are worth together, over the days that are in
   * memory; `null` where none has one.
   */
  async getTotalValue(quotes: readonly AssetQuote[]): Promise<TotalValue | null> {
    const { assets } = await this.#snapshot();
    const parts = quotes.flatMap((asset) => {
      const facts = assets.get(asset.assetId)?.quote ?? null;
      if (asset.marketCapUsd.value === null || facts === null) return [];
      const { daily, series } = facts;
      return [{ asset, daily, source: series.source, asof: asofOfSeries(series) }];
    });
    return totalValue(parts, { days: SPARKLINE_DAYS });
  }

  /** The assets with a price, the most valuable first, each with what it is put in order by. */
  async listByValue(): Promise<readonly ValuedAsset[]> {
    const { quotes } = await this.getOverview();
    return rankByValue(quotes, await this.#marketValues.borrowed(await this.#snapshot()));
  }

  /** One asset's quote; every figure missing, with the reason, if nothing is stored. */
  async getQuote(asset: string): Promise<AssetQuote> {
    const found = this.#registry.resolve(asset);
    return this.#quotes.quoteOf(labelOf(found), await this.#snapshot());
  }

  /** The quotes of several assets, in the order asked; at once while nothing has changed. */
  listQuotes(
    assets: readonly string[],
  ): readonly AssetQuote[] | Promise<readonly AssetQuote[]> {
    const found = assets.map((asset) => this.#registry.resolve(asset));
    const quotesIn = (snapshot: MarketSnapshot) =>
      found.map((asset) => this.#quotes.quoteOf(labelOf(asset), snapshot));
    const held = this.#snapshots.peek();
    return held ? quotesIn(held) : this.#snapshots.current().then(quotesIn);
  }

  /** The series that may answer for an asset, or those of one source; none where none is stored. */
  async listSeries(
    asset: string,
    { source }: { readonly source?: string | undefined } = {},
  ): Promise<readonly FilledSeries[]> {
    const { id } = this.#registry.resolve(asset);
    return seriesFor((await this.#snapshot()).assets.get(id), source);
  }

  /** Candles of one source, ascending, at most `MAX_CANDLES`. */
  async getCandles(asset: string, query: CandlesQuery): Promise<CandlePage> {
    const { id: assetId } = this.#registry.resolve(asset);
    const facts = (await this.#snapshot()).assets.get(assetId);
    const { interval, from, to, source, warmUpBars = 0 } = query;
    const limit = Math.min(query.limit ?? MAX_CANDLES, MAX_CANDLES);
    const choice = chooseSeries(seriesFor(facts, source), {
      interval,
      range: { ...from !== undefined && { from }, ...to !== undefined && { to } },
      priority: this.#priority,
    });
    const version = facts?.version ?? 0;
    if (choice === null) return emptyPage({ assetId, interval, version });
    const range = rangeWithin(choice.series, { from, to });
    const order = from === undefined ? "last" : "first";
    const read = await readCandles(this.#store, { choice, query: { range, limit, order } });
    const { candles, partsMissing } = read;
    const lastOpen = candles.openTime[candles.length - 1];
    const before = (candles.openTime[0] ?? range.from) as UtcMs;
    const hasNext = order === "first" && read.hasMore && lastOpen !== undefined;
    return {
      assetId,
      interval,
      candles,
      warmUp: await readCandlesBefore(this.#store, { choice, before, bars: warmUpBars }),
      partsMissing,
      provenance: provenanceOf(choice, candles),
      missing: countMissing(candles, interval),
      nextFrom: hasNext ? lastOpen + intervalMs(interval) as UtcMs : null,
      version,
    };
  }

  /** The bars and indicators of a chart, ending at the asset's newest candle. */
  async getChart(
    asset: string,
    { range, interval, indicators = [] }: ChartQuery,
  ): Promise<ChartView> {
    const found = this.#registry.resolve(asset);
    const visible = (await this.#snapshot()).assets.get(found.id)?.visible ?? [];
    // Unknown names are refused also where there is nothing to compute them on.
    this.#chartDeps.engine.warmUpBars(indicators);
    const plan = planChart(visible, { range, interval });
    const base = {
      asset: labelOf(found),
      range,
      availableRanges: availableRanges(visible),
      availableIntervals: visible.length > 0 ? availableIntervals(visible) : [],
    };
    const choice = plan && chooseSeries(visible, {
      interval: plan.interval,
      range: plan.window,
      priority: this.#priority,
    });
    if (!plan || !choice) {
      return {
        ...base,
        interval: plan?.interval ?? interval ?? "1d",
        window: null,
        candles: emptyColumns(0),
        indicators: {},
        missing: 0,
        provenance: null,
        freshness: "missing",
      };
    }
    const { window } = plan;
    const bars = await readChartBars(this.#chartDeps, { choice, window, indicators });
    return {
      ...base,
      ...bars,
      interval: plan.interval,
      window,
      missing: countMissing(bars.candles, plan.interval),
      provenance: provenanceOf(choice, bars.candles),
      freshness: freshnessOf(choice.series, this.#clock.now()),
    };
  }

  /** Every stored series of an asset with the imports that it came from. */
  async listProvenance(asset: string): Promise<readonly SeriesProvenance[]> {
    const { id: assetId } = this.#registry.resolve(asset);
    const stored = (await this.#snapshot()).assets.get(assetId)?.stored ?? [];
    if (stored.length === 0) return [];
    const imports = await this.#store.listImports({ assetId, limit: MAX_LISTED_IMPORTS });
    return await Promise.all(stored.map(async (series) => {
      const range = { from: series.lastOpenTime, to: lastClose(series) };
      const last = lastCandle(await this.#store.listCandles(series.seriesId, { range, limit: 1 }));
      const spanMs = series.lastOpenTime - series.firstOpenTime;
      return {
        source: series.source,
        interval: series.interval,
        rows: series.rows,
        missing: spanMs / intervalMs(series.interval) + 1 - series.rows,
        first: series.firstOpenTime,
        last: series.lastOpenTime,
        updatedAt: series.updatedAt,
        lastState: last?.state ?? null,
        imports: imports.filter(({ source }) => source === series.source),
      };
    }));
  }

  /**
   * A figure of an asset taken apart: one of its quote, or an indicator such as `sma:20` at the
   * asset's newest candle of `interval`. Throws `RESOURCE_NOT_FOUND` for an unknown figure.
   */
  async explainQuote(
    asset: string,
    figure: string,
    { interval = "1d" }: { interval?: Interval | undefined } = {},
  ): Promise<Explanation> {
    const found = this.#registry.resolve(asset);
    const facts = (await this.#snapshot()).assets.get(found.id);
    const label = labelOf(found);
    if (isQuoteFigure(figure)) {
      const quote = facts?.quote ?? null;
      const live = this.#quotes.livePriceOf(found.id, quote);
      return explainFigure(label, { figure, facts: quote, live });
    }
    const { engine } = this.#chartDeps;
    if (!engine.isKnown(figure)) {
      throw new AppError("RESOURCE_NOT_FOUND", `Cannot explain "${figure}": unknown figure`, {
        details: { figures: QUOTE_FIGURES, indicators: "name:parameters, for example sma:20" },
      });
    }
    const described = engine.describe(figure);
    const choice = chooseSeries(facts?.visible ?? [], { interval, priority: this.#priority });
    if (choice === null) return explainIndicator(label, { interval, described, computed: null });
    const to = lastClose(choice.series);
    const from = to - MAX_EXPLAINED_ROWS * intervalMs(interval) as UtcMs;
    const bars = await readChartBars(this.#chartDeps, {
      choice,
      window: { from, to },
      indicators: [described.name],
    });
    const { candles } = bars;
    const computed = {
      value: bars.indicators[described.line]?.at(-1) ?? null,
      candles,
      provenance: provenanceOf(choice, candles),
    };
    return explainIndicator(label, { interval, described, computed });
  }

  async #snapshot(): Promise<MarketSnapshot> {
    return this.#snapshots.peek() ?? await this.#snapshots.current();
  }
}
