import { createDefine } from "fresh";
import type { DataStatus } from "../components/shell/Shell.tsx";
import type { RiskService } from "../services/analytics/mod.ts";
import type { MarketService } from "../services/market/mod.ts";
import type { MarketOverview } from "../services/market/mod.ts";
import type { AutopilotService, PoolService } from "../services/defi/mod.ts";
import type { GaugeService } from "../services/onchain/mod.ts";
import type { Clock } from "../services/ports/mod.ts";
import type { ScoreService } from "../services/scores/mod.ts";
import type { OpsService } from "../services/ops/mod.ts";
import type { WatchlistService } from "../services/portfolio/mod.ts";
import type { PortfolioParts } from "./(_api)/portfolio_scope.ts";

/** What the composition root hands to every page, and what the pages' middleware adds. */
export interface State {
  readonly market: MarketService;
  readonly risk: RiskService;
  readonly scores: ScoreService;
  readonly pools: PoolService;
  readonly autopilot: AutopilotService;
  readonly gauges: GaugeService;
  readonly clock: Clock;
  /** The OpenAPI document of the data routes, as `/openapi.json` serves it. */
  readonly apiDocument: () => object;
  /** What operators see and steer. */
  readonly ops: Pick<OpsService, "read">;
  /** Portfolios with all that hangs on them, and who asks for them. */
  readonly portfolio: PortfolioParts;
  readonly watchlists: WatchlistService;
  /** Version of the product, `1.2.3`. */
  readonly version: string;
  /** Goes with the request through log and error page. */
  readonly requestId: string;
  /** What the shell says about the data; set by `routes/_middleware.ts`. */
  status: DataStatus;
}

/** The `define.*` helpers, typed for this product's pages. */
export const define = createDefine<State>();

/** What the shell shows while the state of the data is not known. */
export const UNKNOWN_STATUS: DataStatus = {
  asof: null,
  poolsAsof: null,
  isDemo: false,
  isStale: false,
};

/**
 * How the store stands as a whole: stale once no asset has anything fresher. Where there are no
 * prices, `pools` tell how far readings of pools reach.
 */
export function statusOf(
  { asof, isDemo, quotes }: MarketOverview,
  pools: readonly { readonly metrics: { readonly asof: number } }[],
): DataStatus {
  const priced = quotes.filter(({ price }) => price.value !== null);
  const isStale = priced.length > 0 && priced.every(({ freshness }) => freshness === "stale");
  const readings = pools.map(({ metrics }) => metrics.asof);
  return { asof, poolsAsof: readings.length === 0 ? null : Math.max(...readings), isDemo, isStale };
}
