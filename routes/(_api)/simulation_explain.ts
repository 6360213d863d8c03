import { z } from "zod";
import {
  type DecisionEvidence,
  explainSimulation,
  SIMULATION_FIGURES,
} from "../../services/defi/mod.ts";
import { formatUtcMs } from "../../services/kernel/time.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { Part, partToWire } from "./pools_wire.ts";
import { ok } from "./reply.ts";
import { Instant } from "./schemas.ts";
import { SIMULATION_QUERY, simulationQuery } from "./simulation_query.ts";
import { decisionToWire, Simulated } from "./simulation_wire.ts";
import type { SimulationDeps } from "./simulations.ts";

const tag = "DeFi pools";
const query = SIMULATION_QUERY;
const Value = z.number().nullable();

const Figure = z.object({
  figure: z.enum(SIMULATION_FIGURES),
  label: z.string(),
  value: Value,
  unit: z.string(),
  reason: z.string().nullable().describe("Why there is no value"),
  words: z.string(),
  formula: z.string(),
  inputs: z.array(z.object({
    name: z.string(),
    value: Value,
    unit: z.string(),
    note: z.string().nullable(),
  })),
  rounding: z.string(),
}).meta({ id: "SimulationExplanation" });

const Seen = z.object({
  pool_id: z.string(),
  symbol: z.string(),
  chain: z.string(),
  source: z.string().nullable(),
  role: z.enum(["enter", "keep", "leave", "pass"]),
  rank: z.int().nullable(),
  reading_at: Instant.nullable(),
  known_at: Instant.nullable(),
  supply_apy: Value,
  incentive_apy: Value,
  utilization: Value,
  tvl_usd: Value,
  is_stale: z.boolean().nullable(),
  score: Value,
  coverage: Value,
  parts: z.array(Part),
});

const Evidence = z.object({
  decision: Simulated.shape.decisions.element,
  seen: z.array(Seen).describe("Named by the decision, and the best of those passed by"),
}).meta({ id: "DecisionEvidence" });

/** Figures and decisions of a simulation taken apart. */
export function simulationExplainEndpoints(
  { autopilot, clock }: SimulationDeps,
): readonly Endpoint[] {
  const path = "/api/simulations/autopilot/explain";
  return [
    endpoint({
      path: `${path}/decision/{number}`,
      tag,
      summary: "The rows that a decision stands on, each measured again from what was known",
      params: z.object({
        number: z.string().regex(/^[1-9]\d{0,5}$/, "Expected a number from 1").transform(Number)
          .meta({ wire: { type: "integer", minimum: 1 } }),
      }),
      query,
      response: Evidence,
      refusals: [404, 409, 503],
      async handle({ params: { number }, query }) {
        const found = await autopilot.simulate(simulationQuery(query));
        const evidence = await autopilot.explainDecision(found, number);
        return ok(evidenceToWire(evidence), { now: clock.now() });
      },
    }),
    endpoint({
      path: `${path}/{figure}`,
      tag,
      summary: "A figure of a simulation taken apart: words, formula, inputs",
      params: z.object({ figure: z.string().min(1).max(40) }),
      query,
      response: Figure,
      refusals: [404, 409, 503],
      async handle({ params: { figure }, query }) {
        const found = await autopilot.simulate(simulationQuery(query));
        const { inputs, ...told } = explainSimulation(figure, found);
        return ok({ ...told, inputs: [...inputs] }, { now: clock.now() });
      },
    }),
  ];
}

function evidenceToWire({ decision, seen }: DecisionEvidence): z.output<typeof Evidence> {
  return {
    decision: decisionToWire(decision),
    seen: seen.map(({ pool, source, role, rank, readingAt, knownAt, metrics, score }) => ({
      ...{ pool_id: pool.id, symbol: pool.symbol, chain: pool.chain, source, role, rank },
      reading_at: readingAt === null ? null : formatUtcMs(readingAt),
      known_at: knownAt === null ? null : formatUtcMs(knownAt),
      supply_apy: metrics?.supplyApy ?? null,
      incentive_apy: metrics?.incentiveApy ?? null,
      utilization: metrics?.utilization ?? null,
      tvl_usd: metrics?.tvlUsd ?? null,
      is_stale: metrics?.isStale ?? null,
      score: score?.score ?? null,
      coverage: score?.coverage ?? null,
      parts: score?.parts.map(partToWire) ?? [],
    })),
  };
}
