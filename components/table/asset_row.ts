import { DAY_MS } from "../../services/kernel/time.ts";
import type { FigureValue } from "../figures/Figures.tsx";
import { formatDayShort, formatMonth } from "../format/time.ts";

/** One line of the asset table. Changes are fractions. */
export interface AssetRow {
  readonly assetId: string;
  readonly symbol: string;
  readonly name: string;
  readonly price: FigureValue;
  readonly change24h: FigureValue;
  readonly change7d: FigureValue;
  readonly change30d: FigureValue;
  readonly change1y: FigureValue;
  readonly volume24hUsd: FigureValue;
  readonly isVolumeEstimated: boolean;
  readonly marketCapUsd: FigureValue;
  readonly sparkline: readonly (number | null)[];
  readonly freshness: "live" | "delayed" | "stale" | "missing";
  readonly provenance: { readonly asof: number } | null;
  /** The trade that the price is, `null` for a close; absent where nothing keeps the row live. */
  readonly live?: { readonly source: string } | null;
}

/**
 * When a stale asset ends, where others go on for a day or more; else `null`. That all of them are
 * stale is said once, above. A day in the year of the newest, a month before it.
 */
export function endOfAsset(
  { freshness, provenance }: Pick<AssetRow, "freshness" | "provenance">,
  { newest }: { newest: number | null },
): string | null {
  if (freshness !== "stale" || provenance === null || newest === null) return null;
  const { asof } = provenance;
  if (newest - asof < DAY_MS) return null;
  const isSameYear = new Date(asof).getUTCFullYear() === new Date(newest).getUTCFullYear();
  return isSameYear ? formatDayShort(asof) : formatMonth(asof);
}

/** A column that the reader may hide. */
export interface AssetColumn {
  /** Name in the URL, of the sort and of the figure that explains it. */
  readonly key: string;
  readonly label: string;
  /** What its explanation is called. */
  readonly title: string;
  readonly isChange: boolean;
  /** When it gives way as the panel narrows: 4 first, then 3, 2 and 5; 1 never. */
  readonly priority: number;
  readonly read: (row: AssetRow) => FigureValue;
}

export const ASSET_COLUMNS: readonly AssetColumn[] = [
  {
    key: "price",
    label: "Price",
    title: "Price",
    isChange: false,
    priority: 1,
    read: (row) => row.price,
  },
  {
    key: "change_24h",
    label: "24 h",
    title: "Change over 24 hours",
    isChange: true,
    priority: 1,
    read: (row) => row.change24h,
  },
  {
    key: "change_7d",
    label: "7 d",
    title: "Change over 7 days",
    isChange: true,
    priority: 5,
    read: (row) => row.change7d,
  },
  {
    key: "change_30d",
    label: "30 d",
    title: "Change over 30 days",
    isChange: true,
    priority: 3,
    read: (row) => row.change30d,
  },
  {
    key: "change_1y",
    label: "1 y",
    title: "Change over a year",
    isChange: true,
    priority: 4,
    read: (row) => row.change1y,
  },
  {
    key: "volume_24h",
    label: "Volume 24 h",
    title: "Volume over 24 hours",
    isChange: false,
    priority: 3,
    read: (row) => row.volume24hUsd,
  },
  {
    key: "market_cap",
    label: "Market value",
    title: "Market value",
    isChange: false,
    priority: 5,
    read: (row) => row.marketCapUsd,
  },
];
