export { type GaugeName, type Gauges, type GaugeSource, type GaugeStore } from "./gauges.ts";
export { GaugeService, type GaugeView, KEPT_DAYS } from "./gauge_service.ts";
