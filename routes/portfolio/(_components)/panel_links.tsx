import { Icon } from "../../../components/Icon.tsx";
import { portfolioHref, type PortfolioView } from "./portfolio_view.ts";

/** The file of a table, every digit as computed. */
export function CsvLink({ href, of }: { readonly href: string; readonly of: string }) {
  return (
    <a
      class="btn"
      data-kind="quiet"
      data-icon
      data-size="s"
      href={href}
      aria-label={`Download CSV of ${of}`}
      title="Download CSV"
      download
    >
      <Icon name="export" />
    </a>
  );
}

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
  { view, list, of }: { readonly view: PortfolioView; readonly list: string; readonly of: string },
) {
  const method = view.method === null ? "" : `&method=${view.method}`;
  return <CsvLink href={`/api/portfolio/${view.id}/${list}?format=csv${method}`} of={of} />;
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
  const label = isTable ? "View as chart" : "View as table";
  return (
    <a
      class="btn"
      data-kind="quiet"
      data-icon
      data-size="s"
      href={portfolioHref({ ...view, table: isTable ? null : panel }, `#${panel}`)}
      aria-label={`${label}: ${of}`}
      title={label}
    >
      <Icon name={isTable ? "analytics" : "table"} />
    </a>
  );
}
