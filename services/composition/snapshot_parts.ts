import { setImmediate as nextTurn } from "node:timers/promises";
import { type JobSystem, rebuildPortfolioRequest } from "../../jobs/mod.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { TrackedSeries } from "../market/mod.ts";
import {
  type BaseCurrency,
  type ClosePrices,
  groupSeries,
  HistoryReader,
  type KeptLedgers,
  type LedgerScope,
  type LedgerService,
  type LotService,
  PerformanceService,
  type PortfolioService,
  type ReadCloses,
  RebuildHere,
  RebuildThread,
  type SeriesByAsset,
  SnapshotFreshness,
  SnapshotKeeper,
  SnapshotRebuild,
  SnapshotValueService,
  SnapshotWatch,
  timeAxis,
  type ValuationService,
} from "../portfolio/mod.ts";
import type { ChangeFeed } from "../ports/mod.ts";
import { systemTimer } from "../platform/timer.ts";
import { readTopicVersion, type SqlCandleStore, SqlSnapshotStore } from "../storage/mod.ts";
import type { Core } from "./core.ts";

/** Work that is done sooner than a thread starts. */
const HERE = { cells: 100_000, rows: 2_000 };

interface SnapshotDeps {
  readonly portfolios: PortfolioService;
  readonly ledger: LedgerService;
  readonly ledgers: KeptLedgers;
  readonly lots: LotService;
  readonly prices: ClosePrices;
  readonly valuation: ValuationService;
  readonly facts: ReturnType<typeof factsOf>;
  readonly changes: ChangeFeed;
  readonly queue: () => Pick<JobSystem, "enqueue">;
}

type FactsCore = Pick<Core, "database"> & { readonly config: Pick<Core["config"], "demo"> };
type SnapshotCore = FactsCore & Pick<Core, "clock" | "log">;

/** What prices of the past stand on: the series of candles, and the version of exchange rates. */
export function factsOf(
  { config, database }: FactsCore,
  candles: Pick<SqlCandleStore, "listTracked">,
) {
  return {
    fxVersion: () => readTopicVersion(database, "fx"),
    listSeries: async (): Promise<SeriesByAsset<TrackedSeries>> =>
      groupSeries(await candles.listTracked(), config.demo),
  };
}

/** Values of portfolios through time: what makes them, and what measures on them. */
export function openSnapshots(core: SnapshotCore, deps: SnapshotDeps) {
  const { clock, database, log } = core;
  const { portfolios, ledger, ledgers, lots, prices, changes, queue } = deps;
  const { fxVersion, listSeries } = deps.facts;
  const store = new SqlSnapshotStore(database);
  const { readCloses, readRates } = readersOf(deps);
  const rebuild = new SnapshotRebuild({
    store,
    async openLedger(scope) {
      const portfolio = await portfolios.get(scope);
      const version = await fxVersion();
      const ledger = await ledgers.open(portfolio);
      const rows = [...ledger.rows()];
      const cashPriceOf = await prices.load(ledger.unpricedRows());
      return { portfolio, rows, version: ledger.version, cashPriceOf, fxVersion: version };
    },
    listSeries,
    readCloses,
    openRebuilder: ({ cells, rows }) =>
      cells <= HERE.cells && rows <= HERE.rows
        ? new RebuildHere({ rest: () => nextTurn() })
        : new RebuildThread(),
    rest: () => nextTurn(),
    clock,
  });
  const freshness = new SnapshotFreshness({ store, listSeries, fxVersion, changes, clock });
  const keeper = new SnapshotKeeper({
    ...{ store, rebuild, freshness, clock, log },
    enqueue: ({ ownerId, portfolioId }) =>
      queue().enqueue(rebuildPortfolioRequest({
        owner_id: ownerId,
        portfolio_id: portfolioId,
        refresh: null,
      })),
  });
  const performance = new PerformanceService({
    ...{ portfolios, lots, snapshots: store, freshness, readCloses, fxVersion, clock },
    histories: new HistoryReader({ store, readCloses, readRates, fxVersion, clock }),
    isEmpty: async (scope) => (await ledger.listTransactions(scope, { limit: 1 })).length === 0,
    ask: (scope) => keeper.ask(scope),
  });
  const watch = new SnapshotWatch({ keeper, log, timer: systemTimer, changes });
  const snapshotValues = new SnapshotValueService({ portfolios, store });
  return { keeper, watch, performance, snapshotValues };
}

function readersOf({ valuation }: Pick<SnapshotDeps, "valuation">) {
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

/** Has snapshots follow each change of a ledger by this process, until the result is called. */
export function rebuildOnChange(
  { ledger, keeper }: {
    readonly ledger: Pick<LedgerService, "subscribe">;
    readonly keeper: Pick<SnapshotKeeper, "follow">;
  },
): () => void {
  const stopping = new AbortController();
  const stop = ledger.subscribe((scope: LedgerScope) => keeper.follow(scope, stopping.signal));
  return () => {
    stop();
    stopping.abort(new Error("The process stops"));
  };
}
