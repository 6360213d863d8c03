import { DAY_MS, HOUR_MS } from "@/services/kernel/time.ts";
import type { SimulatedAutopilot } from "@/services/defi/autopilot/autopilot_service.ts";
import { MAX_STEPS } from "@/services/defi/autopilot/simulate.ts";
import type { AutopilotConstraints } from "@/services/defi/autopilot/simulation.ts";
import type { StoredSnapshot } from "@/services/defi/pool.ts";
import { type PoolHistory, poolHistory } from "@/services/defi/pool_history.ts";
import { DEFAULT_POOL_SETTINGS } from "@/services/defi/pool_settings.ts";
import { SAMPLE_START, sampleDay, sampleDays, samplePool } from "../pool_sample.ts";
import { simulateAutopilot } from "./whole_simulation.ts";

/** A year of one pool in a market of many: yields that wander, each pool in its own way. */
export function wanderingPool(index: number, days: number): PoolHistory {
  const pool = samplePool({
    poolAddress: `0x${index.toString(16)}`,
    symbol: `T${index}`,
    since: sampleDay(-400),
  });
  const rows = Array.from({ length: days }, (_, day) => ({
    supplyApy: 0.03 + 0.02 * Math.sin(day / (9 + index % 31) + index) + (index % 13) / 500,
    utilization: 0.6 + 0.2 * Math.sin(day / 17 + index),
    tvlUsd: 1e6 * (1 + index % 97) * (1 + 0.2 * Math.cos(day / 40)),
  }));
  return poolHistory(pool, sampleDays(rows, pool));
}

/** A pool with one reading a day, as each entry says. */
export function dailyPool(
  address: string,
  days: readonly Partial<StoredSnapshot>[],
): PoolHistory {
  const pool = samplePool({ poolAddress: address, symbol: address, since: sampleDay(-400) });
  return poolHistory(pool, sampleDays(days, pool));
}

/** Ten days of the plainest rules: one pool takes all, nothing costs anything. */
export function sampleConstraints(
  given: Partial<AutopilotConstraints> = {},
): AutopilotConstraints {
  return {
    start: SAMPLE_START,
    end: sampleDay(10),
    stepMs: DAY_MS,
    maxWeight: 1,
    minTvlUsd: 0,
    cooldownMs: 0,
    capitalUsd: 1_000,
    feeBps: 0,
    gasUsd: 0,
    keepFactor: 1,
    vanishMs: 3 * DAY_MS,
    vanishPenalty: 0.1,
    method: "v0",
    settings: DEFAULT_POOL_SETTINGS,
    ...given,
  };
}

/** A simulation of one steady pool, or of others, with all that goes with it. */
export function sampleSimulated(
  given: Partial<AutopilotConstraints> = {},
  pools: readonly PoolHistory[] = [steadyPool()],
): SimulatedAutopilot {
  const constraints = sampleConstraints(given);
  return {
    constraints,
    scope: { assets: undefined, chains: undefined, protocols: undefined },
    poolsKept: pools.length,
    isEndMoved: false,
    sources: [{ name: "sample", pools: pools.length }],
    simulation: simulateAutopilot(pools, constraints),
    pools: pools.map(({ pool }) => pool),
  };
}

function steadyPool(): PoolHistory {
  return dailyPool(
    "steady",
    Array.from({ length: 12 }, (_, day) => ({ updatedAt: sampleDay(day) })),
  );
}

/** More steps than a simulation takes. */
export const TOO_MANY_HOURS = (MAX_STEPS + 1) * HOUR_MS;
