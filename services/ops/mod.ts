export { type Capabilities, capabilitiesOf, type Capability } from "./capabilities.ts";
export {
  type Health,
  HealthService,
  type HealthServiceDeps,
  type ProbeResult,
  type Readiness,
} from "./health_service.ts";
export { JobsService, type QueueStatus } from "./jobs_service.ts";
export type { HealthProbe } from "./ports.ts";
