import { Icon } from "../../../components/Icon.tsx";
import { Panel } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import SimulationProgress from "../../../islands/SimulationProgress.tsx";
import type { SimulationOutcome, SimulationPageData } from "./read_simulation.ts";
import { MAIN_FIELDS, MORE_FIELDS } from "./rule_fields.ts";
import { resultHref, simulationHref, type SimulationView } from "./simulation_view.ts";

type Running = Extract<SimulationOutcome, { kind: "running" | "cancelled" }>;

/** What stands in the place of a result, and what to do about it. */
export function OtherState({ view, outcome }: SimulationPageData) {
  switch (outcome.kind) {
    case "done":
      return null;
    case "empty":
      return (
        <EmptyState
          icon="database"
          title="No pool is stored"
          level={2}
          actions={<a class="btn" href="/pools">To the pools</a>}
        >
          The autopilot runs over past readings of pools. They stand here once they are imported
          with <code>deno task pools:import</code> or fetched.
        </EmptyState>
      );
    case "refused":
      return <Refused view={view} />;
    case "stopped":
      return <Stopped view={view} message={outcome.message} />;
    case "cancelled":
      return <Stopped view={view} message="The simulation was cancelled. Nothing was kept of it" />;
    case "running":
      return <RunningPanel view={view} outcome={outcome} />;
  }
}

/** Every rule that can't be followed, leading to its field. */
function Refused({ view: { problems } }: { readonly view: SimulationView }) {
  const wrong = [...MAIN_FIELDS, ...MORE_FIELDS].filter(({ name }) => problems[name] !== undefined);
  return (
    <Panel id="refused" title="These rules can't be simulated" note="nothing was computed">
      <ul class="problems">
        {wrong.map(({ name, label }) => (
          <li key={name} data-kind="bad">
            <Icon name="error" />
            <a href={`#rule-${name}`}>
              <b>{label}</b>
            </a>
            <p>{problems[name]}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Stopped({ view, message }: { readonly view: SimulationView; readonly message: string }) {
  return (
    <EmptyState
      icon="close"
      title="Not simulated"
      level={2}
      actions={<a class="btn" data-kind="primary" href={simulationHref(view)}>Simulate</a>}
    >
      {message}.
    </EmptyState>
  );
}

/** A long run: how far it is, and its end. Without scripts the page asks again by itself. */
function RunningPanel(
  { view, outcome: { progress } }: { readonly view: SimulationView; readonly outcome: Running },
) {
  const { stepsDone, steps } = progress;
  return (
    <Panel id="running" title="Simulating" note="the result follows by itself">
      <form method="post" action={resultHref(view, "")} class="progress run-progress">
        <SimulationProgress
          path={`/api${resultHref(view, "/run")}`}
          stepsDone={stepsDone}
          steps={steps}
        />
        <button type="submit" class="btn" data-size="s" name="act" value="cancel">Cancel</button>
      </form>
    </Panel>
  );
}
