import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { EmptyState } from "../components/states/States.tsx";
import type { MarketOverview, TotalValue } from "../services/market/mod.ts";
import { AssetsPanel } from "./(_overview)/AssetsPanel.tsx";
import { BreadthPanel, Movers } from "./(_overview)/Movement.tsx";
import { readOverview } from "./(_overview)/read_overview.ts";
import { OverviewHeader } from "./(_overview)/OverviewHeader.tsx";
import type { OverviewView } from "./(_overview)/overview_view.ts";
import { readTopScores, TopScores, type TopScoresData } from "./(_overview)/TopScores.tsx";
import { Totals } from "./(_overview)/Totals.tsx";
import { TotalValuePanel } from "./(_overview)/TotalValuePanel.tsx";
import { define } from "./page_state.ts";

interface OverviewData {
  readonly overview: MarketOverview;
  readonly view: OverviewView;
  /** `null` where no asset of the view has a market value. */
  readonly total: TotalValue | null;
  readonly top: TopScoresData;
}

export const handler = define.handlers({
  async GET(ctx) {
    const [read, top] = await Promise.all([
      readOverview(ctx.state.market, ctx.url),
      readTopScores(ctx.state),
    ]);
    const total = await ctx.state.market.getTotalValue(read.overview.quotes);
    return page<OverviewData>({ ...read, total, top });
  },
});

/** What moved, and is the move broad? */
export default define.page<typeof handler>(function Overview({ data }) {
  const { overview, view, total, top } = data;
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
          {total === null ? null : (
            <div class="c-8 m-12">
              <TotalValuePanel total={total} overview={overview} view={view} />
            </div>
          )}
          <div class="c-4 m-12">
            <BreadthPanel overview={overview} />
          </div>
          <div class="c-4">
            <Movers id="gainers" title="Rising most" rows={overview.gainers} overview={overview} />
          </div>
          <div class="c-4">
            <Movers id="losers" title="Falling most" rows={overview.losers} overview={overview} />
          </div>
          <div class={total === null ? undefined : "c-4 m-12"}>
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
