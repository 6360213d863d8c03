import { z } from "zod";
import type { AutopilotService } from "../../services/defi/mod.ts";
import { fingerprint } from "../../services/kernel/fingerprint.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { NOTHING } from "./params.ts";
import { ok, okJson } from "./reply.ts";
import { SIMULATION_QUERY, simulationQuery } from "./simulation_query.ts";
import { Simulated, simulationToWire } from "./simulation_wire.ts";

const tag = "DeFi pools";
const query = SIMULATION_QUERY;

/** What simulations are asked of. */
export interface SimulationDeps {
  readonly autopilot: AutopilotService;
  readonly clock: Clock;
}

/** What an autopilot would have made of the pools. */
export function simulationEndpoints({ autopilot, clock }: SimulationDeps): readonly Endpoint[] {
  return [endpoint({
    path: "/api/simulations/autopilot",
    tag,
    summary: "An autopilot over the pools' past, against three ways of doing nothing",
    description: "A decision uses only readings with their time and the time at which they were " +
      "learned up to it, and is carried out at the next step. The address holds all of it: the " +
      "same address over the same readings answers the same. What is left out comes from the " +
      "settings. Yields alone are simulated: the prices of the tokens are taken to stand still.",
    params: NOTHING,
    query,
    response: Simulated,
    refusals: [409, 503],
    async handle(input) {
      const found = await autopilot.simulate(simulationQuery(input.query));
      const text = JSON.stringify(simulationToWire(found));
      return okJson(text, { now: clock.now(), version: fingerprint(text).toString(36) });
    },
  })];
}

const Run = z.object({
  state: z.enum(["none", "running", "done", "cancelled", "failed"]),
  steps_done: z.int(),
  steps: z.int(),
}).meta({ id: "SimulationRun" });

/** How far a long simulation is, and its end. */
export function simulationRunEndpoints({ autopilot, clock }: SimulationDeps): readonly Endpoint[] {
  const path = "/api/simulations/autopilot/run";
  const told = (asked: z.output<typeof query>): z.output<typeof Run> => {
    const progress = autopilot.progress(simulationQuery(asked));
    if (progress === null) return { state: "none", steps_done: 0, steps: 0 };
    return { state: progress.state, steps_done: progress.stepsDone, steps: progress.steps };
  };
  const current = { "cache-control": "no-store" };
  return [
    endpoint({
      path,
      tag,
      summary: "How far the simulation of this query is",
      params: NOTHING,
      query,
      response: Run,
      handle: (input) => ok(told(input.query), { now: clock.now(), headers: current }),
    }),
    endpoint({
      method: "POST",
      path: `${path}/cancel`,
      tag,
      summary: "Stops the simulation of this query, for all who wait for it",
      params: NOTHING,
      query,
      response: Run,
      handle(input) {
        autopilot.cancel(simulationQuery(input.query));
        return ok(told(input.query), { now: clock.now(), headers: current });
      },
    }),
  ];
}
