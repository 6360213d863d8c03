import { SECOND_MS } from "../services/kernel/time.ts";
import type { LeaseStore } from "../services/ports/leases.ts";

/** A moment at which the platform wakes us, also a process that sleeps until then. */
export interface CronEntry {
  /** Stable, as the platform knows the cron by it. */
  readonly name: string;
  /** `minute hour day month weekday`, UTC. */
  readonly expression: string;
}

/**
 * The crons of the product, at most ten, as a platform allows. One is enough: each minute it
 * enqueues the jobs whose slot has begun, whatever their schedules are.
 */
export const CRONS: readonly CronEntry[] = [
  { name: "enqueue due jobs", expression: "* * * * *" },
];

/** Below a minute, so that whoever has a turn does not have the next one for certain. */
export const CRON_LEASE_MS = 45 * SECOND_MS;

/** `Deno.cron`, as far as it is used here. */
export type DefineCron = (name: string, expression: string, run: () => Promise<void>) => unknown;

/**
 * Defines every cron; `false` where the runtime has none. To be called at the top level of the
 * entry module, where platforms look for them.
 */
export function defineCrons(
  define: DefineCron | undefined,
  run: (entry: CronEntry) => Promise<void>,
): boolean {
  if (define === undefined) return false;
  // What goes wrong in a run is logged and made good at the next minute.
  for (const entry of CRONS) void define(entry.name, entry.expression, () => run(entry));
  return true;
}

/**
 * Runs `work` if this process gets the turn: of all that a cron wakes at once, one does.
 * `false` if another has it.
 */
export async function takeCronTurn(
  entry: CronEntry,
  { leases, owner, work }: {
    readonly leases: LeaseStore;
    readonly owner: string;
    readonly work: () => Promise<void>;
  },
): Promise<boolean> {
  // Kept until it runs out, for those whose clock is a little late.
  const hasTurn = await leases.acquire(`cron ${entry.name}`, { owner, leaseMs: CRON_LEASE_MS });
  if (hasTurn) await work();
  return hasTurn;
}
