import { AppError } from "@/services/kernel/errors.ts";
import type { UtcMs } from "@/services/kernel/time.ts";
import type { AssetId, HeldCommand, HeldPrice } from "@/services/market/mod.ts";
import type {
  FxControl,
  FxCurrencyStatus,
  HeldPoolReading,
  HeldPrices,
  PoolControl,
  PoolIntake,
  PoolReadingKey,
  ProviderControl,
  ProviderStatus,
} from "@/services/ops/mod.ts";
import type { AuditEntry, AuditLog } from "@/services/ports/audit.ts";
import type { Clock } from "@/services/ports/mod.ts";

/** A provider in order, with what a test changes of it. */
function providerStatus(
  name: string,
  changes: Partial<ProviderStatus> = {},
): ProviderStatus {
  return {
    name,
    label: name,
    missingKey: null,
    breaker: { state: "closed", since: 0 as UtcMs, retryAt: null, isForced: false },
    frozen: null,
    budgets: [{ window: "minute", limit: 30, used: 12, refilledAt: 60_000 as UtcMs }],
    share: 1,
    countedBy: "process",
    pausedUntil: null,
    urls: [{ url: "https://api.example", problem: null }],
    calls: 3,
    rateLimited: 1,
    failures: 0,
    lastSuccessAt: null,
    lastFailure: null,
    ...changes,
  };
}

/** Providers whose state is what they were told last. */
export class FakeProviders implements ProviderControl {
  readonly #byName: Map<string, ProviderStatus>;

  constructor(...names: readonly string[]) {
    this.#byName = new Map(names.map((name) => [name, providerStatus(name)]));
  }

  list(): readonly ProviderStatus[] {
    return [...this.#byName.values()];
  }

  thaw(name: string): Promise<boolean> {
    const wasFrozen = this.#find(name).frozen !== null;
    this.#change(name, { frozen: null });
    return Promise.resolve(wasFrozen);
  }

  freeze(name: string, reason: string): Promise<void> {
    this.#change(name, { frozen: { status: 0, reason, at: 0 as UtcMs } });
    return Promise.resolve();
  }

  setBreaker(name: string, state: "open" | "closed"): Promise<void> {
    const { breaker } = this.#find(name);
    this.#change(name, { breaker: { ...breaker, state, isForced: state === "open" } });
    return Promise.resolve();
  }

  #find(name: string): ProviderStatus {
    const found = this.#byName.get(name);
    if (found) return found;
    throw new AppError("RESOURCE_NOT_FOUND", `No provider is named "${name}"`);
  }

  #change(name: string, changes: Partial<ProviderStatus>): void {
    this.#byName.set(name, { ...this.#find(name), ...changes });
  }
}

/** A price that is held back, with what a test changes of it. */
export function heldPrice(changes: Partial<HeldPrice> = {}): HeldPrice {
  return {
    id: "",
    assetId: "dogecoin" as AssetId,
    venue: "coinbase",
    priceUsd: 2.41,
    at: 900 as UtcMs,
    lastPriceUsd: 0.23,
    lastAt: 800 as UtcMs,
    state: "held",
    settledBy: null,
    settledAt: null,
    ...changes,
  };
}

/** Held prices that are never settled, and the words that were given about them. */
export class FakeHeldPrices implements HeldPrices {
  readonly commands: HeldCommand[] = [];
  readonly #prices: readonly HeldPrice[];

  constructor(...prices: readonly HeldPrice[]) {
    this.#prices = prices;
  }

  list({ limit }: { readonly limit: number }): Promise<readonly HeldPrice[]> {
    return Promise.resolve(this.#prices.slice(0, limit));
  }

  settle(command: HeldCommand): void {
    this.commands.push(command);
  }
}

/** Euro values that are held until somebody allows the end-of-day rate. */
export class FakeFx implements FxControl {
  #status: FxCurrencyStatus = {
    currency: "EUR",
    state: "delayed",
    fallback: { rate: 0.804, source: "ecb", asof: 900 as UtcMs },
    lastIntraday: { rate: 0.8, source: "exchangerate_host", asof: 800 as UtcMs },
    driftBps: 50,
    permittedUntil: null,
  };

  listStatus(): Promise<readonly FxCurrencyStatus[]> {
    return Promise.resolve([this.#status]);
  }

  useEodOnce(currency: string): Promise<FxCurrencyStatus> {
    if (currency !== "EUR") {
      return Promise.reject(new AppError("RESOURCE_NOT_FOUND", `No currency "${currency}"`));
    }
    if (this.#status.state !== "delayed") {
      return Promise.reject(new AppError("CONFLICT", "Values in EUR are not held"));
    }
    this.#status = { ...this.#status, state: "permitted", permittedUntil: 1_801_000 as UtcMs };
    return Promise.resolve(this.#status);
  }
}

/** An audit log in memory. */
export class MemoryAuditLog implements AuditLog {
  readonly entries: AuditEntry[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(entry: Omit<AuditEntry, "id" | "at">): Promise<AuditEntry> {
    const id = `audit-${this.entries.length + 1}`;
    const kept = { ...entry, id, at: this.#clock.now() };
    this.entries.push(kept);
    return Promise.resolve(kept);
  }

  list(
    { limit, before }: { readonly limit: number; readonly before?: string },
  ): Promise<readonly AuditEntry[]> {
    const newestFirst = this.entries.toReversed();
    const start = newestFirst.findIndex(({ id }) => id === before) + 1;
    return Promise.resolve(newestFirst.slice(start, start + limit));
  }
}

/** Pools that nobody fetched yet. */
const NO_POOLS: PoolIntake = {
  ...{ provider: "mock", wanted: "mock", fallback: null },
  ...{ fetches: [], held: [], quarantined: [] },
};

/** A reading of a pool that is held, after one that counts. */
export const HELD_READING: HeldPoolReading = {
  reading: {
    ...{ poolId: "aave-v3-base-0xusdc", source: "dune", ts: 900 as UtcMs },
    ...{ supplyApy: 0.05, incentiveApy: 0, tvlUsd: 9e9 },
  },
  believed: { ts: 800 as UtcMs, supplyApy: 0.05, incentiveApy: 0, tvlUsd: 1e8 },
};

/** One held reading, which is settled once. */
export class FakePools implements PoolControl {
  readonly acts: string[] = [];

  read(): Promise<PoolIntake> {
    return Promise.resolve({ ...NO_POOLS, held: this.acts.length > 0 ? [] : [HELD_READING] });
  }

  settle({ poolId, ts }: PoolReadingKey, act: "accept" | "discard"): Promise<HeldPoolReading> {
    if (poolId !== HELD_READING.reading.poolId || ts !== HELD_READING.reading.ts) {
      return Promise.reject(new AppError("RESOURCE_NOT_FOUND", "There is no such reading"));
    }
    if (this.acts.length > 0) {
      return Promise.reject(new AppError("CONFLICT", "The reading counts already"));
    }
    this.acts.push(act);
    return Promise.resolve(HELD_READING);
  }
}
