import { ASSET_COLUMNS, type AssetRow } from "./asset_row.ts";
import { assetRowsHtml } from "./AssetRows.tsx";

export type SortOrder = "asc" | "desc";

export interface AssetTableProps {
  readonly caption: string;
  readonly rows: readonly AssetRow[];
  /** As-of of the newest asset, `null` without any. */
  readonly newest: number | null;
  readonly sort: string;
  readonly order: SortOrder;
  /** Keys of the columns that the reader hid. */
  readonly hidden: ReadonlySet<string>;
  /** The address of the same view sorted by a column. */
  readonly sortHref: (key: string, order: SortOrder) => string;
}

/** Where the first click on a column's header leads: numbers start high, names at A. */
function nextOrder(key: string, { sort, order }: Pick<AssetTableProps, "sort" | "order">) {
  if (key === sort) return order === "asc" ? "desc" : "asc";
  return key === "name" ? "asc" : "desc";
}

/** Every asset as a real row, so that the browser's own search finds it. */
export function AssetTable(props: AssetTableProps) {
  const columns = ASSET_COLUMNS.filter((column) => !props.hidden.has(column.key));
  return (
    <table class="table two-line" data-keys data-table="assets">
      <caption class="sr">{props.caption}</caption>
      <thead>
        <tr>
          <SortHeader {...props} name="name" label="Asset" />
          {columns.map((column) => (
            <SortHeader
              {...props}
              key={column.key}
              name={column.key}
              label={column.label}
              priority={column.priority}
            />
          ))}
          {props.hidden.has("sparkline")
            ? null
            : <th scope="col" class="num" data-col="sparkline" data-pri="2">90 days</th>}
        </tr>
      </thead>
      <tbody dangerouslySetInnerHTML={{ __html: assetRowsHtml(props.rows, props) }} />
    </table>
  );
}

interface SortHeaderProps extends AssetTableProps {
  readonly name: string;
  readonly label: string;
  readonly priority?: number;
}

function SortHeader({ name, label, priority = 1, ...table }: SortHeaderProps) {
  const state = table.sort !== name ? "none" : table.order === "asc" ? "ascending" : "descending";
  return (
    <th
      scope="col"
      class={name === "name" ? undefined : "num"}
      aria-sort={state}
      data-col={name}
      data-pri={priority > 1 ? priority : undefined}
    >
      {/* The framework marks links to this path as the current page, which a sort is not. */}
      <a aria-current="false" href={table.sortHref(name, nextOrder(name, table))}>{label}</a>
    </th>
  );
}
