import {
  AutopilotService,
  PoolArchive,
  PoolFeed,
  type PoolFeedDeps,
  type PoolFetcher,
  PoolIngestion,
  type PoolProvider,
  PoolService,
  readPoolSettings,
} from "../defi/mod.ts";
import { SECOND_MS } from "../kernel/time.ts";
import { systemTimer } from "../platform/timer.ts";
import type { Outside } from "../providers/mod.ts";
import {
  DefillamaPoolProvider,
  DunePoolProvider,
  FlipsidePoolProvider,
  MockPoolProvider,
} from "../providers/pools/mod.ts";
import { SqlAuditLog, SqlLeaseStore, SqlPaidRunStore, SqlPoolStore } from "../storage/mod.ts";
import type { Core } from "./core.ts";
import type { MarketParts } from "./market_parts.ts";

/** Pools, from the provider of the settings to what answers for them. */
export function openPools(
  core: Core,
  { outside, changes }: Pick<MarketParts, "changes"> & { readonly outside: Outside },
) {
  const { config, clock, database, log, owner } = core;
  const store = new SqlPoolStore(database, clock);
  const { provider, fetcher } = chooseProvider(core, outside);
  const isMockWanted = config.pools.provider === "mock";
  const archive = new PoolArchive({
    store,
    changes,
    clock,
    mock: isMockWanted ? "only" : "fallback",
  });
  const settings = readPoolSettings(config.pools.parameters);
  const autopilot = new AutopilotService({ archive, clock, settings });
  const leases = new SqlLeaseStore(database, clock);
  const ingestion = new PoolIngestion({
    ...{ provider, store, leases, owner, clock, log },
    audit: new SqlAuditLog(database, clock),
    timer: systemTimer,
  });
  const pools = new PoolService({ archive, settings, fetcher, intake: ingestion });
  const feed = (tell: PoolFeedDeps["tell"]) =>
    new PoolFeed({
      ...{ pools, ingestion, store, tell, clock, log },
      timer: systemTimer,
      tickMs: config.pools.tickSeconds * SECOND_MS,
    });
  return { pools, autopilot, ingestion, adminKey: config.adminKey, feed };
}

/** Serves what was imported; asks nobody. */
const FILE_PROVIDER: PoolProvider = {
  name: "file",
  targets: [],
  minFetchMs: SECOND_MS,
  fetchRaw: () => Promise.resolve([]),
  normalize: () => ({ pools: [], snapshots: [], quarantined: [] }),
};

/** The provider that was asked for, or the one that stands in for it, and why. */
function chooseProvider(
  { config, clock, database }: Core,
  { gates }: Outside,
): { readonly provider: PoolProvider; readonly fetcher: PoolFetcher } {
  const { pools, isNetworkAllowed, demo } = config;
  const wanted = pools.provider ?? "defillama";
  const limit = pools.minFetchSeconds === null
    ? {}
    : { minFetchMs: pools.minFetchSeconds * SECOND_MS };
  const chosen = (provider: PoolProvider, fallback: string | null = null) => {
    const name = provider === FILE_PROVIDER ? null : provider.name;
    return { provider, fetcher: { provider: name, wanted, fallback } };
  };
  // Nothing made up where the demo is off: only what was imported.
  const instead = (fallback: string) =>
    chosen(demo === "off" ? FILE_PROVIDER : new MockPoolProvider(), fallback);
  if (wanted === "file") return chosen(FILE_PROVIDER);
  if (wanted === "mock") return chosen(new MockPoolProvider(limit));
  if (!isNetworkAllowed) return instead("TOKENLYSIS_NETWORK is off");
  const http = gates.http(wanted);
  switch (wanted) {
    case "defillama":
      return chosen(new DefillamaPoolProvider({ http, charts: pools.charts, ...limit }));
    case "dune": {
      if (pools.duneKey === null) return instead("DUNE_API_KEY is not set");
      const { duneQueries: queries } = pools;
      if (queries.length === 0) return instead("TOKENLYSIS_DUNE_QUERIES names no query");
      const runs = new SqlPaidRunStore(database, clock);
      const deps = { http, runs, clock, timer: systemTimer, queries, ...limit };
      return chosen(new DunePoolProvider(deps));
    }
    case "flipside": {
      if (pools.flipsideKey === null) return instead("FLIPSIDE_API_KEY is not set");
      if (pools.flipsideSql === null) return instead("TOKENLYSIS_FLIPSIDE_SQL is not set");
      const { flipsideSql: sql } = pools;
      return chosen(new FlipsidePoolProvider({ http, timer: systemTimer, sql, ...limit }));
    }
  }
}
