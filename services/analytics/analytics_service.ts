import { finiteOrNull } from "../kernel/numbers.ts";
import type { UtcMs } from "../kernel/time.ts";
import {
  type AssetId,
  type Interval,
  joinColumns,
  type MarketService,
  onCandles,
  type Provenance,
  withGapRows,
} from "../market/mod.ts";
import type { IndicatorSpec } from "./indicator.ts";
import { warmUpBars } from "./indicator_engine.ts";
import { computeIndicators, parseIndicatorSpecs } from "./indicators.ts";

/** A line of values aligned with `t`; `null` where the window is not whole. */
export type IndicatorLine = readonly (number | null)[];

/** Indicators of an asset over the candles of one source. */
export interface IndicatorSeries {
  readonly assetId: AssetId;
  readonly interval: Interval;
  /** Bucket starts, epoch ms, ascending: those of the candles in the range. */
  readonly t: Float64Array;
  /** By canonical name; indicators of several lines have them by name. */
  readonly series: Readonly<
    Record<string, IndicatorLine | Readonly<Record<string, IndicatorLine>>>
  >;
  /** Buckets of the range without a candle, and candles without a value that is read. */
  readonly missing: number;
  readonly provenance: Provenance | null;
  /** Start of the next page, `null` at the end. */
  readonly nextFrom: UtcMs | null;
  readonly version: number;
}

export interface IndicatorsQuery {
  /** As in SPEC section 16: `sma:20`, `macd:12-26-9`. */
  readonly names: readonly string[];
  readonly interval: Interval;
  readonly from?: UtcMs | undefined;
  readonly to?: UtcMs | undefined;
  readonly limit?: number | undefined;
  readonly source?: string | undefined;
}

/** Statistics over stored candles. */
export class AnalyticsService {
  readonly #market: MarketService;

  constructor({ market }: { readonly market: MarketService }) {
    this.#market = market;
  }

  /**
   * Indicators aligned with the candles of a range. The bars before the range warm them up, so a
   * value is `null` only where history or an unbroken window is lacking, and is the same in
   * whichever range it is asked for.
   */
  async getIndicators(
    asset: string,
    { names, ...range }: IndicatorsQuery,
  ): Promise<IndicatorSeries> {
    const specs: readonly IndicatorSpec[] = parseIndicatorSpecs(names);
    const query = { ...range, warmUpBars: warmUpBars(specs) };
    const page = await this.#market.getCandles(asset, query);
    const rows = withGapRows(joinColumns([page.warmUp, page.candles]), page.interval);
    const { series } = computeIndicators(specs, rows);
    const onPage = (values: Float64Array) =>
      onCandles(values, { rowOf: rows.rowOf, start: page.warmUp.length });
    const lines = Object.entries(series).map(([name, columns]) => {
      if (columns instanceof Float64Array) return [name, onPage(columns)] as const;
      const several = Object.entries(columns).map(([line, values]) => [line, onPage(values)]);
      return [name, Object.fromEntries(several)] as const;
    });
    const { assetId, interval, candles, provenance, nextFrom, version } = page;
    const unknown = candles.close.filter((close) => finiteOrNull(close) === null).length;
    return {
      assetId,
      interval,
      t: candles.openTime,
      series: Object.fromEntries(lines),
      missing: page.missing + unknown,
      provenance,
      nextFrom,
      version,
    };
  }
}
