import type {
  AutopilotService,
  OpenedSimulation,
  PoolFetcher,
  SimulatedAutopilot,
  SimulationChoices,
} from "../../../services/defi/mod.ts";
import { AppError } from "../../../services/kernel/errors.ts";
import type { State } from "../../page_state.ts";
import { asHttpError } from "../../refusals.ts";
import { parseSimulationView, problemsOf, type SimulationView } from "./simulation_view.ts";

/** What the page has to show. */
export type SimulationOutcome =
  /** No pool is stored. */
  | { readonly kind: "empty" }
  /** A parameter can't be read, or asks for what can't be simulated. */
  | { readonly kind: "refused" }
  /** It was cancelled, or too many run: nothing is computed. */
  | { readonly kind: "stopped"; readonly message: string }
  | Extract<OpenedSimulation, { kind: "running" | "cancelled" }>
  | { readonly kind: "done"; readonly found: SimulatedAutopilot };

export interface SimulationPageData {
  readonly view: SimulationView;
  readonly choices: SimulationChoices;
  readonly fetcher: PoolFetcher;
  readonly outcome: SimulationOutcome;
  /** Whether its pools are made up. */
  readonly isMock: boolean;
}

/** Reads what the page of an address shows, without keeping it waiting for a long run. */
export async function readSimulation(
  { autopilot, pools }: Pick<State, "autopilot" | "pools">,
  url: URL,
): Promise<SimulationPageData> {
  const asked = parseSimulationView(url);
  const choices = await autopilot.choices();
  const { view, outcome } = await open(autopilot, { view: asked, choices });
  const isMock = choices.sources.includes("mock");
  return { view, choices, outcome, isMock, fetcher: await pools.getFetcher() };
}

async function open(
  autopilot: AutopilotService,
  { view, choices }: { readonly view: SimulationView; readonly choices: SimulationChoices },
): Promise<Pick<SimulationPageData, "view" | "outcome">> {
  if (choices.pools === 0) return { view, outcome: { kind: "empty" } };
  if (view.query === null) return { view, outcome: { kind: "refused" } };
  if (view.isStopped) {
    const message = "The simulation was cancelled. Nothing was kept of it";
    return { view, outcome: { kind: "stopped", message } };
  }
  try {
    return { view, outcome: await autopilot.open(view.query) };
  } catch (error) {
    const problems = problemsOf(error);
    if (problems !== null) return { view: { ...view, problems }, outcome: { kind: "refused" } };
    if (!(error instanceof AppError) || error.code !== "UNAVAILABLE") throw asHttpError(error);
    return { view, outcome: { kind: "stopped", message: error.message } };
  }
}

/** The simulation of an address, for its files and explanations. Throws the page of a refusal. */
export async function simulationOf(
  { autopilot }: Pick<State, "autopilot">,
  url: URL,
): Promise<{ readonly view: SimulationView; readonly found: SimulatedAutopilot }> {
  const view = parseSimulationView(url);
  try {
    if (view.query === null) {
      const [[name, message] = ["query", "expected other values"]] = Object.entries(view.problems);
      throw new AppError("VALIDATION_FAILED", `Cannot read ${name}: ${message}`);
    }
    return { view, found: await autopilot.simulate(view.query) };
  } catch (error) {
    throw asHttpError(error);
  }
}
