import { z } from "zod";
import {
  type Decision,
  DECISION_KINDS,
  EXCLUSIONS,
  SCORE_METHODS,
  type SimulatedAutopilot,
} from "../../services/defi/mod.ts";
import { DAY_MS, formatUtcMs, HOUR_MS, type UtcMs } from "../../services/kernel/time.ts";
import { Epoch, Instant } from "./schemas.ts";

const Value = z.number().nullable();
const Count = z.int().nonnegative();
const Names = z.array(z.string()).nullable().describe("null where all were to choose among");

const Constraints = z.object({
  start: Instant,
  end: Instant,
  step_hours: z.number(),
  max_weight: z.number(),
  min_tvl: z.number(),
  cooldown_hours: z.number(),
  capital: z.number(),
  fee_bps: z.number(),
  gas_usd: z.number(),
  keep_factor: z.number(),
  vanish_days: z.number(),
  vanish_penalty: z.number(),
  method: z.enum(SCORE_METHODS),
  assets: Names,
  chain: Names,
  protocol: Names,
}).describe("As followed: what the query left out comes from the settings");

const Summary = z.object({
  final_value: z.number(),
  gain: z.number().describe("Dollars"),
  return: z.number().describe("Gain over capital"),
  realized_apy: Value,
  promised_apy: Value.describe("What the pools promised when they were bought"),
  turnover_usd: z.number(),
  cost_usd: z.number().describe("Fees, gas and penalties"),
  gain_parts: z.object({
    promised_usd: z.number(),
    drift_usd: z.number().describe("What pools paid beyond their promise"),
    fees_usd: z.number(),
    gas_usd: z.number(),
    penalties_usd: z.number(),
  }).describe("gain = promised + drift - fees - gas - penalties"),
  worst_month: z.object({ month: z.string(), growth: z.number() }).nullable(),
  max_drawdown: z.number(),
  idle_share: z.number().describe("Mean share in cash, which earns nothing"),
  late_readings: Count.describe("Not used, as they were learned after later ones"),
});

const Data = z.object({
  sources: z.array(z.object({ name: z.string(), pools: Count }))
    .describe("With a reading in the range, and how many pools each read"),
  pools: Count.describe("To choose among"),
  pools_kept: Count,
  pools_read: Count.describe("With a reading in the range"),
  readings: Count,
  stale_readings: Count,
  unseen_readings: Count.describe("Known only after the range: no decision could see them"),
  late_readings: Count,
  first: Instant.nullable(),
  asof: Instant.nullable(),
  end_moved: z.boolean().describe("Whether the end asked for was after the newest reading"),
}).describe("The readings that it stands on");

const LookShape = z.object({
  at: Instant,
  eligible: Count,
  excluded: z.partialRecord(z.enum(EXCLUSIONS), Count),
}).describe("What could be had at the last step that could decide, and why the others could not");

const Seen = {
  pool_id: z.string(),
  source: z.string().nullable().describe("The source that was the one to go by then"),
  reading_at: Instant.nullable(),
  known_at: Instant.nullable()
    .describe("When the reading was ingested, or confirmed where it was held"),
};

const DecisionShape = z.object({
  at: Instant.describe("Nothing learned after it was used"),
  acted_at: Instant.nullable(),
  kind: z.enum(DECISION_KINDS),
  reason: z.string(),
  targets: z.array(z.object({
    ...Seen,
    weight: z.number().describe("Of the value after costs"),
    new: z.boolean(),
    score: z.number(),
    rank: z.int(),
    net_apy: z.number(),
  })),
  departures: z.array(z.object({
    ...Seen,
    exclusion: z.enum(EXCLUSIONS).nullable().describe("null where others had overtaken it"),
    rank: z.int().nullable(),
    score: Value,
  })),
  eligible: Count,
  keep_rank: Count.describe("A held pool stays up to this rank"),
  excluded: z.partialRecord(z.enum(EXCLUSIONS), Count),
  turnover_usd: z.number(),
  cost_usd: z.number(),
  fee_usd: z.number(),
  gas_usd: z.number(),
  penalty_usd: z.number(),
});

/** What the API and the script answer. */
export const Simulated = z.object({
  constraints: Constraints,
  summary: Summary,
  data: Data,
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
  })).describe("After each change of the portfolio"),
  decisions: z.array(DecisionShape),
  last_look: LookShape,
  pools: z.array(z.object({
    id: z.string(),
    symbol: z.string(),
    chain: z.string(),
    protocol: z.string(),
  })),
}).meta({ id: "AutopilotSimulation" });

type SimulatedWire = z.output<typeof Simulated>;

