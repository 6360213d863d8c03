import { join } from "node:path";
import { createJobs, healRequest, JobSystem } from "../../jobs/mod.ts";
import { giveWay } from "../kernel/give_way.ts";
import { UuidFactory } from "../kernel/ids.ts";
import { Backfill, CandleHealer, DemoMarket, LiveMarket } from "../market/mod.ts";
import type { GaugeService } from "../onchain/mod.ts";
import { systemRandom } from "../platform/random.ts";
import { systemTimer } from "../platform/timer.ts";
import { openWakers } from "../platform/wakers/open_wakers.ts";
import { connectFx, type Outside } from "../providers/mod.ts";
import type { ScoreService } from "../scores/mod.ts";
import {
  SqlAbsenceStore,
  SqlFxStore,
  SqlJobStore,
  SqlLeaseStore,
  SqlRawIngestStore,
} from "../storage/mod.ts";
import type { Core } from "./core.ts";
import type { MarketParts } from "./market_parts.ts";
import type { PortfolioParts } from "./portfolio_parts.ts";

/** How long a job may take when it runs before the first request. */
const FIRST_RUN_LIMIT_MS = 60_000;

/** The jobs of this process, which nothing has started yet; on an empty store the demo is there. */
export async function openJobs(
  core: Core,
  { store, registry, outside, prices, bus, scores, portfolio, gauges, demo: feed }:
    & MarketParts
    & {
      readonly outside: Outside;
      readonly scores: ScoreService;
      readonly gauges: GaugeService;
      readonly portfolio: Pick<
        PortfolioParts,
        "desk" | "holdings" | "fx" | "keeper" | "ledger" | "portfolios"
      >;
    },
) {
  const { config, clock, database } = core;
  const fxStore = new SqlFxStore(database, clock);
  const demo = new DemoMarket({ ...feed, store, mode: config.demo });
  const jobStore = new SqlJobStore(database, clock);
  const kvPath = join(config.dataDir, "kv.db");
  const wakers = await openWakers({ ...core, notices: database.notices, kvPath });
  const absences = new SqlAbsenceStore(database, clock);
  const providers = outside.venues.map(({ provider }) => provider);
  const jobs = new JobSystem({
    ...core,
    jobs: createJobs({
      clock,
      demo,
      scores,
      gauges,
      bus,
      desk: portfolio.desk,
      portfolios: portfolio.portfolios,
      ledger: portfolio.ledger,
      rest: giveWay,
      snapshots: portfolio.keeper,
      navs: { store: fxStore, holdings: portfolio.holdings, fx: portfolio.fx },
      store: jobStore,
      raw: new SqlRawIngestStore(database),
      outside: config.isNetworkAllowed
        ? {
          healer: new CandleHealer({ providers, store, bus, clock }),
          backfill: new Backfill({ markets: outside.venues, store, absences, clock }),
          source: outside.spot,
          assetIds: registry.assets.map(({ id }) => id),
          prices,
          bus,
          fx: {
            ...connectFx(outside.gates, { hasIntradayKey: config.exchangerateKey !== null }),
            store: fxStore,
            clock,
          },
        }
        : null,
    }),
    store: jobStore,
    leases: new SqlLeaseStore(database, clock),
    wakers,
    timer: systemTimer,
    random: systemRandom,
  });
  // A first start has nothing to show before the demo market is there.
  if ((await store.listSeries()).length === 0) {
    await jobs.runNow("refresh_demo", { signal: AbortSignal.timeout(FIRST_RUN_LIMIT_MS) });
  }
  return { jobs, jobStore, wakers };
}

/** The prices of the venues, for as long as this process has the lease to feed. */
export function createLive(
  core: Core,
  { outside, jobs, demo, demoGate, ...parts }: MarketParts & { outside: Outside; jobs: JobSystem },
): LiveMarket {
  const { config, clock, database } = core;
  const ids = new UuidFactory(() => clock.now());
  const { provider: source, assetIds } = demo;
  const demoFeeds = config.demo === "off" ? [] : [{ venue: source.name, assetIds, source }];
  return new LiveMarket({
    ...core,
    ...parts,
    // Never both: prices of the demo market must not stand among real ones.
    feeds: config.isNetworkAllowed ? outside.feeds : demoFeeds,
    mayFeed: async () => config.isNetworkAllowed || (await demoGate.scope()).isShown,
    leases: new SqlLeaseStore(database, clock),
    timer: systemTimer,
    newId: () => ids.next(),
    heal: async (gap) => void await jobs.enqueue(healRequest(gap)),
  });
}
