import { CsvLink, ViewLink } from "../table/PanelLinks.tsx";

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
  return (
    <>
      <ViewLink href={viewHref} of={of} isTable={isTable} />
      <CsvLink href={csvHref} of={of} />
    </>
  );
}
