import { backfillRequest, type JobSystem } from "../../jobs/mod.ts";
import type { PoolId } from "../defi/mod.ts";
import { AppError } from "../kernel/errors.ts";
import type { LiveMarket } from "../market/mod.ts";
import { type FxService, meterFx } from "../portfolio/mod.ts";
import {
  type JobsService,
  type LogLines,
  meterStreams,
  OpsService,
  seriesCoverage,
  type StreamStats,
} from "../ops/mod.ts";
import type { Outside } from "../providers/mod.ts";
import { SqlAuditLog } from "../storage/mod.ts";
import type { Core } from "./core.ts";
import type { MarketParts } from "./market_parts.ts";
import type { openPools } from "./pool_parts.ts";

interface OpsParts extends MarketParts {
  readonly outside: Outside;
  readonly jobs: JobSystem;
  readonly live: LiveMarket;
  readonly jobsService: JobsService;
  readonly fx: FxService;
  readonly poolParts: Pick<ReturnType<typeof openPools>, "pools" | "ingestion">;
  readonly logs: LogLines;
  readonly streams: () => StreamStats;
  readonly version: string;
}

/** The operator's console over all parts, and what a monitoring system hears of them. */
export function createOps(
  { config, clock, log, database, metrics }: Core,
  { registry, store, prices, board, outside, jobs, live, jobsService, ...parts }: OpsParts,
): OpsService {
  const { fx, logs, streams, version, poolParts: { pools, ingestion } } = parts;
  meterStreams(metrics, streams);
  meterFx(metrics, fx);
  return new OpsService({
    clock,
    log,
    version,
    providers: outside.gates,
    jobs: jobsService,
    feeds: () => board.feeds(),
    streams,
    coverage: async () => seriesCoverage(registry.assets, await store.listSeries()),
    held: {
      list: (page) => prices.listHeld(page),
      settle: (command) => live.settleHeld(command),
    },
    pools: {
      read: async (page) => ({ ...await ingestion.getStatus(page), ...await pools.getFetcher() }),
      settle: (key, act) => ingestion.settleHeld({ ...key, poolId: key.poolId as PoolId }, act),
    },
    fx: {
      listStatus: () => fx.listStatus(),
      useEodOnce: (currency, by) => fx.useEodOnce(currency, by),
    },
    logs,
    audit: new SqlAuditLog(database, clock),
    resolveAsset: (name) => registry.resolve(name),
    enqueueBackfill({ assetId, interval }) {
      // No process of this installation would take the job.
      if (!config.isNetworkAllowed) {
        throw new AppError("CONFLICT", "Cannot fetch candles: TOKENLYSIS_NETWORK is off");
      }
      return jobs.enqueue(backfillRequest({ asset_id: assetId, interval }));
    },
  });
}
