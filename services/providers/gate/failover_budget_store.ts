import { errorMessage } from "../../kernel/errors.ts";
import { SECOND_MS, type UtcMs } from "../../kernel/time.ts";
import type { ProviderStatus } from "../../ops/ports.ts";
import type { Counter, Metrics } from "../../ports/metrics.ts";
import type { Clock, Log, Timer } from "../../ports/mod.ts";
import { type BudgetCount, type BudgetLimit, spendBudget, windowStartOf } from "./budget.ts";
import type { BudgetOwner, BudgetStore, BudgetTake } from "./budget_store.ts";
import type { RedisBudgetStore } from "./redis_budget_store.ts";

/**
 * Part of the budgets that an instance spends while it can't know what the others do: ten of them
 * together stay within the whole.
 */
export const FALLBACK_SHARE = 0.1;
/** How often it is asked whether Redis came back. */
export const PROBE_EVERY_MS = 5 * SECOND_MS;

export interface FailoverBudgetStoreDeps {
  readonly redis: RedisBudgetStore;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
  readonly metrics: Metrics;
}

interface Leak {
  readonly owner: BudgetOwner;
  readonly counts: readonly BudgetCount[];
  readonly spent: number;
}

/**
 * Budgets in Redis and, while it is gone, in a leaky bucket of this process. The bucket begins
 * empty, so that it denies by default: calls only trickle out, at a tenth of the budgets. What
 * trickled out is charged to the shared budgets once Redis is back.
 */
export class FailoverBudgetStore implements BudgetStore {
  readonly #redis: RedisBudgetStore;
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #log: Log;
  readonly #switches: Counter;
  /** By provider what leaked out, `null` while Redis counts. */
  #leaks: Map<string, Leak> | null = null;
  #cancelProbe = () => {};
  #isStopped = false;

  constructor({ redis, clock, timer, log, metrics }: FailoverBudgetStoreDeps) {
    this.#redis = redis;
    this.#clock = clock;
    this.#timer = timer;
    this.#log = log;
    this.#switches = metrics.counter({
      name: "tokenlysis_budget_switches_total",
      help: "Switches of where provider budgets are counted",
      labels: ["to"],
    });
  }

  get countedBy(): ProviderStatus["countedBy"] {
    return this.#leaks ? "fallback" : "redis";
  }

  async take(
    owner: BudgetOwner,
    spend: { cost: number; share: number; now: UtcMs },
  ): Promise<BudgetTake> {
    if (this.#leaks) return this.#leak(this.#leaks, { owner, ...spend });
    try {
      return await this.#redis.take(owner, spend);
    } catch (error) {
      // A cost that never fits is the caller's mistake.
      if (error instanceof RangeError) throw error;
      return this.#leak(this.#switchToFallback(error), { owner, ...spend });
    }
  }

  counts(provider: string): readonly BudgetCount[] {
    return this.#leaks ? this.#leaks.get(provider)?.counts ?? [] : this.#redis.counts(provider);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelProbe();
  }

  #leak(
    leaks: Map<string, Leak>,
    { owner, cost, share, now }: { owner: BudgetOwner; cost: number; share: number; now: UtcMs },
  ): BudgetTake {
    const { provider, limits } = owner;
    const before = leaks.get(provider) ?? { counts: emptyCounts(limits, now), spent: 0 };
    const spend = { counts: before.counts, cost, share: share * FALLBACK_SHARE, now };
    const { counts, ...take } = spendBudget(limits, spend);
    const spent = before.spent + (take.isGranted ? cost : 0);
    leaks.set(provider, { owner, counts, spent });
    return take;
  }

  #switchToFallback(error: unknown): Map<string, Leak> {
    // Of calls that fail at the same time, only the first one switches.
    if (this.#leaks) return this.#leaks;
    this.#leaks = new Map();
    this.#switches.add(1, { to: "fallback" });
    this.#log.warn("Redis is gone: budgets are counted in this process, at a tenth", {
      error: errorMessage(error),
    });
    this.#probeLater();
    return this.#leaks;
  }

  #probeLater(): void {
    if (this.#isStopped) return;
    this.#cancelProbe = this.#timer.after(PROBE_EVERY_MS, () => void this.#probe());
  }

  async #probe(): Promise<void> {
    try {
      await this.#redis.ping();
      if (this.#leaks) await this.#settle(this.#leaks);
    } catch {
      this.#probeLater();
      return;
    }
    this.#switches.add(1, { to: "redis" });
    this.#log.info("Redis is back: budgets are shared again");
  }

  /** Charges what leaked, also while it does so, and goes back to Redis. */
  async #settle(leaks: Map<string, Leak>): Promise<void> {
    for (;;) {
      const [owing] = [...leaks.values()].filter(({ spent }) => spent > 0);
      if (!owing) {
        this.#leaks = null;
        return;
      }
      const { owner, spent } = owing;
      await this.#redis.charge(owner, { cost: spent, now: this.#clock.now() });
      const left = leaks.get(owner.provider) ?? owing;
      leaks.set(owner.provider, { ...left, spent: left.spent - spent });
    }
  }
}

function emptyCounts(limits: readonly BudgetLimit[], now: UtcMs): readonly BudgetCount[] {
  return limits.map(({ window }) => ({
    bucket: { tokens: 0, at: now },
    spent: 0,
    windowStart: windowStartOf(window, now),
  }));
}
