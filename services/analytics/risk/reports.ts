import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId, Interval, Provenance } from "../../market/mod.ts";
import type { PriceRisk, PriceSwing } from "./price_risk.ts";

/** What the figures of an answer stand on. */
export interface Basis {
  readonly interval: Interval;
  /** Starts of the first and the last bar of the window; the close before `from` is read as well. */
  readonly from: UtcMs;
  readonly to: UtcMs;
  /** Bars of the window. */
  readonly bars: number;
  /** Close of the last bar: nothing newer was used. */
  readonly asof: UtcMs;
  /** Stands for the facts that were used: another text means other facts. */
  readonly stamp: string;
}

/** How much of a window an asset fills, and from where. */
export interface AssetBasis {
  readonly assetId: AssetId;
  /** Bars with a price, and bars without. */
  readonly n: number;
  readonly missing: number;
  /** Starts of the first and last bar with a price; `null` without any. */
  readonly from: UtcMs | null;
  readonly to: UtcMs | null;
  readonly provenance: Provenance | null;
}

/** Why a figure is missing, by its name. */
export type Reasons = Readonly<Record<string, string>>;

export interface VolatilityReport extends Basis, PriceSwing {
  readonly asset: AssetBasis;
  readonly period: string;
  readonly reasons: Reasons;
}

/** The deepest fall with its dates; `peakAt` and the others are starts of bars. */
export interface DrawdownDates {
  readonly depth: number;
  readonly peakAt: UtcMs;
  readonly troughAt: UtcMs;
  /** When the old peak was reached again; `null` while it is not. */
  readonly recoveredAt: UtcMs | null;
}

/** How an asset moved with the one that it is measured against. */
export interface BenchmarkReport {
  readonly assetId: AssetId;
  readonly beta: number | null;
  readonly correlation: number | null;
  readonly ci95: readonly [low: number, high: number] | null;
  /** Returns that both have. */
  readonly n: number;
}

export interface RiskReport extends Basis, PriceSwing {
  readonly asset: AssetBasis;
  readonly period: string;
  readonly measures: Omit<PriceRisk["measures"], "beta">;
  readonly drawdown: DrawdownDates | null;
  readonly currentDrawdown: number | null;
  readonly benchmark: BenchmarkReport;
  readonly reasons: Reasons;
}

export interface DrawdownReport extends Basis {
  readonly asset: AssetBasis;
  readonly period: string;
  /** Starts of the rows: the bar before the window, then its bars. */
  readonly t: Float64Array;
  /** At most 0; NaN where the price is missing. */
  readonly curve: Float64Array;
  readonly deepest: DrawdownDates | null;
  readonly current: number | null;
  readonly reasons: Reasons;
}

export interface CorrelationReport extends Basis {
  readonly assets: readonly [AssetBasis, AssetBasis];
  readonly period: string;
  readonly correlation: number | null;
  readonly n: number;
  readonly ci95: readonly [low: number, high: number] | null;
  /** Bars without a return of both. */
  readonly missing: number;
  readonly reasons: Reasons;
}

export interface RollingCorrelationReport extends Basis {
  readonly assets: readonly [AssetBasis, AssetBasis];
  readonly period: string;
  /** Bars of each window. */
  readonly window: number;
  /** Starts of the bars that the windows end with. */
  readonly t: Float64Array;
  readonly correlation: Float64Array;
  readonly n: Uint32Array;
}

export interface CorrelationMatrixReport extends Basis {
  readonly assets: readonly AssetBasis[];
  readonly period: string;
  /** Row by row: cell (i, j) at `i * assets.length + j`; NaN where there is none. */
  readonly r: Float64Array;
  readonly n: Uint32Array;
  readonly ci95: readonly (readonly [low: number, high: number] | null)[];
}

export interface ComparedAsset extends AssetBasis {
  /** The bar whose close counts as 0; later than the start for one that was listed later. */
  readonly baseAt: UtcMs | null;
  /** Change from there to the last price, as a fraction. */
  readonly total: number | null;
  /** Change at each `t`; NaN before the base and where the price is missing. */
  readonly change: Float64Array;
  readonly reasons: Reasons;
}

export interface ComparisonReport extends Basis {
  readonly start: UtcMs;
  readonly t: Float64Array;
  readonly assets: readonly ComparedAsset[];
}
