import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { Explanation, titleOf } from "../../../components/explain/Explanation.tsx";
import { type Explanation as MarketExplanation, INTERVALS } from "../../../services/market/mod.ts";
import { define } from "../../page_state.ts";
import { asHttpError } from "../../refusals.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { figure = "", asset = "" } = ctx.params;
    const asked = ctx.url.searchParams.get("interval");
    const interval = INTERVALS.find((name) => name === asked);
    if (asked !== null && interval === undefined) {
      throw new HttpError(404, `Cannot explain at interval "${asked}": it is none of ours`);
    }
    try {
      return page<MarketExplanation>(
        await ctx.state.market.explainQuote(asset, figure, { interval }),
      );
    } catch (error) {
      throw asHttpError(error);
    }
  },
});

/** A figure taken apart, as a page of its own; the drawer shows the same part of it. */
export default define.page<typeof handler>(function ExplainPage({ data }) {
  const { asset, figure } = data;
  return (
    <>
      <Head>
        <title>{`${titleOf(data)} explained · Tokenlysis`}</title>
      </Head>
      <header class="page-head">
        <div>
          <h1>{titleOf(data)}</h1>
          <p class="asof">
            <span>How this figure was made</span>
            <span>
              <a href={`/assets/${encodeURIComponent(asset.assetId)}`}>{asset.name}</a>
            </span>
            <span>
              <a
                href={`/api/explain/${encodeURIComponent(figure)}/${
                  encodeURIComponent(asset.assetId)
                }`}
              >
                JSON
              </a>
            </span>
          </p>
        </div>
      </header>
      <h2 class="sr">How it was made</h2>
      <Explanation figure={data} />
    </>
  );
});
