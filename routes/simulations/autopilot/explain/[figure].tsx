import { page } from "fresh";
import { explainSimulation, type SimulationExplanation } from "../../../../services/defi/mod.ts";
import { define } from "../../../page_state.ts";
import { asHttpError } from "../../../refusals.ts";
import { ExplainedFigure } from "../../(_components)/ExplainedFigure.tsx";
import { ExplainPage } from "../../(_components)/ExplainPage.tsx";
import { simulationOf } from "../../(_components)/read_simulation.ts";
import type { SimulationView } from "../../(_components)/simulation_view.ts";

interface FigureData {
  readonly view: SimulationView;
  readonly told: SimulationExplanation;
}

export const handler = define.handlers({
  async GET(ctx) {
    const { view, found } = await simulationOf(ctx.state, ctx.url);
    try {
      return page<FigureData>({ view, told: explainSimulation(ctx.params["figure"] ?? "", found) });
    } catch (error) {
      throw asHttpError(error);
    }
  },
});

/** A figure of a simulation taken apart. */
export default define.page<typeof handler>(function ExplainSimulation({ data: { view, told } }) {
  return (
    <ExplainPage title={told.label} view={view} path={`/explain/${told.figure}`}>
      <ExplainedFigure told={told} />
    </ExplainPage>
  );
});
