import { page } from "fresh";
import { asset as assetUrl, Head } from "fresh/runtime";
import type { RiskReport } from "../../../services/analytics/mod.ts";
import { define } from "../../page_state.ts";
import {
  type AssetPageData,
  canonicalPath,
  findAsset,
  readAssetPage,
} from "../(_components)/asset_page.ts";
import { type AssetActions, readAssetActions } from "../(_components)/asset_actions.ts";
import { type AssetScore, readAssetScore } from "../(_components)/asset_score.ts";
import { AssetHeader } from "../(_components)/AssetHeader.tsx";
import { AssetRisk, readAssetRisk } from "../(_components)/AssetRisk.tsx";
import { ChartPanel } from "../(_components)/ChartPanel.tsx";
import { IndicatorsPanel } from "../(_components)/IndicatorsPanel.tsx";
import { KeyFigures } from "../(_components)/KeyFigures.tsx";
import { ProvenancePanel } from "../(_components)/ProvenancePanel.tsx";
import { ScorecardPanel } from "../(_components)/ScorecardPanel.tsx";
import { ScoreInputs, ScoreReasons } from "../(_components)/ScoreReasons.tsx";

interface PageData extends AssetPageData {
  readonly risk: readonly RiskReport[];
  readonly score: AssetScore;
  readonly actions: AssetActions;
}

/** It says what the reader keeps. */
const PRIVATE = { "cache-control": "private, no-cache" };

export const handler = define.handlers({
  async GET(ctx) {
    const { market, risk, scores, clock } = ctx.state;
    const id = ctx.params["id"] ?? "";
    const asset = findAsset(market, id);
    const canonical = canonicalPath(asset, { id, url: ctx.url });
    // Not for good: what a symbol means changes with the registry.
    if (canonical !== null) return ctx.redirect(canonical, 302);
    const [data, measured, actions] = await Promise.all([
      readAssetPage(market, asset, { url: ctx.url, now: clock.now() }),
      readAssetRisk(risk, asset),
      readAssetActions(ctx.state, ctx.req, asset),
    ]);
    const lastAt = data.quote.provenance?.asof ?? null;
    const score = await readAssetScore(scores, asset.id, { url: ctx.url, lastAt });
    return page<PageData>({ ...data, risk: measured, score, actions }, { headers: PRIVATE });
  },
});

/** What has this asset done, and where do we know it from? */
export default define.page<typeof handler>(function AssetPage({ data }) {
  const { name, symbol } = data.asset;
  return (
    <>
      <Head>
        <title>{`${name} (${symbol}) · Tokenlysis`}</title>
        <meta
          name="description"
          content={`${name} price chart with indicators; every figure with its source.`}
        />
        <link rel="stylesheet" href={assetUrl("/styles/scores.css")} />
      </Head>
      <AssetHeader {...data} />
      <div class="grid">
        <div class="c-9 m-12 asset-main">
          <ChartPanel {...data} />
          <ScoreReasons name={name} score={data.score} />
          <ScoreInputs name={name} score={data.score} />
        </div>
        <div class="c-3 m-12 stack">
          <ScorecardPanel name={name} score={data.score} />
          <KeyFigures {...data} />
          <IndicatorsPanel {...data} />
          <AssetRisk {...data} />
        </div>
        <div>
          <ProvenancePanel {...data} />
        </div>
      </div>
    </>
  );
});
