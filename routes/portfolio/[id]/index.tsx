import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { InCurrency } from "../../../components/figures/Amounts.tsx";
import FormDialog from "../../../islands/FormDialog.tsx";
import LivePortfolio from "../../../islands/LivePortfolio.tsx";
import { define } from "../../page_state.ts";
import { AllocationPanel } from "../(_components)/AllocationPanel.tsx";
import { AssetOptions } from "../(_components)/AssetOptions.tsx";
import { ContributionPanel } from "../(_components)/ContributionPanel.tsx";
import { FirstUse } from "../(_components)/FirstUse.tsx";
import { NavPanel, PerformancePanel } from "../(_components)/HistoryPanels.tsx";
import { LedgerPanel } from "../(_components)/LedgerTable.tsx";
import { DisposalsPanel, LotsPanel } from "../(_components)/LotPanels.tsx";
import { MonthsPanel } from "../(_components)/MonthsPanel.tsx";
import { PortfolioFigures } from "../(_components)/PortfolioFigures.tsx";
import { PortfolioHeader } from "../(_components)/PortfolioHeader.tsx";
import { PortfolioShape } from "../(_components)/PortfolioShape.tsx";
import { PositionsPanel } from "../(_components)/PositionsPanel.tsx";
import { IncomePanel, ProblemsPanel } from "../(_components)/ProblemsPanel.tsx";
import { type PortfolioPageData, readPortfolio } from "../(_components)/read_portfolio.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const data = await readPortfolio(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    return page<PortfolioPageData>(data, { headers: { "cache-control": "private, no-store" } });
  },
});

/** What is it worth, what did I earn, what needs me? */
export default define.page<typeof handler>(function PortfolioPage({ data }) {
  return (
    <>
      <Head>
        <title>{`${data.portfolio.name} · Tokenlysis`}</title>
        <link rel="stylesheet" href={asset("/styles/portfolio.css")} />
      </Head>
      <PortfolioShape {...data} />
      <InCurrency currency={data.currency}>
        <PortfolioHeader {...data} />
        {data.rows.length === 0 ? <FirstUse {...data} /> : <Panels {...data} />}
      </InCurrency>
      <AssetOptions labels={data.labels} />
      <FormDialog />
      <LivePortfolio portfolioId={data.portfolio.id} currency={data.currency} />
    </>
  );
});

function Panels(data: PortfolioPageData) {
  return (
    <div class="grid">
      <div data-region="figures">
        <PortfolioFigures {...data} />
      </div>
      <div class="c-8 m-12">
        <NavPanel {...data} />
      </div>
      <div class="c-4 m-12" data-region="allocation">
        <AllocationPanel {...data} />
      </div>
      <div>
        <PositionsPanel {...data} />
      </div>
      <div class="c-8 m-12 stack">
        <PerformancePanel {...data} />
        <div data-region="months">
          <MonthsPanel {...data} />
        </div>
      </div>
      <div class="c-4 m-12 stack" data-region="contribution">
        <ContributionPanel {...data} />
        <ProblemsPanel {...data} />
      </div>
      <div class="c-7 m-12" data-region="lots">
        <LotsPanel {...data} />
      </div>
      <div class="c-5 m-12 stack" data-region="disposals">
        <DisposalsPanel {...data} />
        <IncomePanel {...data} />
      </div>
      <div data-region="ledger">
        <LedgerPanel {...data} />
      </div>
    </div>
  );
}
