import type { UtcMs } from "../kernel/time.ts";
import type { Registry } from "./assets.ts";
import type { SeedPlan } from "./assets_plan.ts";

/** Which registry the database holds. */
export interface RegistryState {
  readonly version: string;
  readonly checksum: string;
  readonly seededAt: UtcMs;
}

/** Keeps the seeded registry. Tables and columns are those of `REGISTRY_TABLES` (`assets_tables.ts`). */
export interface AssetStore {
  /** What was seeded last, or `null` before the first seeding. */
  findRegistryState(): Promise<RegistryState | null>;
  /** The stored registry, rows in any order, or `null` before the first seeding. */
  loadRegistry(): Promise<Registry | null>;
  /**
   * Runs the plan's steps in order and records its version and checksum as the registry's state,
   * in one transaction. Running the same plan twice changes nothing.
   */
  applyPlan(plan: SeedPlan, now: UtcMs): Promise<void>;
}
