import { Icon } from "../Icon.tsx";

export interface ChartLinksProps {
  /** What the chart shows, as its links are called after it. */
  readonly of: string;
  readonly isTable: boolean;
  /** The address of the page with the other view: the table, or the chart again. */
  readonly viewHref: string;
  readonly csvHref: string;
}

/** What a panel with a chart offers: its numbers as a table, and as a file. */
export function ChartLinks({ of, isTable, viewHref, csvHref }: ChartLinksProps) {
  const view = isTable ? "View as chart" : "View as table";
  return (
    <>
      <a
        class="btn"
        data-kind="quiet"
        data-icon
        data-size="s"
        href={viewHref}
        aria-label={`${view}: ${of}`}
        title={view}
      >
        <Icon name={isTable ? "analytics" : "table"} />
      </a>
      <a
        class="btn"
        data-kind="quiet"
        data-icon
        data-size="s"
        href={csvHref}
        aria-label={`Download CSV of ${of}`}
        title="Download CSV"
        download
      >
        <Icon name="export" />
      </a>
    </>
  );
}
