import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { Explanation, titleOf } from "../../../components/explain/Explanation.tsx";
import { type Explanation as MarketExplanation, INTERVALS } from "../../../services/market/mod.ts";
import { canExplainScore } from "../../../services/scores/mod.ts";
import { gaugeFigureOf } from "../../../services/onchain/mod.ts";
import { explainGaugeFigure } from "../../(_api)/gauge_explain.ts";
import { AsofParam } from "../../(_api)/params.ts";
import { define } from "../../page_state.ts";
import { asHttpError } from "../../refusals.ts";

interface ExplainData {
  readonly explanation: MarketExplanation;
  /** The same figure as data. */
  readonly jsonHref: string;
}

/** What the address narrows the figure to. Throws a 404 for what it can't mean. */
function readScope({ searchParams }: URL) {
  const asked = searchParams.get("interval");
  const interval = INTERVALS.find((name) => name === asked);
  if (asked !== null && interval === undefined) {
    throw new HttpError(404, `Cannot explain at interval "${asked}": it is none of ours`);
  }
  const asof = AsofParam.safeParse(searchParams.get("asof") ?? undefined);
  if (!asof.success) throw new HttpError(404, "Cannot read asof: expected ISO 8601");
  return {
    interval,
    asof: asof.data,
    benchmark: searchParams.get("benchmark") ?? undefined,
    method: searchParams.get("method") ?? undefined,
  };
}

export const handler = define.handlers({
  async GET(ctx) {
    const { market, risk, scores, gauges } = ctx.state;
    const { figure = "", asset = "" } = ctx.params;
    const { interval, ...scope } = readScope(ctx.url);
    try {
      const gauge = gaugeFigureOf(figure);
      const explanation = gauge
        ? await explainGaugeFigure(gauge, { market, gauges, asset })
        : canExplainScore(figure)
        ? await scores.explain(asset, figure, scope)
        : risk.canExplain(figure)
        ? await risk.explain(asset, figure, { interval, ...scope })
        : await market.explainQuote(asset, figure, { interval });
      const jsonHref = `/api${ctx.url.pathname}${ctx.url.search}`;
      return page<ExplainData>({ explanation, jsonHref });
    } catch (error) {
      throw asHttpError(error);
    }
  },
});

/** A figure taken apart, as a page of its own; the drawer shows the same part of it. */
export default define.page<typeof handler>(function ExplainPage({ data }) {
  const { explanation, jsonHref } = data;
  const { asset } = explanation;
  return (
    <>
      <Head>
        <title>{`${titleOf(explanation)} explained · Tokenlysis`}</title>
      </Head>
      <header class="page-head">
        <div>
          <h1>{titleOf(explanation)}</h1>
          <p class="asof">
            <span>How this figure was made</span>
            <span>
              <a href={`/assets/${encodeURIComponent(asset.assetId)}`}>{asset.name}</a>
            </span>
            <span>
              <a href={jsonHref}>JSON</a>
            </span>
          </p>
        </div>
      </header>
      <h2 class="sr">How it was made</h2>
      <Explanation figure={explanation} />
    </>
  );
});
