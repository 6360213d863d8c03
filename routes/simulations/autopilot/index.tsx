import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { readForm, seeOther, textOf } from "../../forms.ts";
import { define } from "../../page_state.ts";
import { DataPanel } from "../(_components)/DataPanel.tsx";
import { DecisionsPanel } from "../(_components)/DecisionsPanel.tsx";
import { BaselinesPanel, GainPanel } from "../(_components)/GainPanel.tsx";
import { OtherState } from "../(_components)/OtherStates.tsx";
import { readSimulation, type SimulationPageData } from "../(_components)/read_simulation.ts";
import { AllocationPanel, GrowthPanel } from "../(_components)/ResultPanels.tsx";
import { RulesPanel } from "../(_components)/RulesPanel.tsx";
import { SimulationFigures } from "../(_components)/SimulationFigures.tsx";
import { SimulationHeader } from "../(_components)/SimulationHeader.tsx";
import {
  isUntidy,
  parseSimulationView,
  resultHref,
  simulationHref,
} from "../(_components)/simulation_view.ts";

const STATUS = { refused: 422, running: 200, cancelled: 200, stopped: 200, empty: 200, done: 200 };

export const handler = define.handlers({
  async GET(ctx) {
    // A form sends its blank fields too; the address to share has none of them.
    if (isUntidy(ctx.url)) return seeOther(simulationHref(parseSimulationView(ctx.url)));
    const data = await readSimulation(ctx.state, ctx.url);
    return page<SimulationPageData>(data, { status: STATUS[data.outcome.kind] });
  },

  /** Stops a run; without scripts too. */
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const view = parseSimulationView(ctx.url);
    if (textOf(form, "act") === "cancel" && view.query !== null) {
      ctx.state.autopilot.cancel(view.query);
    }
    const address = resultHref(view, "");
    return seeOther(`${address}${address.includes("?") ? "&" : "?"}run=no`);
  },
});

/** Would these rules have beaten doing nothing? */
export default define.page<typeof handler>(function AutopilotPage({ data }) {
  const { outcome, view, choices } = data;
  const isBought = outcome.kind === "done" && outcome.found.simulation.allocations.length > 0;
  return (
    <>
      <Head>
        <title>Autopilot · Tokenlysis</title>
        <meta
          name="description"
          content="Rules for moving between DeFi pools, simulated over what was known at each step."
        />
        <link rel="stylesheet" href={asset("/styles/scores.css")} />
        <link rel="stylesheet" href={asset("/styles/simulations.css")} />
        {outcome.kind === "running"
          ? (
            <noscript>
              <meta http-equiv="refresh" content="2" />
            </noscript>
          )
          : null}
      </Head>
      <SimulationHeader {...data} />
      {outcome.kind === "done" ? <SimulationFigures found={outcome.found} view={view} /> : null}
      <div class="grid simulation">
        <div class="c-8 stack">
          {outcome.kind === "done"
            ? (
              <>
                {isBought ? <GrowthPanel found={outcome.found} view={view} /> : null}
                <AllocationPanel found={outcome.found} view={view} />
              </>
            )
            : <OtherState {...data} />}
        </div>
        {outcome.kind === "empty" ? null : (
          <div class="c-4 m-12 stack">
            <RulesPanel view={view} choices={choices} />
            {isBought ? <GainPanel found={outcome.found} /> : null}
          </div>
        )}
        {outcome.kind === "done"
          ? (
            <>
              <div class="c-6 m-12">
                <BaselinesPanel found={outcome.found} view={view} />
              </div>
              <div class="c-6 m-12">
                <DataPanel found={outcome.found} />
              </div>
              <div>
                <DecisionsPanel found={outcome.found} view={view} />
              </div>
            </>
          )
          : null}
      </div>
    </>
  );
});
