import { portfolioHref } from "./portfolio_view.ts";
import type { PortfolioPageData } from "./read_portfolio.ts";

/** What scripts have to know of the page to keep it up to date where it stands. */
export function PortfolioShape({ view, value, measured, rows, rate }: PortfolioPageData) {
  const parts = rows.length === 0 ? "empty" : measured.performance === null ? "plain" : "charts";
  return (
    <div
      hidden
      data-shape={`portfolio ${parts}`}
      data-at={value.at}
      data-version={value.ledgerVersion}
      data-status={measured.status}
      data-charts={parts === "charts" ? portfolioHref(view, "/charts") : undefined}
      data-rate={rate}
      data-unpriced={value.unpriced}
      data-held={value.heldSince === null ? undefined : ""}
    />
  );
}
