import { Icon } from "../Icon.tsx";

/** Of what a link leads to, where the page has several: `the ledger`. */
interface Named {
  readonly href: string;
  readonly of?: string;
}

/** The file of a panel's table, every digit as computed. */
export function CsvLink({ href, of }: Named) {
  return (
    <a
      class="btn"
      data-kind="quiet"
      data-icon
      data-size="s"
      href={href}
      aria-label={of === undefined ? "Download CSV" : `Download CSV of ${of}`}
      title="Download CSV"
      download
    >
      <Icon name="export" />
    </a>
  );
}

/** Leads from a panel's chart to its numbers and back. */
export function ViewLink({ href, of, isTable }: Named & { readonly isTable: boolean }) {
  const words = isTable ? "View as chart" : "View as table";
  return (
    <a
      class="btn"
      data-kind="quiet"
      data-icon
      data-size="s"
      aria-current="false"
      href={href}
      aria-label={of === undefined ? words : `${words}: ${of}`}
      title={words}
    >
      <Icon name={isTable ? "analytics" : "table"} />
    </a>
  );
}
