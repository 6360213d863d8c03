import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { EmptyState } from "../components/states/States.tsx";
import type { MarketOverview } from "../services/market/mod.ts";
import { AssetsPanel } from "./(_overview)/AssetsPanel.tsx";
import { Movement } from "./(_overview)/Movement.tsx";
import { readOverview } from "./(_overview)/read_overview.ts";
import { OverviewHeader } from "./(_overview)/OverviewHeader.tsx";
import type { OverviewView } from "./(_overview)/overview_view.ts";
import { readTopScores, TopScores, type TopScoresData } from "./(_overview)/TopScores.tsx";
import { Totals } from "./(_overview)/Totals.tsx";
import { define } from "./page_state.ts";

interface OverviewData {
  readonly overview: MarketOverview;
  readonly view: OverviewView;
  readonly top: TopScoresData;
}

export const handler = define.handlers({
  async GET(ctx) {
    const [read, top] = await Promise.all([
      readOverview(ctx.state.market, ctx.url),
      readTopScores(ctx.state),
    ]);
    return page<OverviewData>({ ...read, top });
  },
});

/** What moved, and is the move broad? */
export default define.page<typeof handler>(function Overview({ data: { overview, view, top } }) {
  return (
    <>
      <Head>
        <title>Market overview · Tokenlysis</title>
        <meta
          name="description"
          content="Prices, changes and breadth of the tracked assets, each figure with its source."
        />
        <link rel="stylesheet" href={asset("/styles/scores.css")} />
      </Head>
      <OverviewHeader overview={overview} view={view} />
      {overview.asof === null && view.theme === null ? <FirstUse /> : (
        <div class="grid">
          <div>
            <Totals overview={overview} />
          </div>
          <Movement overview={overview} />
          <div>
            <TopScores {...top} />
          </div>
          <div>
            <AssetsPanel overview={overview} view={view} />
          </div>
        </div>
      )}
    </>
  );
});

/** An empty store: the one thing to do, in the words of the command line. */
function FirstUse() {
  return (
    <EmptyState
      icon="database"
      level={2}
      title="No candles are stored yet"
      actions={<a class="btn" href="/">Look again</a>}
    >
      Import history from CSV files with{" "}
      <code>deno task candles:import --dir FOLDER --interval 1d</code>, or start once with{" "}
      <code>TOKENLYSIS_DEMO=on</code>{" "}
      to look around with demo data. Prices, changes and lines stand here as soon as there are any.
    </EmptyState>
  );
}
