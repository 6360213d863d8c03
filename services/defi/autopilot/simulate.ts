import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { SourcePast } from "../pool_sources.ts";
import { Autopilot } from "./autopilot.ts";
import { baselinesOf } from "./baselines.ts";
import { annualized, maxDrawdown, worstMonth } from "./outcome.ts";
import { PoolSight } from "./pool_sight.ts";
import type { AutopilotConstraints, DataUsed, Simulation } from "./simulation.ts";
import { stepsAtOnce, surveySteps } from "./survey.ts";

/** Steps of one simulation: more than ten years by day. */
export const MAX_STEPS = 4_000;

/**
 * What an autopilot would have made of the pools. At each step it sees only readings with both
 * their time and the time at which they were learned up to then, and what it decides is carried out
 * at the next step. Cash earns nothing; a pool without readings is closed at its last value less a
 * penalty. Throws `RangeError` for a range that is empty or too long.
 *
 * It is made bit by bit: yields the steps that are done, so that the caller can rest or stop.
 */
export function* simulationSteps(
  pools: readonly (readonly SourcePast[])[],
  constraints: AutopilotConstraints,
): Generator<number, Simulation> {
  const times = stepsOf(constraints);
  const sights: PoolSight[] = [];
  for (const [index, sources] of pools.entries()) {
    sights.push(new PoolSight(sources, { index, constraints }));
    if (index % SIGHTS_AT_ONCE === 0) yield 0;
  }
  const autopilot = new Autopilot(sights, constraints);
  const valuesUsd: number[] = [];
  const atOnce = stepsAtOnce(sights.length);
  for (let from = 0; from < times.length; from += atOnce) {
    const block = times.slice(from, from + atOnce);
    const work = surveySteps(sights, { times: block, constraints });
    let surveyed = work.next();
    for (; surveyed.done !== true; surveyed = work.next()) yield from;
    for (const survey of surveyed.value) {
      const step = valuesUsd.length;
      autopilot.step(survey, { before: times[step - 1] ?? null, next: times[step + 1] ?? null });
      valuesUsd.push(autopilot.valueUsd);
      yield step + 1;
    }
  }
  const first = autopilot.firstChoice(times);
  return {
    times,
    valuesUsd,
    ...autopilot.report(),
    baselines: baselinesOf(first, { times, sights, constraints }),
    realizedApy: annualized(times, valuesUsd),
    worstMonth: worstMonth(times, valuesUsd),
    maxDrawdown: maxDrawdown(valuesUsd),
    data: dataUsed(sights, constraints),
  };
}

/** Pools that are made ready between two rests. */
const SIGHTS_AT_ONCE = 50;

/** Steps from start to end, both included where they fall on one. */
export function stepCount(
  { start, end, stepMs }: Pick<AutopilotConstraints, "start" | "end" | "stepMs">,
): number {
  return Math.max(0, Math.floor((end - start) / stepMs) + 1);
}

function stepsOf(
  range: Pick<AutopilotConstraints, "start" | "end" | "stepMs">,
): readonly UtcMs[] {
  const steps = stepCount(range);
  if (!(steps >= 2 && steps <= MAX_STEPS)) {
    throw new RangeError(`Cannot simulate ${steps} steps: expected 2 to ${MAX_STEPS}`);
  }
  return Array.from({ length: steps }, (_, step) => utcMsOf(range.start + step * range.stepMs));
}

const NO_DATA: DataUsed = {
  pools: 0,
  poolsRead: 0,
  readings: 0,
  staleReadings: 0,
  unseenReadings: 0,
  lateReadings: 0,
  firstAt: null,
  lastAt: null,
};

function dataUsed(sights: readonly PoolSight[], constraints: AutopilotConstraints): DataUsed {
  return sights.map((sight) => sight.dataUsed(constraints)).reduce((sum, one): DataUsed => ({
    pools: sum.pools + one.pools,
    poolsRead: sum.poolsRead + one.poolsRead,
    readings: sum.readings + one.readings,
    staleReadings: sum.staleReadings + one.staleReadings,
    unseenReadings: sum.unseenReadings + one.unseenReadings,
    lateReadings: sum.lateReadings + one.lateReadings,
    firstAt: extreme(sum.firstAt, one.firstAt, Math.min),
    lastAt: extreme(sum.lastAt, one.lastAt, Math.max),
  }), NO_DATA);
}

function extreme(a: UtcMs | null, b: UtcMs | null, pick: (a: number, b: number) => number) {
  if (a === null) return b;
  return b === null ? a : utcMsOf(pick(a, b));
}
