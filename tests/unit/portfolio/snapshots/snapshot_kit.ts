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

/** Closes of a test: when the first bucket opens, and what each closed at; `null` for none. */
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

/** What a test may change. */
interface Facts {
  rows: ReturnType<typeof ledger>;
  version: number;
  fxVersion: number;
  /** Dollars for a unit of any money. */
  cashPrice: string | null;
  isLarge: boolean;
}

/** Snapshots over a real store, of a ledger that may change and candles that may be written. */
export async function openKit(rows: readonly RowCase[] = [], { now = NOW } = {}) {
  const clock = new FakeClock(now);
  const database = await openTestDatabase({ clock });
  await new SqlPortfolioStore(database).create(portfolio, { max: 10, maxWithDeleted: 10 });
  const store = new SqlSnapshotStore(database);
  const candles = new SqlCandleStore(database, clock);
  const reader = new CloseReader({ store: candles, demoMode: "off" });
  const asked: { readonly assetIds: readonly AssetId[]; readonly times: Float64Array }[] = [];
  const kit: Facts = {
    ...{ rows: ledger(rows), version: 1, fxVersion: 0, cashPrice: null, isLarge: false },
  };
  const readCloses: ReadCloses = async (assetIds, { times, now, series }) => {
    asked.push({ assetIds, times });
    const axis = timeAxis(times, { now });
    const columns = await reader.read(new Map(assetIds.map((id) => [id, axis])), { series });
    return new Map([...columns].map(([id, { close }]) => [id, close]));
  };
  const deps = {
    ...{ store, clock, readCloses },
    listSeries: async () => groupSeries(await candles.listTracked(), "off"),
    fxVersion: () => Promise.resolve(kit.fxVersion),
    changes: database.changes,
  };
  const rebuildWith = (more: Partial<SnapshotRebuildDeps> = {}) =>
    rebuildOf(kit, { ...deps, ...more });
  return {
    ...{ clock, database, store, candles, asked, kit, rebuildWith, readCloses },
    ...serviceOf(kit, { ...deps, rebuild: rebuildWith() }),
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

type Deps =
  & Pick<SnapshotRebuildDeps, "readCloses" | "listSeries">
  & Pick<ConstructorParameters<typeof SnapshotFreshness>[0], "fxVersion" | "changes">
  & { readonly store: SqlSnapshotStore; readonly clock: FakeClock };

function currentOf({ version }: Facts): Portfolio {
  return { ...portfolio, ledgerVersion: version };
}

function rebuildOf(
  kit: Facts,
  deps: Pick<SnapshotRebuildDeps, "store" | "readCloses" | "listSeries" | "clock">,
): SnapshotRebuild {
  return new SnapshotRebuild({
    openLedger: () =>
      Promise.resolve({
        ...{ portfolio: currentOf(kit), rows: kit.rows, version: kit.version },
        ...{ cashPriceOf: () => kit.cashPrice, fxVersion: kit.fxVersion },
      }),
    rest: () => Promise.resolve(),
    openRebuilder: () => new RebuildHere({ rest: () => Promise.resolve() }),
    ...deps,
  });
}

function serviceOf(kit: Facts, { rebuild, ...deps }: Deps & { readonly rebuild: SnapshotRebuild }) {
  const { store } = deps;
  const freshness = new SnapshotFreshness(deps);
  const queued: string[] = [];
  const keeper = new SnapshotKeeper({
    ...{ ...deps, freshness, log: new RecordingLog() },
    work: { rebuild: (scope, options) => rebuild.run(scope, options) },
    isLarge: () => Promise.resolve(kit.isLarge),
    enqueue: ({ portfolioId }) => Promise.resolve(queued.push(portfolioId)),
  });
  const getLots = (): Promise<MatchedLots> =>
    Promise.resolve({
      currency: "USD",
      ...{ portfolio: currentOf(kit), rule: portfolio.rule, rulesByYear: {} },
      ...{ ledger: new KeptLedger(), ledgerVersion: kit.version },
      book: matchLots(kit.rows, { rule: portfolio.rule }),
    });
  async function* booksAt(_: MatchedLots, to: number) {
    const past = kit.rows.filter(({ at }) => at <= to);
    yield await Promise.resolve(matchLots(past, { rule: portfolio.rule }));
  }
  const readRates = (_: unknown, { times }: { readonly times: Float64Array }) =>
    Promise.resolve(times.map(() => 0.5));
  const service = new PerformanceService({
    ...{ ...deps, snapshots: store, freshness, lots: { getLots, booksAt } },
    portfolios: { get: () => Promise.resolve(currentOf(kit)) },
    histories: new HistoryReader({ ...deps, readRates }),
    isEmpty: () => Promise.resolve(kit.rows.length === 0),
    ask: (scope) => keeper.ask(scope),
  });
  return { keeper, queued, service };
}
