import { ASSET_COLUMNS, type AssetRow } from "./asset_row.ts";
import { assetRowsHtml } from "./AssetRows.tsx";
import { SortHeader, type Sorting } from "./SortHeader.tsx";

export interface AssetTableProps extends Sorting {
  readonly caption: string;
  readonly rows: readonly AssetRow[];
  /** As-of of the newest asset, `null` without any. */
  readonly newest: number | null;
  /** Keys of the columns that the reader hid. */
  readonly hidden: ReadonlySet<string>;
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
