import { z } from "zod";
import {
  type AnalyticsService,
  DEFAULT_BENCHMARK,
  getAssetMetrics,
  MAX_MATRIX_ASSETS,
  type RiskService,
} from "../../services/analytics/mod.ts";
import { INTERVALS } from "../../services/market/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AsofParam, AssetName, commaList, NOTHING, PeriodParam, SourceParam } from "./params.ts";
import { bare, ok } from "./reply.ts";
import {
  AssetMetrics,
  DrawdownCurve,
  drawdownToWire,
  metricsToWire,
  Risk,
  riskToWire,
  versionOf,
  Volatility,
  volatilityToWire,
} from "./risk_wire.ts";

const tag = "Analytics";
const CoinParams = z.object({ coin_id: AssetName });

/** The query of every route that measures a period. */
export const SCOPE_SHAPE = {
  interval: z.enum(INTERVALS).optional().describe(
    "Length of a bar. Without it hours below 30 days, where there are any, and days from there on",
  ),
  asof: AsofParam,
  source: SourceParam,
};

const RISK_SHAPE = {
  period: PeriodParam.default("1y"),
  benchmark: AssetName.default(DEFAULT_BENCHMARK).describe("Asset that beta is measured against"),
  risk_free: yearlyRate("Return of an investment without risk, for the Sharpe ratio"),
  required_return: yearlyRate("Return below which a bar counts as bad, for the Sortino ratio"),
  ...SCOPE_SHAPE,
};

const GAPS =
  "A missing bar is a gap: neither it nor its neighbour's return is filled in, and the " +
  "coverage says so. The first bar's return is against the close before the window.";

export interface RiskDeps {
  readonly analytics: AnalyticsService;
  readonly risk: RiskService;
  readonly clock: Clock;
}

export function riskEndpoints(deps: RiskDeps): readonly Endpoint[] {
  return [volatility(deps), riskOfOne(deps), riskOfSeveral(deps), drawdown(deps), metrics(deps)];
}

function volatility({ risk, clock }: RiskDeps): Endpoint {
  return endpoint({
    path: "/api/analytics/volatility/{coin_id}",
    tag,
    summary: "How far an asset's price swings over a period",
    description:
      `Two measures that share no unit: the deviation of prices and that of returns. ${GAPS}`,
    params: CoinParams,
    query: z.object({ period: PeriodParam.default("30d"), ...SCOPE_SHAPE }),
    response: Volatility,
    refusals: [404, 409],
    async handle({ params, query }) {
      const report = await risk.getVolatility(params.coin_id, query);
      return ok(volatilityToWire(report), { now: clock.now(), version: versionOf(report) });
    },
  });
}

function riskOfOne({ risk, clock }: RiskDeps): Endpoint {
  return endpoint({
    path: "/api/analytics/risk/{coin_id}",
    tag,
    summary: "Return, deviation, drawdown, tail losses and beta of an asset over a period",
    description: `Fractions; a year has 365 days. ${GAPS}`,
    params: CoinParams,
    query: z.object(RISK_SHAPE),
    response: Risk,
    refusals: [404, 409],
    async handle({ params, query: { risk_free, required_return, ...query } }) {
      const rates = { riskFree: risk_free, requiredReturn: required_return };
      const report = await risk.getRisk(params.coin_id, { ...query, ...rates });
      return ok(riskToWire(report), { now: clock.now(), version: versionOf(report) });
    },
  });
}

function riskOfSeveral({ risk, clock }: RiskDeps): Endpoint {
  return endpoint({
    path: "/api/analytics/risk",
    tag,
    summary: "The same of several assets, in the order asked, each up to its own newest bar",
    params: NOTHING,
    query: z.object({ coins: coinsOf(MAX_MATRIX_ASSETS), ...RISK_SHAPE }),
    response: z.array(Risk),
    refusals: [404, 409],
    async handle({ query: { coins, risk_free, required_return, ...query } }) {
      const rates = { riskFree: risk_free, requiredReturn: required_return };
      const reports = await risk.listRisk(coins, { ...query, ...rates });
      const version = reports.map(versionOf).join("-");
      return ok(reports.map(riskToWire), { now: clock.now(), version });
    },
  });
}

function drawdown({ risk, clock }: RiskDeps): Endpoint {
  return endpoint({
    path: "/api/analytics/drawdown/{coin_id}",
    tag,
    summary: "How far an asset stood below its highest close so far, bar by bar",
    description: `The first point is the close before the window. ${GAPS}`,
    params: CoinParams,
    query: z.object({ period: PeriodParam.default("1y"), ...SCOPE_SHAPE }),
    response: DrawdownCurve,
    refusals: [404, 409],
    async handle({ params, query }) {
      const report = await risk.getDrawdown(params.coin_id, query);
      return ok(drawdownToWire(report), { now: clock.now(), version: versionOf(report) });
    },
  });
}

function metrics({ analytics, risk }: RiskDeps): Endpoint {
  return endpoint({
    path: "/assets/{asset_id}/metrics",
    tag: "Assets",
    summary: "Risk, momentum and the caller's share of an asset",
    description: `RSI and MACD are those of the newest bar, on the risk's own bars. ${GAPS}`,
    params: z.object({ asset_id: AssetName }),
    query: z.object(RISK_SHAPE),
    response: AssetMetrics,
    isBare: true,
    refusals: [404, 409],
    async handle({ params, query: { risk_free, required_return, ...query } }) {
      const rates = { riskFree: risk_free, requiredReturn: required_return };
      const found = await getAssetMetrics({ analytics, risk }, params.asset_id, {
        ...query,
        ...rates,
      });
      return bare(JSON.stringify(metricsToWire(found)), { version: versionOf(found.risk) });
    },
  });
}

/** The list of assets of a route that takes several. */
export function coinsOf(max: number) {
  return commaList({ max, of: "coins" }).meta({
    description: `1 to ${max} assets, separated by commas`,
    examples: ["bitcoin,ethereum,solana"],
  });
}

/** A fraction a year from -1 to 10. */
function yearlyRate(description: string) {
  return z.string().regex(/^-?\d{1,2}(\.\d{1,12})?$/, "Expected a fraction such as 0.04")
    .transform(Number)
    .pipe(z.number().min(-1).max(10))
    .meta({
      description: `${description}: a fraction a year, spread evenly over its bars`,
      wire: { type: "number", minimum: -1, maximum: 10, default: 0 },
    })
    .default(0);
}
