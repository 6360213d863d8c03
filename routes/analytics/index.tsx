import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { EmptyState } from "../../components/states/States.tsx";
import { define } from "../page_state.ts";
import { AnalyticsHeader } from "./(_components)/AnalyticsHeader.tsx";
import { ComparisonPanel } from "./(_components)/ComparisonPanel.tsx";
import { CorrelationPanel } from "./(_components)/CorrelationPanel.tsx";
import { DrawdownPanel, RollingPanel } from "./(_components)/PairPanels.tsx";
import { type AnalyticsData, readAnalytics } from "./(_components)/read_analytics.ts";
import { RiskPanel } from "./(_components)/RiskPanel.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    return page<AnalyticsData | null>(await readAnalytics(ctx.state, ctx.url));
  },
});

/** Columns of a correlation matrix that leave room for a panel beside it. */
const MAX_BESIDE = 10;

/** How much can each asset lose, and do they fall together? */
export default define.page<typeof handler>(function Analytics({ data }) {
  const isWide = data !== null && data.assets.length > MAX_BESIDE;
  return (
    <>
      <Head>
        <title>Risk and correlation · Tokenlysis</title>
        <meta
          name="description"
          content="Volatility, drawdown, ratios, tail losses and correlation of several assets."
        />
        <link rel="stylesheet" href={asset("/styles/analytics.css")} />
      </Head>
      {data === null ? <FirstUse /> : (
        <>
          <AnalyticsHeader {...data} />
          <div class="grid">
            <div>
              <ComparisonPanel {...data} />
            </div>
            <div>
              <RiskPanel {...data} />
            </div>
            <div class={isWide ? undefined : "c-7 m-12"}>
              <CorrelationPanel {...data} />
            </div>
            <div class={isWide ? "c-6 m-12" : "c-5 m-12"}>
              <RollingPanel {...data} />
            </div>
            <div class={isWide ? "c-6 m-12" : undefined}>
              <DrawdownPanel {...data} />
            </div>
          </div>
        </>
      )}
    </>
  );
});

/** An empty store: where figures would come from. */
function FirstUse() {
  return (
    <>
      <header class="page-head">
        <h1>Risk and correlation</h1>
      </header>
      <EmptyState
        icon="database"
        title="No candle is stored"
        level={2}
        actions={<a class="btn" href="/">To the overview</a>}
      >
        Figures stand here once candles are imported or fetched.
      </EmptyState>
    </>
  );
}
