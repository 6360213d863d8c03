import { z } from "zod";
import {
  EXCLUSIONS,
  type PoolService,
  SCORE_METHODS,
  type SimulatedAutopilot,
} from "../../services/defi/mod.ts";
import { fingerprint } from "../../services/kernel/fingerprint.ts";
import { formatUtcMs, HOUR_MS } from "../../services/kernel/time.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { decimalNumber, EndParam, NOTHING, StartParam } from "./params.ts";
import { okJson } from "./reply.ts";
import { Epoch, Instant } from "./schemas.ts";

const Value = z.number().nullable();
const Count = z.int().nonnegative();

const Simulated = z.object({
  constraints: z.object({
    start: Instant,
    end: Instant,
    step_hours: z.number(),
    max_weight: z.number(),
    min_tvl: z.number(),
    cooldown_hours: z.number(),
    capital: z.number(),
    fee_bps: z.number(),
    gas_usd: z.number(),
    method: z.enum(SCORE_METHODS),
  }).describe("As followed: what the query left out comes from the settings"),
  summary: z.object({
    final_value: z.number(),
    realized_apy: Value,
    promised_apy: Value.describe("What the pools promised when they were bought"),
    turnover_usd: z.number(),
    cost_usd: z.number(),
    worst_month: z.object({ month: z.string(), growth: z.number() }).nullable(),
    max_drawdown: z.number(),
    idle_share: z.number().describe("Mean share in cash, which earns nothing"),
    late_readings: Count.describe("Not used, as they were learned after later ones"),
  }),
  t: z.array(Epoch),
  value: z.array(z.number()).describe("Dollars"),
  baselines: z.array(z.object({
    name: z.enum(["equal_weight", "largest_tvl", "hold"]),
    words: z.string(),
    value: z.array(z.number()).nullable(),
    apy: Value,
    reason: z.string().nullable(),
  })),
  allocations: z.array(z.object({
    t: Epoch,
    weights: z.record(z.string(), z.number()).describe("Pool to share; the rest is cash"),
  })),
  decisions: z.array(z.object({
    at: Instant.describe("Nothing learned after it was used"),
    acted_at: Instant.nullable(),
    kind: z.enum(["rebalance", "cooldown", "closed"]),
    reason: z.string(),
    targets: z.array(z.object({
      pool_id: z.string(),
      weight: z.number(),
      score: z.number(),
      rank: z.int(),
      net_apy: z.number(),
      reading_at: Instant,
    })),
    eligible: Count,
    excluded: z.partialRecord(z.enum(EXCLUSIONS), Count),
    turnover_usd: z.number(),
    cost_usd: z.number(),
  })),
  pools: z.array(
    z.object({ id: z.string(), symbol: z.string(), chain: z.string(), protocol: z.string() }),
  ),
}).meta({ id: "AutopilotSimulation" });

/** What an autopilot would have made of the pools. */
export function simulationEndpoints(
  { pools, clock }: { readonly pools: PoolService; readonly clock: Clock },
): readonly Endpoint[] {
  return [endpoint({
    path: "/api/simulations/autopilot",
    tag: "DeFi pools",
    summary: "An autopilot over the pools' past, against three ways of doing nothing",
    description: "A decision uses only readings with their time and the time at which they were " +
      "learned up to it, and is carried out at the next step. The address holds all of it: the " +
      "same address over the same readings answers the same.",
    params: NOTHING,
    query: z.object({
      start: StartParam,
      end: EndParam,
      step_hours: decimalNumber({ min: 1, max: 720 }).optional(),
      max_weight: decimalNumber({ min: 0.01, max: 1 }).optional().describe("Fraction"),
      min_tvl: decimalNumber({ min: 0, max: 1e15 }).optional().describe("Dollars"),
      cooldown_hours: decimalNumber({ min: 0, max: 8_760 }).optional(),
      capital: decimalNumber({ min: 1, max: 1e12 }).optional().describe("Dollars"),
      fee_bps: decimalNumber({ min: 0, max: 1_000 }).optional(),
      gas_usd: decimalNumber({ min: 0, max: 10_000 }).optional().describe("Of each trade"),
      method: z.enum(SCORE_METHODS).optional().describe("What pools are ranked by"),
    }),
    response: Simulated,
    async handle({ query }) {
      const found = await pools.simulate({
        start: query.start,
        end: query.end,
        stepHours: query.step_hours,
        maxWeight: query.max_weight,
        minTvlUsd: query.min_tvl,
        cooldownHours: query.cooldown_hours,
        capitalUsd: query.capital,
        feeBps: query.fee_bps,
        gasUsd: query.gas_usd,
        method: query.method,
      });
      const text = JSON.stringify(simulationToWire(found));
      return okJson(text, { now: clock.now(), version: fingerprint(text).toString(36) });
    },
  })];
}

/** A simulation as the API and the script tell it. */
export function simulationToWire(
  { constraints, simulation, pools }: SimulatedAutopilot,
): z.output<typeof Simulated> {
  return {
    constraints: {
      start: formatUtcMs(constraints.start),
      end: formatUtcMs(constraints.end),
      step_hours: constraints.stepMs / HOUR_MS,
      max_weight: constraints.maxWeight,
      min_tvl: constraints.minTvlUsd,
      cooldown_hours: constraints.cooldownMs / HOUR_MS,
      capital: constraints.capitalUsd,
      fee_bps: constraints.feeBps,
      gas_usd: constraints.gasUsd,
      method: constraints.method,
    },
    summary: {
      final_value: simulation.valuesUsd.at(-1) ?? constraints.capitalUsd,
      realized_apy: simulation.realizedApy,
      promised_apy: simulation.promisedApy,
      turnover_usd: simulation.turnoverUsd,
      cost_usd: simulation.costUsd,
      worst_month: simulation.worstMonth,
      max_drawdown: simulation.maxDrawdown,
      idle_share: simulation.idleShare,
      late_readings: simulation.lateReadings,
    },
    t: [...simulation.times],
    value: [...simulation.valuesUsd],
    baselines: simulation.baselines.map(({ valuesUsd, ...baseline }) => ({
      ...baseline,
      value: valuesUsd && [...valuesUsd],
    })),
    allocations: simulation.allocations.map(({ at, weights }) => ({
      t: at,
      weights: Object.fromEntries(weights.map(({ poolId, weight }) => [poolId, weight])),
    })),
    decisions: simulation.decisions.map((decision) => ({
      at: formatUtcMs(decision.at),
      acted_at: decision.actedAt === null ? null : formatUtcMs(decision.actedAt),
      kind: decision.kind,
      reason: decision.reason,
      targets: decision.targets.map(({ poolId, netApy, readingAt, ...target }) => ({
        pool_id: poolId,
        ...target,
        net_apy: netApy,
        reading_at: formatUtcMs(readingAt),
      })),
      eligible: decision.eligible,
      excluded: decision.excluded,
      turnover_usd: decision.turnoverUsd,
      cost_usd: decision.costUsd,
    })),
    pools: pools.map(({ id, symbol, chain, protocol }) => ({ id, symbol, chain, protocol })),
  };
}