/** A simulation as the API and the script tell it. */
export function simulationToWire(found: SimulatedAutopilot): SimulatedWire {
  const { simulation, pools } = found;
  return {
    constraints: constraintsToWire(found),
    summary: summaryToWire(found),
    data: dataToWire(found),
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
    decisions: simulation.decisions.map(decisionToWire),
    last_look: { ...simulation.lastLook, at: formatUtcMs(simulation.lastLook.at) },
    pools: pools.map(({ id, symbol, chain, protocol }) => ({ id, symbol, chain, protocol })),
  };
}

function constraintsToWire(
  { constraints, scope }: SimulatedAutopilot,
): SimulatedWire["constraints"] {
  return {
    start: formatUtcMs(constraints.start),
    end: formatUtcMs(constraints.end),
    step_hours: constraints.stepMs / HOUR_MS,
    max_weight: constraints.maxWeight,
    min_tvl: constraints.minTvlUsd,
    cooldown_hours: constraints.cooldownMs / HOUR_MS,
    capital: constraints.capitalUsd,
    fee_bps: constraints.feeBps,
    gas_usd: constraints.gasUsd,
    keep_factor: constraints.keepFactor,
    vanish_days: constraints.vanishMs / DAY_MS,
    vanish_penalty: constraints.vanishPenalty,
    method: constraints.method,
    assets: scope.assets ? [...scope.assets] : null,
    chain: scope.chains ? [...scope.chains] : null,
    protocol: scope.protocols ? [...scope.protocols] : null,
  };
}

function summaryToWire({ constraints, simulation }: SimulatedAutopilot): SimulatedWire["summary"] {
  const { capitalUsd } = constraints;
  const finalUsd = simulation.valuesUsd.at(-1) ?? capitalUsd;
  const { gain } = simulation;
  return {
    final_value: finalUsd,
    gain: finalUsd - capitalUsd,
    return: finalUsd / capitalUsd - 1,
    realized_apy: simulation.realizedApy,
    promised_apy: simulation.promisedApy,
    turnover_usd: simulation.turnoverUsd,
    cost_usd: simulation.costUsd,
    gain_parts: {
      promised_usd: gain.promisedUsd,
      drift_usd: gain.driftUsd,
      fees_usd: gain.feesUsd,
      gas_usd: gain.gasUsd,
      penalties_usd: gain.penaltiesUsd,
    },
    worst_month: simulation.worstMonth,
    max_drawdown: simulation.maxDrawdown,
    idle_share: simulation.idleShare,
    late_readings: simulation.data.lateReadings,
  };
}

function dataToWire(
  { simulation: { data }, sources, poolsKept, isEndMoved }: SimulatedAutopilot,
): SimulatedWire["data"] {
  return {
    sources: sources.map((source) => ({ ...source })),
    pools: data.pools,
    pools_kept: poolsKept,
    pools_read: data.poolsRead,
    readings: data.readings,
    stale_readings: data.staleReadings,
    unseen_readings: data.unseenReadings,
    late_readings: data.lateReadings,
    first: instantOrNull(data.firstAt),
    asof: instantOrNull(data.lastAt),
    end_moved: isEndMoved,
  };
}

/** A decision as the API tells it. */
export function decisionToWire(decision: Decision): SimulatedWire["decisions"][number] {
  const seen = (one: Decision["departures"][number] | Decision["targets"][number]) => ({
    pool_id: one.poolId,
    source: one.source,
    reading_at: instantOrNull(one.readingAt),
    known_at: instantOrNull(one.knownAt),
  });
  return {
    at: formatUtcMs(decision.at),
    acted_at: instantOrNull(decision.actedAt),
    kind: decision.kind,
    reason: decision.reason,
    targets: decision.targets.map((target) => ({
      ...seen(target),
      weight: target.weight,
      new: target.isNew,
      score: target.score,
      rank: target.rank,
      net_apy: target.netApy,
    })),
    departures: decision.departures.map((departure) => ({
      ...seen(departure),
      exclusion: departure.exclusion,
      rank: departure.rank,
      score: departure.score,
    })),
    eligible: decision.eligible,
    keep_rank: decision.keepRank,
    excluded: decision.excluded,
    turnover_usd: decision.turnoverUsd,
    cost_usd: costOf(decision),
    fee_usd: decision.feeUsd,
    gas_usd: decision.gasUsd,
    penalty_usd: decision.penaltyUsd,
  };
}

/** Dollars that a decision took: fees, gas and penalty. */
export function costOf({ feeUsd, gasUsd, penaltyUsd }: Decision): number {
  return feeUsd + gasUsd + penaltyUsd;
}

function instantOrNull(at: UtcMs | null): string | null {
  return at === null ? null : formatUtcMs(at);
}
