import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { slugName } from "../../../components/pools/slug_names.ts";
import { define } from "../../page_state.ts";
import { ApartPanel } from "../(_components)/ApartPanel.tsx";
import { CharacterPanel } from "../(_components)/CharacterPanel.tsx";
import { ExitPanel } from "../(_components)/ExitPanel.tsx";
import { SnapshotsPanel, StretchesPanel } from "../(_components)/HistoryPanels.tsx";
import { PairPanel } from "../(_components)/PairPanel.tsx";
import { TvlPanel, UtilizationPanel, YieldPanel } from "../(_components)/PoolCharts.tsx";
import { PoolFigures, PoolHeader } from "../(_components)/PoolHeader.tsx";
import { RateCurvePanel } from "../(_components)/RateCurvePanel.tsx";
import { type PoolPageData, readPool } from "../(_components)/read_pool.ts";
import { ScorePanel } from "../(_components)/ScorePanels.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    return page<PoolPageData>(
      await readPool(ctx.state, ctx.url, { id: ctx.params["id"] ?? "" }),
    );
  },
});

/** Will this rate last, and can I get out? */
export default define.page<typeof handler>(function PoolPage({ data }) {
  const { pool } = data.detail;
  return (
    <>
      <Head>
        <title>
          {`${pool.symbol}, ${slugName(pool.protocol)}, ${slugName(pool.chain)} · Tokenlysis`}
        </title>
        <meta
          name="description"
          content={`Yield of ${pool.symbol} on ${slugName(pool.protocol)}, taken apart and scored.`}
        />
        <link rel="stylesheet" href={asset("/styles/pools.css")} />
      </Head>
      <PoolHeader {...data} />
      <div class="grid">
        <div>
          <PoolFigures {...data} />
        </div>
        <div class="c-8 m-12 stack">
          <YieldPanel {...data} />
          <UtilizationPanel {...data} />
          <TvlPanel {...data} />
        </div>
        <div class="c-4 m-12 stack" data-region="exit">
          <RateCurvePanel {...data} />
          <ExitPanel {...data} />
        </div>
        <div class="c-6 m-12 stack" data-region="apart">
          <ApartPanel {...data} />
          <PairPanel {...data} />
          <StretchesPanel {...data} />
          <CharacterPanel {...data} />
        </div>
        <div class="c-6 m-12 stack" data-region="scores">
          <SnapshotsPanel {...data} />
          <ScorePanel {...data} method="v1" />
          <ScorePanel {...data} method="v0" />
        </div>
      </div>
    </>
  );
});
