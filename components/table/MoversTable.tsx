import { Sparkline } from "../charts/Sparkline.tsx";
import { Change, Explained, Price, Unknown } from "../figures/Figures.tsx";
import { type AssetRow, endOfAsset } from "./asset_row.ts";
import { liveAttributes } from "../live/live_attributes.ts";
import { Ended, PriceAge } from "./AssetRows.tsx";

/** The few assets at one end of the day's changes. */
export function MoversTable({ caption, rows, newest }: {
  readonly caption: string;
  /** As-of of the newest asset; the others say where they end. */
  readonly newest: number | null;
  readonly rows: readonly AssetRow[];
}) {
  return (
    <table class="table two-line movers">
      <caption class="sr">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Asset</th>
          <th scope="col" class="num">Price</th>
          <th scope="col" class="num">24 h</th>
          <th scope="col" class="num" data-pri="5">90 days</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <MoverRow key={row.assetId} row={row} ended={endOfAsset(row, { newest })} />
        ))}
      </tbody>
    </table>
  );
}

interface MoverRowProps {
  readonly row: AssetRow;
  readonly ended: string | null;
}

function MoverRow({ row, ended }: MoverRowProps) {
  const { assetId, price, change24h } = row;
  return (
    <tr {...liveAttributes(row)}>
      <th scope="row" data-p="name">
        <span class="name">
          <a href={`/assets/${encodeURIComponent(assetId)}`}>{row.name}</a>
          {ended === null ? <small>{row.symbol}</small> : <Ended at={ended} />}
          <PriceAge />
        </span>
      </th>
      <td class="num" data-p="value" data-cell="price">
        {price.value === null
          ? <Unknown reason={price.reason} />
          : (
            <Explained figure="price" assetId={assetId}>
              <Price value={price.value} />
            </Explained>
          )}
      </td>
      <td class="num" data-p="change" data-cell="change_24h">
        {change24h.value === null
          ? <Unknown reason={change24h.reason} />
          : (
            <Explained figure="change_24h" assetId={assetId}>
              <Change fraction={change24h.value} />
            </Explained>
          )}
      </td>
      <td class="num" data-p="detail" data-pri="5">
        <Sparkline name={row.name} values={row.sparkline} />
      </td>
    </tr>
  );
}
