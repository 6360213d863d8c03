import { HttpError, page } from "fresh";
import { formatDay } from "../../../../../components/format/time.ts";
import type { DecisionEvidence } from "../../../../../services/defi/mod.ts";
import { define } from "../../../../page_state.ts";
import { asHttpError } from "../../../../refusals.ts";
import { ExplainedDecision } from "../../../(_components)/ExplainedDecision.tsx";
import { ExplainPage } from "../../../(_components)/ExplainPage.tsx";
import { simulationOf } from "../../../(_components)/read_simulation.ts";
import type { SimulationView } from "../../../(_components)/simulation_view.ts";

interface DecisionData {
  readonly view: SimulationView;
  readonly number: number;
  readonly evidence: DecisionEvidence;
}

export const handler = define.handlers({
  async GET(ctx) {
    const number = Number(ctx.params["number"]);
    if (!Number.isInteger(number)) throw new HttpError(404, "There is no such decision");
    const { view, found } = await simulationOf(ctx.state, ctx.url);
    try {
      const evidence = await ctx.state.autopilot.explainDecision(found, number);
      return page<DecisionData>({ view, number, evidence });
    } catch (error) {
      throw asHttpError(error);
    }
  },
});

/** A decision down to the rows that it stands on. */
export default define.page<typeof handler>(function ExplainDecision({ data }) {
  const { view, number, evidence } = data;
  return (
    <ExplainPage
      title={`Decision of ${formatDay(evidence.decision.at)}`}
      view={view}
      path={`/explain/decision/${number}`}
    >
      <ExplainedDecision evidence={evidence} />
    </ExplainPage>
  );
});
