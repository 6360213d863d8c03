import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { explainPool, type PoolExplanation } from "../../../../services/defi/mod.ts";
import { define } from "../../../page_state.ts";
import { asHttpError } from "../../../refusals.ts";
import { ExplainedPoolFigure } from "../../(_components)/ExplainedPoolFigure.tsx";
import { poolViewHref } from "../../(_components)/pool_view.ts";
import { type PoolPageData, readPool } from "../../(_components)/read_pool.ts";

interface ExplainData {
  readonly explanation: PoolExplanation;
  readonly view: PoolPageData["view"];
  readonly symbol: string;
}

export const handler = define.handlers({
  async GET(ctx) {
    const { id = "", figure = "" } = ctx.params;
    const { detail, view } = await readPool(ctx.state, ctx.url, { id });
    try {
      const explanation = explainPool(figure, detail);
      return page<ExplainData>({ explanation, view, symbol: detail.pool.symbol });
    } catch (error) {
      throw asHttpError(error);
    }
  },
});

/** A figure of a pool taken apart; the drawer shows the same part of it. */
export default define.page<typeof handler>(function ExplainFigure({ data }) {
  const { explanation, view, symbol } = data;
  const api = poolViewHref(view, { path: `/explain/${explanation.figure}` });
  return (
    <>
      <Head>
        <title>{`${explanation.label} of ${symbol} explained · Tokenlysis`}</title>
        <link rel="stylesheet" href={asset("/styles/pools.css")} />
      </Head>
      <header class="page-head">
        <div>
          <h1>{explanation.label}</h1>
          <p class="asof">
            <span>How this figure was made</span>
            <span>
              <a href={poolViewHref(view)}>{symbol}</a>
            </span>
            <span>
              <a href={`/api${api}`}>JSON</a>
            </span>
          </p>
        </div>
      </header>
      <h2 class="sr">How it was made</h2>
      <ExplainedPoolFigure
        explanation={explanation}
        symbol={symbol}
        historyHref={poolViewHref({ ...view, range: "all" }, { path: "/history.csv" })}
      />
    </>
  );
});
