export { fromColumn, fromColumns, toColumn } from "./column.ts";
export {
  type BarColumns,
  type BarValues,
  type IndicatorColumns,
  type IndicatorDescription,
  type IndicatorPoint,
  type IndicatorSpec,
  type IndicatorStream,
  MAX_INDICATORS,
  MAX_PERIOD,
} from "./indicator.ts";
export {
  type ComputedIndicators,
  computeIndicators,
  createIndicatorStream,
  describeIndicator,
  INDICATOR_SYNTAX,
  parseIndicatorSpec,
  parseIndicatorSpecs,
  warmUp,
} from "./indicators.ts";
export { atr } from "./atr.ts";
export { bollinger, type BollingerColumns } from "./bollinger.ts";
export { ema } from "./ema.ts";
export { macd, type MacdColumns } from "./macd.ts";
export { roc } from "./roc.ts";
export { rsi } from "./rsi.ts";
export { sma } from "./sma.ts";
export { stddev } from "./stddev.ts";
export { trueRange } from "./true_range.ts";
export * from "./analytics_service.ts";
export { indicatorEngine } from "./indicator_engine.ts";
export { measurePerformance, type Performance, type PerformanceInput } from "./performance.ts";
export {
  type DatedValue,
  flowsOfValues,
  type Growth,
  growthOfReturns,
  growthOfValues,
  modifiedDietz,
  timeWeightedReturn,
} from "../kernel/returns.ts";
export { measureRisk, type RiskMeasures, type RiskOptions } from "../kernel/risk.ts";
export { type CashFlow, xirr } from "../kernel/xirr.ts";
export * from "./risk/asset_metrics.ts";
export { MIN_COMMON_POINTS } from "./risk/common_rows.ts";
export * from "./risk/correlation.ts";
export * from "./risk/correlation_matrix.ts";
export { deepestDrawdown, type Drawdown, drawdownCurve } from "../kernel/drawdown.ts";
export { RISK_FIGURES } from "./risk/figures.ts";
export { logReturns } from "./risk/log_returns.ts";
export { parsePeriod, type Period, USUAL_PERIODS } from "./risk/period.ts";
export {
  measurePriceRisk,
  measureSwing,
  type PriceRisk,
  type PriceSwing,
} from "./risk/price_risk.ts";
export { type RelativePerformance, relativePerformance } from "./risk/relative_performance.ts";
export * from "./risk/reports.ts";
export * from "./risk/risk_service.ts";
export type { CandleScope } from "./risk/window_reader.ts";
