import { Sparkline } from "../charts/Sparkline.tsx";
import { Change, Explained, Fiat, Price, Unknown } from "../figures/Figures.tsx";
import { ASSET_COLUMNS, type AssetColumn, type AssetRow } from "./asset_row.ts";

export type SortOrder = "asc" | "desc";

export interface AssetTableProps {
  readonly caption: string;
  readonly rows: readonly AssetRow[];
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
            : <th scope="col" class="num" data-pri="2">90 days</th>}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <Row
            key={row.assetId}
            row={row}
            columns={columns}
            hasLine={!props.hidden.has("sparkline")}
          />
        ))}
      </tbody>
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
      data-pri={priority > 1 ? priority : undefined}
    >
      <a href={table.sortHref(name, nextOrder(name, table))}>{label}</a>
    </th>
  );
}

interface RowProps {
  readonly row: AssetRow;
  readonly columns: readonly AssetColumn[];
  readonly hasLine: boolean;
}

/** Where a cell stands on a phone, whose rows are two lines. */
const PHONE_PLACES: Readonly<Record<string, string>> = {
  price: "value",
  change_24h: "change",
  market_cap: "detail",
};

function Row({ row, columns, hasLine }: RowProps) {
  return (
    <tr data-search={`${row.name} ${row.symbol} ${row.assetId}`.toLowerCase()}>
      <th scope="row" data-p="name">
        <span class="name">
          <a href={`/assets/${encodeURIComponent(row.assetId)}`}>{row.name}</a>
          <small>{row.symbol}</small>
          {row.freshness === "stale" ? <small class="warn">stale</small> : null}
        </span>
      </th>
      {columns.map((column) => <Cell key={column.key} row={row} column={column} />)}
      {hasLine
        ? (
          <td class="num" data-pri="2">
            <Sparkline name={row.name} values={row.sparkline} />
          </td>
        )
        : null}
    </tr>
  );
}

function Cell({ row, column }: { readonly row: AssetRow; readonly column: AssetColumn }) {
  const place = PHONE_PLACES[column.key];
  const figure = column.read(row);
  return (
    <td
      class="num"
      data-p={place}
      data-pri={column.priority > 1 && place === undefined ? column.priority : undefined}
    >
      {place === "detail" ? <span class="sub">{column.label}</span> : null}
      {figure.value === null
        ? <Unknown reason={figure.reason} />
        : (
          <Explained figure={column.key} assetId={row.assetId} label={column.title}>
            <CellValue value={figure.value} row={row} column={column} />
          </Explained>
        )}
    </td>
  );
}

interface CellValueProps {
  readonly value: number;
  readonly row: AssetRow;
  readonly column: AssetColumn;
}

function CellValue({ value, row, column }: CellValueProps) {
  if (column.isChange) return <Change fraction={value} />;
  if (column.key === "price") return <Price value={value} />;
  const isEstimate = column.key === "volume_24h" && row.isVolumeEstimated;
  return (
    <>
      {isEstimate ? <span class="unit" title="estimated as volume × close">≈</span> : null}
      <Fiat value={value} />
    </>
  );
}
