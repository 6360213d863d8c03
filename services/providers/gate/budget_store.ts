import type { UtcMs } from "../../kernel/time.ts";
import type { ProviderStatus } from "../../ops/ports.ts";
import type { BudgetCount, BudgetLimit } from "./budget.ts";

/** Whose budgets, and what they are. */
export interface BudgetOwner {
  readonly provider: string;
  readonly limits: readonly BudgetLimit[];
}

export interface BudgetTake {
  readonly isGranted: boolean;
  /** When to ask again; `now` if it was granted. */
  readonly retryAt: UtcMs;
}

/** Counts what is spent of providers' budgets. */
export interface BudgetStore {
  readonly countedBy: ProviderStatus["countedBy"];
  /**
   * Takes the cost from all of the provider's windows, or from none. `share` is the part of the
   * budgets in use. Throws `RangeError` for a cost above `maxCost`.
   */
  take(
    owner: BudgetOwner,
    spend: { readonly cost: number; readonly share: number; readonly now: UtcMs },
  ): Promise<BudgetTake>;
  /** The counts after the latest call of this process; empty before the first. */
  counts(provider: string): readonly BudgetCount[];
}
