import type { CandleChartData } from "./candles_data.ts";
import type { BarInterval, RangeName } from "./candles_query.ts";

/** Where the bars of a chart come from and how they stand against the time of asking. */
export interface ChartOrigin {
  readonly source: string;
  /** Close of the newest bar, UTC milliseconds. */
  readonly asof: number;
  /** Finer interval that the bars were made from, if they are not stored as shown. */
  readonly derivedFrom: string | null;
  readonly isDemo: boolean;
}

/** A chart as a page or the API hands it over. */
export interface ChartSnapshot {
  readonly data: CandleChartData;
  /** `null` where nothing is stored. */
  readonly origin: ChartOrigin | null;
  readonly freshness: "live" | "delayed" | "stale" | "missing";
  readonly availableRanges: readonly RangeName[];
  readonly availableIntervals: readonly BarInterval[];
}
