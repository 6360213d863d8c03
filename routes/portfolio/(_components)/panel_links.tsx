import { CsvLink, ViewLink } from "../../../components/table/PanelLinks.tsx";
import type { BaseCurrency } from "../../../services/portfolio/mod.ts";
import { portfolioHref, type PortfolioView } from "./portfolio_view.ts";

/** The file of a table that the page itself computes. */
export function PageCsvLink(
  { view, table, of }: {
    readonly view: PortfolioView;
    readonly table: string;
    readonly of: string;
  },
) {
  return <CsvLink href={portfolioHref({ ...view, table: null }, `/csv/${table}`)} of={of} />;
}

/** The file of a list that the API answers with as well. */
export function ApiCsvLink(
  { view, list, of, currency = "USD" }: {
    readonly view: PortfolioView;
    readonly list: string;
    readonly of: string;
    /** What amounts of the panel are in. */
    readonly currency?: BaseCurrency;
  },
) {
  const query = new URLSearchParams({ format: "csv" });
  if (currency !== "USD") query.set("currency", currency);
  if (view.method !== null) query.set("method", view.method);
  return <CsvLink href={`/api/portfolio/${view.id}/${list}?${query}`} of={of} />;
}

/** Leads from a panel's chart to its numbers and back. */
export function TableLink(
  { view, panel, of }: {
    readonly view: PortfolioView;
    readonly panel: string;
    readonly of: string;
  },
) {
  const isTable = view.table === panel;
  const href = portfolioHref({ ...view, table: isTable ? null : panel }, `#${panel}`);
  return <ViewLink href={href} of={of} isTable={isTable} />;
}
