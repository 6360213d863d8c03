import { renderToString } from "preact-render-to-string";
import { Sparkline } from "../charts/Sparkline.tsx";
import { Change, Explained, Fiat, Price, Unknown } from "../figures/Figures.tsx";
import { liveAttributes } from "../live/live_attributes.ts";
import { ASSET_COLUMNS, type AssetColumn, type AssetRow, endOfAsset } from "./asset_row.ts";

/** Markup of each row by the columns it has. A row of new facts is a new object, so it is new here. */
const markup = new WeakMap<AssetRow, Map<string, string>>();

export interface AssetRowsOptions {
  readonly hidden: ReadonlySet<string>;
  /** As-of of the newest asset; the others say where they end. */
  readonly newest: number | null;
}

/**
 * The body of the table as HTML. Rows whose facts did not change are not rendered again: of a
 * page's time, nearly all goes into its rows.
 */
export function assetRowsHtml(
  rows: readonly AssetRow[],
  { hidden, newest }: AssetRowsOptions,
): string {
  const columns = ASSET_COLUMNS.filter((column) => !hidden.has(column.key));
  const hasLine = !hidden.has("sparkline");
  const variant = [...columns.map(({ key }) => key), hasLine ? "sparkline" : ""].join();
  let html = "";
  for (const row of rows) {
    let variants = markup.get(row);
    if (variants === undefined) markup.set(row, variants = new Map());
    const ended = endOfAsset(row, { newest });
    const key = `${variant} ${ended ?? ""}`;
    let known = variants.get(key);
    if (known === undefined) {
      known = renderToString(<Row row={row} columns={columns} hasLine={hasLine} ended={ended} />);
      variants.set(key, known);
    }
    html += known;
  }
  return html;
}

interface RowProps {
  readonly row: AssetRow;
  readonly columns: readonly AssetColumn[];
  readonly hasLine: boolean;
  readonly ended: string | null;
}

/** Where a cell stands on a phone, whose rows are two lines. */
const PHONE_PLACES: Readonly<Record<string, string>> = {
  price: "value",
  change_24h: "change",
  market_cap: "detail",
};

/** Columns that scripts keep up to date. */
const LIVE_CELLS: ReadonlySet<string> = new Set(["price", "change_24h"]);

/** Marks an asset whose prices end before those of others, in the colour of what is late. */
export function Ended({ at }: { readonly at: string | null }) {
  if (at === null) return null;
  return (
    <small class="ended" title="No newer candle is stored">
      <span class="sr">stale, ends</span> {at}
    </small>
  );
}

/** Where the age of a live price appears once it is late. */
export function PriceAge() {
  return <small class="age" data-age hidden title="No newer price has come" />;
}

function Row({ row, columns, hasLine, ended }: RowProps) {
  return (
    <tr
      data-search={`${row.name} ${row.symbol} ${row.assetId}`.toLowerCase()}
      {...liveAttributes(row)}
    >
      <th scope="row" data-p="name">
        <span class="name">
          <a href={`/assets/${encodeURIComponent(row.assetId)}`}>{row.name}</a>
          <small>{row.symbol}</small>
          <Ended at={ended} />
          <PriceAge />
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
      data-pri={column.priority > 1 ? column.priority : undefined}
      data-cell={LIVE_CELLS.has(column.key) ? column.key : undefined}
    >
      {place === "detail" ? <span class="sub">{column.label}</span> : null}
      {figure.value === null
        ? <Unknown reason={figure.reason} />
        : (
          <Explained figure={column.key} assetId={row.assetId}>
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
