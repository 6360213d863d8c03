import type { UtcMs } from "../../kernel/time.ts";
import {
  type AssetLabel,
  type CandleColumns,
  joinColumns,
  type MarketService,
  type Provenance,
} from "../../market/mod.ts";
import { alignCloses, type PlannedAsset, type PriceWindow } from "./price_window.ts";

/** Closes of an asset in the rows of a window, and where they come from. */
export interface PriceRows {
  readonly label: AssetLabel;
  /** The close before the first bar, then one for each bar; NaN where there is none. */
  readonly prices: Float64Array;
  /** `null` where the window holds no candle of the asset. */
  readonly provenance: Provenance | null;
}

/** The candles of a planned asset in its window, ascending. */
export interface WindowCandles {
  readonly candles: CandleColumns;
  readonly provenance: Provenance;
}

/** Assets read at the same time; between two such reads other requests get their turn. */
const PARALLEL_ASSETS = 4;

/** Reads every asset of the window. */
export async function readRows(
  market: MarketService,
  window: PriceWindow,
): Promise<readonly PriceRows[]> {
  const rows: PriceRows[] = [];
  for (let at = 0; at < window.assets.length; at += PARALLEL_ASSETS) {
    // The embedded database answers without ever yielding.
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, 0));
    const some = window.assets.slice(at, at + PARALLEL_ASSETS);
    rows.push(...await Promise.all(some.map((planned) => readRowsOf(market, window, planned))));
  }
  return rows;
}

async function readRowsOf(
  market: MarketService,
  window: PriceWindow,
  planned: PlannedAsset,
): Promise<PriceRows> {
  const { label } = planned;
  const read = await readCandlesIn(market, window, { planned });
  if (read === null) {
    return { label, prices: new Float64Array(window.bars + 1).fill(NaN), provenance: null };
  }
  return { label, prices: alignCloses(read.candles, window), provenance: read.provenance };
}

/** The candles behind a planned asset's rows; `null` where there are none. */
export async function readCandlesIn(
  market: MarketService,
  { base, end, interval }: PriceWindow,
  { planned: { label, series } }: { readonly planned: PlannedAsset },
): Promise<WindowCandles | null> {
  if (series === null) return null;
  const pieces: CandleColumns[] = [];
  let provenance: Provenance | null = null;
  // One page holds every window, but for bars that are rolled up from very many finer ones.
  for (let from: UtcMs | null = base; from !== null && from < end;) {
    const { source } = series;
    const page = await market.getCandles(label.assetId, { interval, from, to: end, source });
    if (page.candles.length > 0) {
      pieces.push(page.candles);
      provenance = page.provenance;
    }
    from = page.nextFrom;
  }
  return provenance === null ? null : { candles: joinColumns(pieces), provenance };
}
