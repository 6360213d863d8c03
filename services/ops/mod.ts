export { type Capabilities, capabilitiesOf, type Capability } from "./capabilities.ts";
export type * from "./fx_ports.ts";
export {
  type Health,
  HealthService,
  type HealthServiceDeps,
  type ProbeResult,
  type Readiness,
} from "./health_service.ts";
export { JobsService, type OwnRuns, type QueueStatus } from "./jobs_service.ts";
export * from "./ops_read_models.ts";
export { type BackfillRequest, OpsService, type OpsServiceDeps } from "./ops_service.ts";
export * from "./ports.ts";
export { seriesCoverage } from "./series_coverage.ts";
export { meterStreams } from "./stream_metrics.ts";
