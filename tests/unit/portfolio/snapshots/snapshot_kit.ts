import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { DAY_MS, HOUR_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId, Interval } from "@/services/market/mod.ts";
import { matchLots } from "@/services/portfolio/lots.ts";
import { KeptLedger, type MatchedLots } from "@/services/portfolio/mod.ts";
import { PerformanceService } from "@/services/portfolio/performance_service.ts";
import type { Portfolio } from "@/services/portfolio/portfolio.ts";
import { SnapshotFreshness } from "@/services/portfolio/snapshots/freshness.ts";
import { HistoryReader } from "@/services/portfolio/snapshots/history_reader.ts";
import { RebuildHere } from "@/services/portfolio/snapshots/rebuild_thread.ts";
import { SnapshotKeeper } from "@/services/portfolio/snapshots/snapshot_keeper.ts";
import {
  type ReadCloses,
  SnapshotRebuild,
  type SnapshotRebuildDeps,
} from "@/services/portfolio/snapshots/snapshot_rebuild.ts";
import { CloseReader, groupSeries } from "@/services/portfolio/valuation/close_reader.ts";
import { timeAxis } from "@/services/portfolio/valuation/time_axis.ts";
import { SqlCandleStore, SqlPortfolioStore, SqlSnapshotStore } from "@/services/storage/mod.ts";
import { ledger, type RowCase } from "../performance/ledger.ts";

export const NOW = Date.UTC(2025, 0, 11);
export const portfolio: Portfolio = {
  id: uuidOfMoment(1, "portfolio"),
  ownerId: "ann",
  name: "Main",
  baseCurrency: "USD",
  rule: { method: "fifo", pools: "account" },
  rulesByYear: {},
  createdAt: utcMsOf(0),
  deletedAt: null,
  ledgerVersion: 1,
};
export const scope = { ownerId: "ann", portfolioId: portfolio.id };
export const { signal } = new AbortController();

/** A candle of a test: when its bucket opens, and its close; `null` for none. */
export interface Closes {
  readonly assetId: string;
  readonly interval: Interval;
  readonly from: string;
  readonly closes: readonly (number | null)[];
}

const SIZE_MS: Readonly<Partial<Record<Interval, number>>> = {
  "5m": HOUR_MS / 12,
  "1h": HOUR_MS,
  "1d": DAY_MS,
};

/** Snapshots over a real store, of a ledger that may change and candles that may be written. */
export async function openKit(rows: readonly RowCase[] = [], { now = NOW } = {}) {
  const clock = new FakeClock(now);
  const database = await openTestDatabase({ clock });
  await new SqlPortfolioStore(database).create(portfolio, { max: 10 });
  const store = new SqlSnapshotStore(database);
  const candles = new SqlCandleStore(database, clock);
  const reader = new CloseReader({ store: candles, demoMode: "off" });
  const asked: { readonly assetIds: readonly AssetId[]; readonly times: Float64Array }[] = [];
  const kit = { rows: ledger(rows), version: 1, fxVersion: 0, cashPrice: null as string | null };
  const readCloses: ReadCloses = async (assetIds, { times, now, series }) => {
    asked.push({ assetIds, times });
    const axis = timeAxis(times, { now });
    const columns = await reader.read(new Map(assetIds.map((id) => [id, axis])), { series });
    return new Map([...columns].map(([id, { close }]) => [id, close]));
  };
  const listSeries = async () => groupSeries(await candles.listTracked(), "off");
  const fxVersion = () => Promise.resolve(kit.fxVersion);
  const current = (): Portfolio => ({ ...portfolio, ledgerVersion: kit.version });
  const rebuildWith = (more: Partial<SnapshotRebuildDeps> = {}) =>
    new SnapshotRebuild({
      ...{ store, readCloses, listSeries, clock },
      openLedger: () =>
        Promise.resolve({
          ...{ portfolio: current(), rows: kit.rows, version: kit.version },
          ...{ cashPriceOf: () => kit.cashPrice, fxVersion: kit.fxVersion },
        }),
      rest: () => Promise.resolve(),
      openRebuilder: () => new RebuildHere({ rest: () => Promise.resolve() }),
      ...more,
    });
  const freshness = new SnapshotFreshness({
    ...{ store, listSeries, fxVersion, clock },
    changes: database.changes,
  });
  const queued: string[] = [];
  const keeper = new SnapshotKeeper({
    ...{ store, freshness, clock, log: new RecordingLog(), rebuild: rebuildWith() },
    enqueue: ({ portfolioId }) => Promise.resolve(queued.push(portfolioId)),
  });
  const getLots = (): Promise<MatchedLots> =>
    Promise.resolve({
      ...{ portfolio: current(), rule: portfolio.rule, rulesByYear: {} },
      ...{ ledger: new KeptLedger(), ledgerVersion: kit.version },
      book: matchLots(kit.rows, { rule: portfolio.rule }),
    });
  const readRates = (_: unknown, { times }: { readonly times: Float64Array }) =>
    Promise.resolve(times.map(() => 0.5));
  const service = new PerformanceService({
    ...{ snapshots: store, freshness, readCloses, fxVersion, clock, lots: { getLots } },
    portfolios: { get: () => Promise.resolve(current()) },
    histories: new HistoryReader({ store, readCloses, readRates, fxVersion, clock }),
    isEmpty: () => Promise.resolve(kit.rows.length === 0),
    ask: (scope) => keeper.ask(scope),
  });
  return {
    ...{
      clock,
      database,
      store,
      candles,
      asked,
      kit,
      rebuildWith,
      keeper,
      queued,
      service,
      readCloses,
    },
    async write({ assetId, interval, from, closes }: Closes) {
      const key = { assetId: assetId as AssetId, interval, source: "test" };
      const start = Date.parse(from);
      const width = SIZE_MS[interval] ?? NaN;
      const sketches = closes.flatMap((close, at) =>
        close === null ? [] : [{ openTime: start + at * width, close }]
      );
      await candles.upsertCandles(key, columnsOf(sketches));
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}
