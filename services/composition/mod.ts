export type { Core } from "./core.ts";
export { type MarketParts, openMarket } from "./market_parts.ts";
export { createOps } from "./ops_parts.ts";
export { openOutside } from "./outside_parts.ts";
export { openPortfolio, type PortfolioParts } from "./portfolio_parts.ts";
export { openGauges } from "./gauge_parts.ts";
export { openPools } from "./pool_parts.ts";
export { enqueueRecalculation, openScores, recalculateOnClose } from "./score_parts.ts";
export { createLive, openJobs } from "./work_parts.ts";
