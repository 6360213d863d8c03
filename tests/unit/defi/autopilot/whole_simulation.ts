import { simulationSteps } from "@/services/defi/autopilot/simulate.ts";
import type { AutopilotConstraints, Simulation } from "@/services/defi/autopilot/simulation.ts";
import type { PoolHistory } from "@/services/defi/pool_history.ts";

/** All of a simulation at once, without a rest between its steps. */
export function simulateAutopilot(
  histories: readonly PoolHistory[],
  constraints: AutopilotConstraints,
): Simulation {
  const steps = simulationSteps(histories, constraints);
  for (let step = steps.next();; step = steps.next()) {
    if (step.done === true) return step.value;
  }
}
