import { type Api, createApi } from "@/routes/(_api)/mod.ts";
import { AnalyticsService, indicatorEngine } from "@/services/analytics/mod.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import {
  type AssetId,
  AssetRegistry,
  type CandleStore,
  type DemoMode,
  type Interval,
  MarketService,
} from "@/services/market/mod.ts";
import {
  capabilitiesOf,
  type HealthProbe,
  HealthService,
  JobsService,
} from "@/services/ops/mod.ts";
import type { JobStore } from "@/services/ports/jobs.ts";
import { PacedChangeFeed } from "@/services/platform/paced_change_feed.ts";
import { pingDatabase, SqlCandleStore, SqlJobStore } from "@/services/storage/mod.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { type CandleSketch, columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { aliasRow, assetRow, sampleRegistry } from "@/tests/unit/market/assets_sample.ts";

/** Where the clock of every API test stands at first. */
export const NOW = Date.UTC(2026, 0, 1);

/** The data routes over an empty database in memory, with the means to fill and to ask it. */
export interface ApiHarness extends AsyncDisposable {
  readonly api: Api;
  readonly market: MarketService;
  readonly store: CandleStore;
  readonly jobs: JobsService;
  readonly jobStore: JobStore;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Writes candles `[first day + i] -> close` of an asset. */
  write(options: SeriesSketch): Promise<void>;
}

export interface SeriesSketch {
  readonly assetId?: string;
  readonly source?: string;
  readonly interval?: Interval;
  readonly candles: readonly CandleSketch[];
}

export async function openTestApi(
  { demoMode = "auto", probes }: {
    readonly demoMode?: DemoMode;
    readonly probes?: readonly HealthProbe[];
  } = {},
): Promise<ApiHarness> {
  const clock = new FakeClock(NOW);
  const log = new RecordingLog();
  const database = await openTestDatabase({ clock });
  const store = new SqlCandleStore(database, clock);
  const changes = new PacedChangeFeed(database.changes, clock);
  const registry = new AssetRegistry(sampleRegistry({
    assets: [
      assetRow("bitcoin", { symbol: "BTC", name: "Bitcoin", decimals: 8 }),
      assetRow("ethereum", { symbol: "ETH", name: "Ethereum" }),
      assetRow("uniswap", { symbol: "UNI", name: "Uniswap", themes: ["defi"] }),
      assetRow("unicorn-token", { symbol: "UNI", name: "Unicorn", themes: ["meme"] }),
    ],
    themes: [
      { id: "layer-1", name: "Layer 1" },
      { id: "defi", name: "DeFi" },
      { id: "meme", name: "Meme" },
    ],
    asset_aliases: [aliasRow("xbt", "bitcoin")],
  }));
  const indicators = indicatorEngine;
  const market = new MarketService({ registry, store, clock, changes, demoMode, indicators });
  const analytics = new AnalyticsService({ market });
  const health = new HealthService({
    clock,
    versions: { tokenlysis: "1.2.3" },
    probes: probes ?? [{ name: "database", check: () => pingDatabase(database) }],
    capabilities: capabilitiesOf({
      isNetworkAllowed: false,
      demoMode,
      hasKv: true,
      hasCron: false,
    }),
  });
  const jobStore = new SqlJobStore(database, clock);
  const jobs = new JobsService({ store: jobStore, clock, wake: () => {} });
  const api = createApi({ market, analytics, health, jobs, clock, changes, log, version: "1.2.3" });
  return {
    api,
    market,
    store,
    jobs,
    jobStore,
    clock,
    log,
    async get(path, headers = {}) {
      return await api.fetch(new Request(`http://localhost${path}`, { headers }));
    },
    async write({ assetId = "bitcoin", source = "daily_cmc", interval = "1d", candles }) {
      const key = { assetId: assetId as AssetId, source, interval };
      await store.upsertCandles(key, columnsOf(candles));
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

/** One candle a day from 2021-01-01 on with these closes, and ten units traded each day. */
export function dailyCandles(closes: readonly number[], first = "2021-01-01"): CandleSketch[] {
  const start = Date.parse(`${first}T00:00:00Z`);
  return closes.map((close, at) => ({
    openTime: start + at * DAY_MS,
    open: close - 1,
    high: close + 2,
    low: close - 3,
    close,
    volume: 10,
  }));
}
