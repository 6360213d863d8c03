import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { EmptyState } from "../../components/states/States.tsx";
import LiveScores from "../../islands/LiveScores.tsx";
import { define } from "../page_state.ts";
import { ApartPanel, BoardPanel } from "./(_components)/BoardPanel.tsx";
import { ChangesPanel } from "./(_components)/ChangesPanel.tsx";
import { LineagePanel, WeightsPanel } from "./(_components)/MethodPanel.tsx";
import { readScores, type ScoresData } from "./(_components)/read_scores.ts";
import { ScoresHeader } from "./(_components)/ScoresHeader.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    return page<ScoresData>(await readScores(ctx.state, ctx.url));
  },
});

/** Who ranks where, and how sure is that? */
export default define.page<typeof handler>(function Scores({ data }) {
  const { run, view } = data;
  return (
    <>
      <Head>
        <title>Scores · Tokenlysis</title>
        <meta
          name="description"
          content="Assets by score, each with its interval, its pillars and what moved it."
        />
        <link rel="stylesheet" href={asset("/styles/scores.css")} />
      </Head>
      <ScoresHeader {...data} />
      {run === null && view.asof === null ? <FirstUse /> : (
        <div class="grid">
          <div>
            <BoardPanel {...data} />
          </div>
          <div>
            <ApartPanel {...data} />
          </div>
          <div class="c-8 m-12">
            <ChangesPanel {...data} />
          </div>
          <div class="c-4 m-12 stack">
            <WeightsPanel {...data} />
            <LineagePanel {...data} />
          </div>
        </div>
      )}
      {/* A day of the past does not change by what is scored now. */}
      {view.asof === null
        ? (
          <LiveScores
            method={view.method}
            known={(run?.cards ?? []).map(({ assetId, score }) => [assetId, score])}
          />
        )
        : null}
    </>
  );
});

/** An empty store: where scores would come from. */
function FirstUse() {
  return (
    <EmptyState
      icon="database"
      title="No daily candle is stored"
      level={2}
      actions={<a class="btn" href="/">To the overview</a>}
    >
      Scores stand here once candles are imported or fetched.
    </EmptyState>
  );
}
