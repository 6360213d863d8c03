import {
  type ChartQuery,
  DEFAULT_INDICATORS,
  readChartQuery,
} from "../../../components/charts/candles_query.ts";
import { AppError } from "../../../services/kernel/errors.ts";
import { asHttpError } from "../../refusals.ts";
import type { UtcMs } from "../../../services/kernel/time.ts";
import type {
  Asset,
  AssetQuote,
  ChartView,
  MarketService,
  SeriesProvenance,
} from "../../../services/market/mod.ts";
import { type HighestClose, highestClose } from "./highest_close.ts";

/** Everything that the page of an asset shows. */
export interface AssetPageData {
  readonly asset: Asset;
  readonly quote: AssetQuote;
  readonly query: ChartQuery;
  readonly chart: ChartView;
  readonly provenance: readonly SeriesProvenance[];
  readonly highest: HighestClose | null;
  /** Why indicators of the address are left out, `null` if none is. */
  readonly refused: string | null;
  readonly now: UtcMs;
}

/** The asset that a part of the address means. A name that means none, or several, is a 404. */
export function findAsset(market: MarketService, text: string): Asset {
  try {
    return market.resolve(text);
  } catch (error) {
    throw asHttpError(error);
  }
}

/** Where the page stands under the asset's own id; `null` if the address is that already. */
export function canonicalPath(asset: Asset, { id, url }: { id: string; url: URL }): string | null {
  if (id === asset.id) return null;
  return `/assets/${encodeURIComponent(asset.id)}${url.search}`;
}

/** The chart that an address asks for, without indicators that can't be computed. */
export async function readChart(
  market: MarketService,
  asset: Asset,
  { url }: { url: URL },
): Promise<Pick<AssetPageData, "chart" | "query" | "refused">> {
  const query = readChartQuery(url.searchParams);
  const ask = (indicators: readonly string[]) =>
    market.getChart(asset.id, {
      range: query.range,
      indicators,
      ...query.interval !== null && { interval: query.interval },
    });
  try {
    return { query, chart: await ask(query.indicators), refused: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "VALIDATION_FAILED") throw error;
    const indicators = DEFAULT_INDICATORS;
    return {
      query: { ...query, indicators },
      chart: await ask(indicators),
      refused: error.message,
    };
  }
}

/** Reads the page of an asset. */
export async function readAssetPage(
  market: MarketService,
  asset: Asset,
  { url, now }: { url: URL; now: UtcMs },
): Promise<AssetPageData> {
  const [chart, quote, provenance, daily] = await Promise.all([
    readChart(market, asset, { url }),
    market.getQuote(asset.id),
    market.listProvenance(asset.id),
    market.getCandles(asset.id, { interval: "1d" }),
  ]);
  const highest = highestClose(daily, { price: quote.price.value });
  return { asset, quote, provenance, highest, now, ...chart };
}
