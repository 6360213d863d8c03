import { z } from "zod";
import {
  MAX_COMPARED_ASSETS,
  MAX_MATRIX_ASSETS,
  MAX_ROLLING_BARS,
  MIN_COMMON_POINTS,
} from "../../services/analytics/mod.ts";
import {
  Comparison,
  comparisonToWire,
  Correlation,
  CorrelationMatrix,
  correlationToWire,
  matrixToWire,
  RollingCorrelation,
  rollingToWire,
} from "./correlation_wire.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AssetName, NOTHING, PeriodParam, requiredInstant, wholeNumber } from "./params.ts";
import { ok } from "./reply.ts";
import { coinsOf, type RiskDeps, SCOPE_SHAPE } from "./risk.ts";
import { versionOf } from "./risk_wire.ts";

const tag = "Analytics";

const PAIR_SHAPE = { coin_1: AssetName, coin_2: AssetName, period: PeriodParam.default("90d") };

const PAIRING = "Pearson's r of the log returns of bars present in both, with n and the 95 % " +
  `interval; null below ${MIN_COMMON_POINTS} common returns. Never on price levels.`;

export function correlationEndpoints(deps: RiskDeps): readonly Endpoint[] {
  return [pair(deps), rolling(deps), matrix(deps), comparison(deps)];
}

function pair({ risk, clock }: RiskDeps): Endpoint {
  return endpoint({
    path: "/api/analytics/correlation",
    tag,
    summary: "How closely two assets moved together over a period",
    description: PAIRING,
    params: NOTHING,
    query: z.object({ ...PAIR_SHAPE, ...SCOPE_SHAPE }),
    response: Correlation,
    refusals: [404, 409],
    async handle({ query: { coin_1, coin_2, ...query } }) {
      const report = await risk.getCorrelation([coin_1, coin_2], query);
      return ok(correlationToWire(report), { now: clock.now(), version: versionOf(report) });
    },
  });
}

function rolling({ risk, clock }: RiskDeps): Endpoint {
  return endpoint({
    path: "/api/analytics/correlation/rolling",
    tag,
    summary: "The correlation of two assets over a window that rolls through a period",
    description: PAIRING,
    params: NOTHING,
    query: z.object({
      ...PAIR_SHAPE,
      window: wholeNumber({ min: MIN_COMMON_POINTS, max: MAX_ROLLING_BARS, fallback: 30 })
        .describe("Bars in each window"),
      ...SCOPE_SHAPE,
    }),
    response: RollingCorrelation,
    refusals: [404, 409],
    async handle({ query: { coin_1, coin_2, ...query } }) {
      const report = await risk.getRollingCorrelation([coin_1, coin_2], query);
      return ok(rollingToWire(report), { now: clock.now(), version: versionOf(report) });
    },
  });
}

function matrix({ risk, clock }: RiskDeps): Endpoint {
  return endpoint({
    path: "/api/analytics/correlation/matrix",
    tag,
    summary: "The correlation of every two of several assets",
    description: `${PAIRING} Each cell stands on the bars that its own two assets share.`,
    params: NOTHING,
    query: z.object({
      coins: coinsOf(MAX_MATRIX_ASSETS),
      period: PeriodParam.default("90d"),
      ...SCOPE_SHAPE,
    }),
    response: CorrelationMatrix,
    refusals: [404, 409],
    async handle({ query: { coins, ...query } }) {
      const report = await risk.getCorrelationMatrix(coins, query);
      return ok(matrixToWire(report), { now: clock.now(), version: versionOf(report) });
    },
  });
}

function comparison({ risk, clock }: RiskDeps): Endpoint {
  return endpoint({
    path: "/api/analytics/compare",
    tag,
    summary: "How several assets went since a chosen start",
    description: "Each line is the change since the close of the bar that holds the start. One " +
      "that was listed later begins at 0 with its own first bar, which base_at tells.",
    params: NOTHING,
    query: z.object({
      coins: coinsOf(MAX_COMPARED_ASSETS),
      start: requiredInstant("start").meta({
        description: "ISO 8601 or epoch ms",
        examples: ["2021-01-01"],
      }),
      ...SCOPE_SHAPE,
    }),
    response: Comparison,
    refusals: [404, 409],
    async handle({ query: { coins, ...query } }) {
      const report = await risk.compare(coins, query);
      return ok(comparisonToWire(report), { now: clock.now(), version: versionOf(report) });
    },
  });
}
