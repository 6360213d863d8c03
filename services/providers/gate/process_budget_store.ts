import { errorMessage } from "../../kernel/errors.ts";
import { SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { JsonValue } from "../../ports/jobs.ts";
import type { Log } from "../../ports/mod.ts";
import type { ProviderRecord, ProviderStateStore } from "../../ports/provider_records.ts";
import { type BudgetCount, type BudgetLimit, spendBudget } from "./budget.ts";
import { decodeCounts, encodeCounts } from "./budget_codec.ts";
import type { BudgetOwner, BudgetStore, BudgetTake } from "./budget_store.ts";

/** A crash loses at most this many counts of a provider, on the safe side. */
const MAX_RESERVE = 20;
/** Nor more than this part of the burst of a day or a month, which takes long to come back. */
const RESERVE_PART = 1 / 4;
/** After the counts could not be saved, no call is granted for so long. */
const SAVE_AGAIN_MS = SECOND_MS;

interface Account {
  readonly owner: BudgetOwner;
  counts: readonly BudgetCount[];
  /** Spent since the start. */
  granted: number;
  /** `granted` may grow up to here before the counts must be saved again. */
  coveredUpTo: number;
  saving: Promise<void> | null;
}

/**
 * Budgets counted in this process and kept in the database. What is saved is always ahead of what
 * was spent, by a reserve, and no call is granted beyond it: so calls need not wait for the
 * database, and a crash leaves counts that are too high by the reserve at most, never too low.
 */
export class ProcessBudgetStore implements BudgetStore {
  readonly countedBy = "process";
  readonly #records: ProviderStateStore;
  readonly #log: Log;
  readonly #accounts = new Map<string, Account>();
  #saved: ReadonlyMap<string, JsonValue> = new Map();

  constructor({ records, log }: { records: ProviderStateStore; log: Log }) {
    this.#records = records;
    this.#log = log;
  }

  /** Goes on from what was saved; before the first call. */
  load(records: readonly ProviderRecord[]): void {
    this.#saved = new Map(records.map(({ provider, budgets }) => [provider, budgets]));
  }

  async take(
    owner: BudgetOwner,
    { cost, share, now }: { cost: number; share: number; now: UtcMs },
  ): Promise<BudgetTake> {
    const account = this.#account(owner, now);
    for (;;) {
      const spend = spendBudget(owner.limits, { counts: account.counts, cost, share, now });
      if (!spend.isGranted) return spend;
      const reserve = Math.max(cost, reserveOf(owner.limits));
      if (account.granted + cost <= account.coveredUpTo) {
        account.counts = spend.counts;
        account.granted += cost;
        const isHalfSpent = account.coveredUpTo - account.granted < reserve / 2;
        // If it fails, the call that needs it tries again.
        if (isHalfSpent) this.#save(account, reserve).catch(() => {});
        return spend;
      }
      try {
        await this.#save(account, reserve);
      } catch {
        return { isGranted: false, retryAt: utcMsOf(now + SAVE_AGAIN_MS) };
      }
    }
  }

  counts(provider: string): readonly BudgetCount[] {
    return this.#accounts.get(provider)?.counts ?? [];
  }

  /** Saves what was really spent, so that the next start finds no reserve gone. */
  async stop(): Promise<void> {
    await Promise.allSettled([...this.#accounts.values()].map(async (account) => {
      await account.saving?.catch(() => {});
      await this.#save(account, 0);
    }));
  }

  #account(owner: BudgetOwner, now: UtcMs): Account {
    const { provider, limits } = owner;
    let account = this.#accounts.get(provider);
    if (!account) {
      const counts = decodeCounts(this.#saved.get(provider), { limits, now });
      account = { owner, counts, granted: 0, coveredUpTo: 0, saving: null };
      this.#accounts.set(provider, account);
    }
    return account;
  }

  /** Calls that come while it saves are granted as far as the counts saved before cover them. */
  #save(account: Account, reserve: number): Promise<void> {
    if (account.saving) return account.saving;
    const { owner: { provider, limits }, counts } = account;
    const coveredUpTo = account.granted + reserve;
    const save = async () => {
      try {
        await this.#records.saveBudgets(provider, encodeCounts(limits, { counts, reserve }));
        account.coveredUpTo = coveredUpTo;
      } catch (error) {
        const fields = { provider, error: errorMessage(error) };
        this.#log.error("Cannot save what was spent of a budget: the provider must wait", fields);
        throw error;
      } finally {
        account.saving = null;
      }
    };
    account.saving = save();
    return account.saving;
  }
}

function reserveOf(limits: readonly BudgetLimit[]): number {
  const slow = limits.filter(({ window }) => window === "day" || window === "month");
  const parts = slow.map(({ burst }) => Math.floor(burst * RESERVE_PART));
  return Math.max(1, Math.min(MAX_RESERVE, ...parts));
}
