import { simulationSteps } from "@/services/defi/autopilot/simulate.ts";
import type { AutopilotConstraints, Simulation } from "@/services/defi/autopilot/simulation.ts";
import type { PoolHistory } from "@/services/defi/pool_history.ts";
import type { SourcePast } from "@/services/defi/pool_sources.ts";

/** All of a simulation at once, without a rest between its steps; every pool has one source. */
export function simulateAutopilot(
  histories: readonly PoolHistory[],
  constraints: AutopilotConstraints,
): Simulation {
  return simulateSources(
    histories.map((history) => [{ name: "sample", history }]),
    constraints,
  );
}

/** The same over pools that several sources read. */
export function simulateSources(
  pools: readonly (readonly SourcePast[])[],
  constraints: AutopilotConstraints,
): Simulation {
  const steps = simulationSteps(pools, constraints);
  for (let step = steps.next();; step = steps.next()) {
    if (step.done === true) return step.value;
  }
}
