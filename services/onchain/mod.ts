export type { FeeBand } from "./fee_bands.ts";
export { feeBands } from "./fee_bands.ts";
export {
  explainGauge,
  gaugeAssetOf,
  type GaugeExplanation,
  type GaugeFigure,
  gaugeFigureName,
  gaugeFigureOf,
  gaugeText,
} from "./explain_gauge.ts";
export type { GaugeHour } from "./gauge_hours.ts";
export { GAUGE_METRICS, type GaugeMetric, type GaugePoint } from "./gauge_metrics.ts";
export { GAUGE_TOPIC } from "./gauges.ts";
export type {
  GasGauge,
  GaugeName,
  Gauges,
  GaugeSource,
  GaugeStore,
  MempoolGauge,
} from "./gauges.ts";
export {
  GAUGE_EVERY_MS,
  type GaugeExamples,
  type GaugeHistory,
  type GaugeOff,
  GaugeService,
  type GaugeView,
  KEPT_DAYS,
} from "./gauge_service.ts";
