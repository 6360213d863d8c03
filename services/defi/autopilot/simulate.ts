import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { PoolHistory } from "../pool_history.ts";
import { Autopilot } from "./autopilot.ts";
import { baselinesOf } from "./baselines.ts";
import { annualized, maxDrawdown, worstMonth } from "./outcome.ts";
import { PoolSight } from "./pool_sight.ts";
import type { AutopilotConstraints, Simulation } from "./simulation.ts";

/** Steps of one simulation: more than ten years by day. */
export const MAX_STEPS = 4_000;

/**
 * What an autopilot would have made of the pools. At each step it sees only readings with both
 * their time and the time at which they were learned up to then, and what it decides is carried out
 * at the next step. Cash earns nothing; a pool without readings is closed at its last value less a
 * penalty. Throws `RangeError` for a range that is empty or too long.
 */
export function simulateAutopilot(
  histories: readonly PoolHistory[],
  constraints: AutopilotConstraints,
): Simulation {
  const times = stepsOf(constraints);
  const sights = histories.map((history, index) => new PoolSight(history, index));
  const autopilot = new Autopilot(sights, constraints);
  const valuesUsd: number[] = [];
  for (const [step, at] of times.entries()) {
    autopilot.step(at, { before: times[step - 1] ?? null, next: times[step + 1] ?? null });
    valuesUsd.push(autopilot.valueUsd);
  }
  const { allocations, decisions, turnoverUsd, costUsd, promisedApy, idleShare } = autopilot
    .report();
  const first = autopilot.firstChoice(times);
  return {
    times,
    valuesUsd,
    allocations,
    decisions,
    baselines: baselinesOf(first, { times, sights, constraints }),
    realizedApy: annualized(times, valuesUsd),
    promisedApy,
    turnoverUsd,
    costUsd,
    worstMonth: worstMonth(times, valuesUsd),
    maxDrawdown: maxDrawdown(valuesUsd),
    idleShare,
    lateReadings: sights.reduce((sum, { lateReadings }) => sum + lateReadings, 0),
  };
}

function stepsOf(
  { start, end, stepMs }: Pick<AutopilotConstraints, "start" | "end" | "stepMs">,
): readonly UtcMs[] {
  const steps = Math.floor((end - start) / stepMs) + 1;
  if (!(steps >= 2 && steps <= MAX_STEPS)) {
    throw new RangeError(`Cannot simulate ${steps} steps: expected 2 to ${MAX_STEPS}`);
  }
  return Array.from({ length: steps }, (_, step) => utcMsOf(start + step * stepMs));
}
