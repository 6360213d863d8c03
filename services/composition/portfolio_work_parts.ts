import type { DemoMode, TrackedSeries } from "../market/mod.ts";
import type { UtcMs } from "../kernel/time.ts";
import {
  type BaseCurrency,
  ClosePrices,
  CloseReader,
  groupSeries,
  HistoryReader,
  KeptLedgers,
  type LedgerScope,
  LotService,
  PerformanceService,
  PortfolioService,
  type ReadCloses,
  type Rebuilder,
  type RebuildWork,
  type SeriesByAsset,
  SnapshotFreshness,
  SnapshotRebuild,
  timeAxis,
  ValuationService,
  WorkHere,
} from "../portfolio/mod.ts";
import type { ChangeFeed, Clock } from "../ports/mod.ts";
import {
  type Database,
  readTopicVersion,
  restWhenDue,
  type SqlCandleStore,
  SqlFxStore,
  SqlLedgerStore,
  SqlPortfolioStore,
  SqlSnapshotStore,
} from "../storage/mod.ts";

export interface WorkCore {
  readonly clock: Clock;
  readonly database: Database;
  readonly demo: DemoMode;
}

export interface WorkOptions {
  readonly candles: SqlCandleStore;
  readonly changes: ChangeFeed;
  readonly openRebuilder: (work: RebuildWork) => Rebuilder;
  /** Has snapshots that are behind made anew in the background. */
  readonly ask: (scope: LedgerScope) => Promise<void>;
}

/** All that computes on whole ledgers, over one database; the same on either side of a thread. */
export function openWork({ clock, database, demo }: WorkCore, options: WorkOptions) {
  const { candles, changes, openRebuilder, ask } = options;
  const rest = restWhenDue();
  const store = new SqlLedgerStore(database, clock);
  const portfolioStore = new SqlPortfolioStore(database);
  const portfolios = new PortfolioService({ store: portfolioStore, clock });
  const snapshotStore = new SqlSnapshotStore(database);
  const fxStore = new SqlFxStore(database, clock);
  const closes = new CloseReader({ store: candles, demoMode: demo, rest });
  const valuation = new ValuationService({ closes, fx: fxStore });
  const fxVersion = () => readTopicVersion(database, "fx");
  const listSeries = async (): Promise<SeriesByAsset<TrackedSeries>> =>
    groupSeries(await candles.listTracked(), demo);
  const prices = new ClosePrices({ listSeries, fxVersion, valuation, changes, clock });
  const ledgers = new KeptLedgers({ store, prices, rest });
  const lots = new LotService({ portfolios, ledgers, rest });
  const { readCloses, readRates } = readersOf(valuation);
  const snapshots = new SnapshotRebuild({
    store: snapshotStore,
    async openLedger(scope) {
      const portfolio = await portfolios.get(scope);
      const version = await fxVersion();
      const ledger = await ledgers.open(portfolio);
      const rows = [...ledger.rows()];
      const cashPriceOf = await prices.load(ledger.unpricedMoments());
      return { portfolio, rows, version: ledger.version, cashPriceOf, fxVersion: version };
    },
    ...{ listSeries, readCloses, openRebuilder, clock, rest },
  });
  const freshness = new SnapshotFreshness({
    ...{ store: snapshotStore, listSeries, fxVersion, changes, clock },
  });
  const performance = new PerformanceService({
    ...{ portfolios, lots, snapshots: snapshotStore, freshness, readCloses, fxVersion, clock },
    histories: new HistoryReader({
      ...{ store: snapshotStore, readCloses, readRates, fxVersion, clock },
    }),
    isEmpty: async (scope) => await portfolioStore.countRows(scope, 1) === 0,
    ask,
  });
  const work = new WorkHere({ store, ledgers, lots, performance, snapshots });
  return {
    ...{ work, performance, store, portfolioStore, portfolios, snapshotStore, fxStore },
    ...{ valuation, freshness },
  };
}

function readersOf(valuation: ValuationService) {
  const readCloses: ReadCloses = async (assetIds, { times, now, series }) => {
    const table = await valuation.readCloses(assetIds, { times, now, series });
    return new Map(assetIds.map((assetId) => [assetId, table.column(assetId).close]));
  };
  const readRates = async (
    currency: BaseCurrency,
    { times, now }: { readonly times: Float64Array; readonly now: UtcMs },
  ) => {
    const quotes = await valuation.readRates(currency, timeAxis(times, { now }));
    return Float64Array.from(quotes, (quote) => quote?.rate ?? NaN);
  };
  return { readCloses, readRates };
}
