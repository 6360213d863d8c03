import { page } from "fresh";
import { Head } from "fresh/runtime";
import type { PortfolioExplanation } from "../../../../services/portfolio/mod.ts";
import { define } from "../../../page_state.ts";
import { asHttpError } from "../../../refusals.ts";
import { ExplainedPortfolio } from "../../(_components)/ExplainedPortfolio.tsx";
import {
  type AssetLabels,
  type PortfolioPageData,
  readPortfolio,
} from "../../(_components)/read_portfolio.ts";
import { explanationHref, portfolioHref } from "../../(_components)/portfolio_view.ts";

interface ExplainData {
  readonly explanation: PortfolioExplanation;
  readonly portfolio: PortfolioPageData["portfolio"];
  readonly view: PortfolioPageData["view"];
  readonly labels: AssetLabels;
  readonly jsonHref: string;
}

export const handler = define.handlers({
  async GET(ctx) {
    const { id = "", figure = "" } = ctx.params;
    const data = await readPortfolio(ctx.state, ctx.req, { id });
    try {
      const { portfolio, view, labels, value, measured } = data;
      const { work, ownerOf } = ctx.state.portfolio;
      const scope = { ownerId: ownerOf(ctx.req.headers), portfolioId: portfolio.id };
      const explanation = await work.explain(scope, { figure, value, measured });
      const jsonHref = explanationHref(view, { figure, now: data.now });
      return page<ExplainData>({ explanation, portfolio, view, labels, jsonHref }, {
        headers: { "cache-control": "private, no-store" },
      });
    } catch (error) {
      throw asHttpError(error);
    }
  },
});

/** A figure of a portfolio taken apart; the drawer shows the same part of it. */
export default define.page<typeof handler>(function ExplainFigure({ data }) {
  const { explanation, portfolio, view, labels, jsonHref } = data;
  return (
    <>
      <Head>
        <title>{`${explanation.label} explained · Tokenlysis`}</title>
      </Head>
      <header class="page-head">
        <div>
          <h1>{explanation.label}</h1>
          <p class="asof">
            <span>How this figure was made</span>
            <span>
              <a href={portfolioHref(view)}>{portfolio.name}</a>
            </span>
            <span>
              <a href={jsonHref}>JSON</a>
            </span>
          </p>
        </div>
      </header>
      <h2 class="sr">How it was made</h2>
      <ExplainedPortfolio explanation={explanation} labels={labels} portfolioId={portfolio.id} />
    </>
  );
});
