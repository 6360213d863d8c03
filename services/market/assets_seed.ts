import { StartupError } from "../kernel/errors.ts";
import type { Clock } from "../ports/mod.ts";
import type { AssetStore } from "./asset_ports.ts";
import type { Registry } from "./assets.ts";
import { planSeed, type SeedPlan } from "./assets_plan.ts";

export interface SeedDeps {
  readonly store: AssetStore;
  readonly clock: Clock;
}

/**
 * Brings the database to the registry and gives the plan that did it, or `null` where it held the
 * registry already, which one small query tells. Throws `StartupError` for a plan that must not run.
 */
export async function seedRegistry(
  registry: Registry,
  { store, clock }: SeedDeps,
): Promise<SeedPlan | null> {
  const plan = await planStoredSeed(registry, store);
  if (plan === null) return null;
  if (plan.refusal !== null) throw new StartupError(plan.refusal);
  await store.applyPlan(plan, clock.now());
  return plan;
}

/** What `seedRegistry` would do; changes nothing. `null` where there is nothing to do. */
export async function planStoredSeed(
  registry: Registry,
  store: AssetStore,
): Promise<SeedPlan | null> {
  const state = await store.findRegistryState();
  const isHeld = state?.version === registry.version && state.checksum === registry.checksum;
  return isHeld ? null : planSeed(await store.loadRegistry(), registry);
}
