import type {
  AssetId,
  Backfill,
  CandleHealer,
  DemoMarket,
  LivePriceStore,
} from "../services/market/mod.ts";
import type {
  ImportDesk,
  LedgerService,
  PortfolioService,
  SnapshotKeeper,
} from "../services/portfolio/mod.ts";
import type { GaugeService } from "../services/onchain/mod.ts";
import type { Bus } from "../services/ports/bus.ts";
import type { JobStore } from "../services/ports/jobs.ts";
import type { Clock } from "../services/ports/mod.ts";
import type { RawAnswerStore } from "../services/ports/provider_records.ts";
import type { ScoreService } from "../services/scores/mod.ts";
import { advancePortfolios } from "./advance_portfolios.ts";
import { backfillCandles } from "./backfill_candles.ts";
import { fetchFxRates, type FetchFxRatesDeps } from "./fetch_fx_rates.ts";
import { fetchSpotPrices, type SpotSource } from "./fetch_spot_prices.ts";
import { fetchGauges } from "./fetch_gauges.ts";
import { healCandles } from "./heal_candles.ts";
import { importLedger } from "./import_ledger.ts";
import { keepGoodNavs, type KeepGoodNavsDeps } from "./keep_good_navs.ts";
import type { Job } from "./job.ts";
import { measureHonesty } from "./measure_honesty.ts";
import { pruneGauges } from "./prune_gauges.ts";
import { pruneJobs } from "./prune_jobs.ts";
import { pruneRawAnswers } from "./prune_raw_answers.ts";
import { pruneRemovedRows } from "./prune_removed_rows.ts";
import { purgePortfolios } from "./purge_portfolios.ts";
import { recalculateScores } from "./recalculate_scores.ts";
import { rebuildPortfolio } from "./rebuild_portfolio.ts";
import { refreshDemo } from "./refresh_demo.ts";
import { sweepImports } from "./sweep_imports.ts";

export { type BackfillPayload, backfillRequest } from "./backfill_candles.ts";
export { defineCrons } from "./cron.ts";
export { healRequest } from "./heal_candles.ts";
export { importRequest } from "./import_ledger.ts";
export type { Job } from "./job.ts";
export { rebuildPortfolioRequest } from "./rebuild_portfolio.ts";
export { recalculateRequest } from "./recalculate_scores.ts";
export { JobSystem, type JobSystemDeps, type JobSystemStatus } from "./job_system.ts";

export interface JobDeps {
  readonly demo: DemoMarket;
  readonly store: JobStore;
  readonly raw: RawAnswerStore;
  readonly clock: Clock;
  readonly scores: ScoreService;
  readonly bus: Bus;
  /** Imports what was uploaded. */
  readonly desk: Pick<ImportDesk, "run">;
  readonly portfolios: Pick<PortfolioService, "purge">;
  readonly ledger: Pick<LedgerService, "pruneRemoved" | "sweepImports">;
  /** Lets other work run in the middle of a job. */
  readonly rest: () => Promise<void>;
  /** Values portfolios through time. */
  readonly snapshots: Pick<SnapshotKeeper, "run" | "advance">;
  readonly navs: KeepGoodNavsDeps;
  readonly gauges: Pick<GaugeService, "readAll" | "prune">;
  /** `null` where nothing outside may be called. */
  readonly outside: OutsideJobDeps | null;
}

export interface OutsideJobDeps {
  readonly healer: CandleHealer;
  readonly backfill: Backfill;
  readonly source: SpotSource;
  readonly assetIds: readonly AssetId[];
  readonly prices: LivePriceStore;
  readonly bus: Bus;
  readonly fx: FetchFxRatesDeps;
}

/** Every job of the product. */
export function createJobs({ outside, ...deps }: JobDeps): readonly Job[] {
  const inside = [
    refreshDemo(deps),
    pruneJobs(deps),
    pruneGauges(deps),
    pruneRawAnswers(deps),
    pruneRemovedRows(deps),
    purgePortfolios(deps),
    recalculateScores(deps),
    measureHonesty(deps),
    importLedger(deps),
    sweepImports(deps),
    rebuildPortfolio(deps),
    advancePortfolios(deps),
    keepGoodNavs(deps.navs),
  ];
  if (outside === null) return inside;
  return [
    ...inside,
    healCandles(outside),
    backfillCandles(outside),
    fetchSpotPrices(outside),
    fetchGauges(deps),
    fetchFxRates(outside.fx),
  ];
}
