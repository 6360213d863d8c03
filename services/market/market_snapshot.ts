import { bucketStart, emptyColumns, intervalMs } from "./candle.ts";
import { fingerprint } from "../kernel/fingerprint.ts";
import { DAY_MS, type UtcMs } from "../kernel/time.ts";
import type { ChangeFeed } from "../ports/mod.ts";
import type { AssetId } from "./assets.ts";
import { readCandles } from "./candle_reader.ts";
import type { CandleStore } from "./ports.ts";
import {
  CHANGE_FIGURES,
  type ChangeBase,
  changeBaseRange,
  type ChangeFigure,
  lastCandle,
  lastDayRange,
  type QuoteFacts,
  SPARKLINE_DAYS,
} from "./quotes.ts";
import type { AssetLabel } from "./read_models.ts";
import {
  chooseQuoteSeries,
  chooseSeries,
  type DemoMode,
  type FilledSeries,
  type SourcePriority,
  visibleSeries,
} from "./series_choice.ts";

/** What is known of one asset's stored candles. */
export interface AssetFacts {
  /** Stands for the asset's series as they are; another number means that something changed. */
  readonly version: number;
  /** The series that may answer, in the store's order. */
  readonly visible: readonly FilledSeries[];
  /** Every series with candles, also demo series that real ones hide. */
  readonly stored: readonly FilledSeries[];
  readonly quote: QuoteFacts | null;
}

/** The market as it stood at one state of the store. */
export interface MarketSnapshot {
  readonly change: number;
  readonly version: number;
  readonly assets: ReadonlyMap<AssetId, AssetFacts>;
}

interface SnapshotDeps {
  readonly store: CandleStore;
  readonly changes: ChangeFeed;
  readonly labels: () => readonly AssetLabel[];
  readonly demoMode: DemoMode;
  readonly priority: SourcePriority;
}

/** Assets whose facts are read at the same time: a pooled database answers them side by side. */
const PARALLEL_ASSETS = 8;

/**
 * Keeps the facts behind every quote in memory. Only assets whose series changed are read again,
 * with a handful of indexed reads each, so no request walks through history.
 */
export class SnapshotKeeper {
  readonly #deps: SnapshotDeps;
  #held: MarketSnapshot | null = null;
  #building: Promise<MarketSnapshot> | null = null;

  constructor(deps: SnapshotDeps) {
    this.#deps = deps;
  }

  /** The snapshot, if it is as new as the store. */
  peek(): MarketSnapshot | null {
    return this.#held?.change === this.#deps.changes.current() ? this.#held : null;
  }

  /** A snapshot at least as new as the store at the time of asking; askers share one build. */
  async current(): Promise<MarketSnapshot> {
    const asked = this.#deps.changes.current();
    if (this.#held?.change === asked) return this.#held;
    const running = this.#building;
    if (running) {
      // The running build may have started before the change that this caller must see.
      const built = await running;
      if (built.change === asked) return built;
    }
    this.#building ??= this.#build().finally(() => this.#building = null);
    return await this.#building;
  }

  async #build(): Promise<MarketSnapshot> {
    const { store, changes, demoMode } = this.#deps;
    const change = changes.current();
    const all = await store.listSeries();
    const stored = groupByAsset(visibleSeries(all, "on"));
    const visible = groupByAsset(visibleSeries(all, demoMode));
    const assets = new Map<AssetId, AssetFacts>();
    const labels = this.#deps.labels().filter(({ assetId }) => stored.has(assetId));
    for (let at = 0; at < labels.length; at += PARALLEL_ASSETS) {
      const some = labels.slice(at, at + PARALLEL_ASSETS);
      const facts = await Promise.all(some.map((label) =>
        this.#factsOf(label, {
          stored: stored.get(label.assetId) ?? [],
          visible: visible.get(label.assetId) ?? [],
        })
      ));
      some.forEach(({ assetId }, index) => {
        const one = facts[index];
        if (one) assets.set(assetId, one);
      });
    }
    const version = fingerprint([...assets.values()].map((facts) => facts.version).join());
    this.#held = { change, version, assets };
    return this.#held;
  }

  async #factsOf(
    label: AssetLabel,
    { stored, visible }: Pick<AssetFacts, "stored" | "visible">,
  ): Promise<AssetFacts> {
    const version = fingerprint([...stored.flatMap(versionOf), visible.length].join());
    const old = this.#held?.assets.get(label.assetId);
    if (old?.version === version) return old;
    const { store, priority } = this.#deps;
    const series = chooseQuoteSeries(visible, { priority });
    const quote = series && await readQuoteFacts(store, { asset: label, series, visible });
    return { version, stored, visible, quote };
  }
}

async function readQuoteFacts(
  store: CandleStore,
  { asset, series, visible }: {
    asset: AssetLabel;
    series: FilledSeries;
    visible: readonly FilledSeries[];
  },
): Promise<QuoteFacts | null> {
  const range = lastDayRange(series);
  const limit = Math.ceil(DAY_MS / intervalMs(series.interval));
  const lastDay = await store.listCandles(series.seriesId, { range, limit, order: "last" });
  const newest = lastCandle(lastDay);
  // A series can lose its last candle between its description and this read; the change feed
  // then asks for the next build.
  if (newest === null) return null;
  const bases = await Promise.all(
    CHANGE_FIGURES.map((figure) => readBase(store, { series, figure, visible })),
  );
  const [change_24h = null, change_7d = null, change_30d = null, change_1y = null] = bases;
  return {
    asset,
    series,
    newest,
    bases: { change_24h, change_7d, change_30d, change_1y },
    lastDay,
    daily: await readDaily(store, { series, visible }),
  };
}

/** Asks the quote's own series first, then the coarser ones of its source, finest first. */
async function readBase(
  store: CandleStore,
  { series, figure, visible }: {
    series: FilledSeries;
    figure: ChangeFigure;
    visible: readonly FilledSeries[];
  },
): Promise<ChangeBase | null> {
  const fitting = visible
    .filter(({ source, interval }) =>
      source === series.source && intervalMs(interval) >= intervalMs(series.interval)
    )
    .sort((a, b) => intervalMs(a.interval) - intervalMs(b.interval));
  for (const { seriesId, interval } of fitting) {
    const range = changeBaseRange(series, { figure, interval });
    if (range === null) continue;
    const candle = lastCandle(await store.listCandles(seriesId, { range, limit: 1 }));
    if (candle) return { candle, interval };
  }
  return null;
}

/** Daily candles of the quote's own source, so that the sparkline ends where the price stands. */
async function readDaily(
  store: CandleStore,
  { series, visible }: { series: FilledSeries; visible: readonly FilledSeries[] },
) {
  const lastDay = bucketStart(series.lastOpenTime, "1d");
  const range = {
    from: lastDay - (SPARKLINE_DAYS - 1) * DAY_MS as UtcMs,
    to: lastDay + DAY_MS as UtcMs,
  };
  const ofSource = visible.filter(({ source }) => source === series.source);
  const choice = chooseSeries(ofSource, { interval: "1d", range });
  if (choice === null) return emptyColumns(0);
  const query = { range, limit: SPARKLINE_DAYS, order: "last" } as const;
  return (await readCandles(store, { choice, query })).candles;
}

function groupByAsset(series: readonly FilledSeries[]): Map<AssetId, FilledSeries[]> {
  return Map.groupBy(series, ({ assetId }) => assetId);
}

function versionOf({ seriesId, version, updatedAt }: FilledSeries): readonly number[] {
  return [seriesId, version, updatedAt];
}
