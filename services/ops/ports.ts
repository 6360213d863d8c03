import type { UtcMs } from "../kernel/time.ts";

/** A part of the product that must work for requests to be answered. */
export interface HealthProbe {
  /** `database`, `queue`, `scheduler`. */
  readonly name: string;
  /** Rejects with the reason while the part does not work. */
  check(signal: AbortSignal): Promise<void>;
}

/** One budget of a provider: calls (or their weight) that it allows in a window. */
export interface BudgetStatus {
  readonly window: "second" | "minute" | "day" | "month";
  readonly limit: number;
  readonly used: number;
  /** When the whole of it is there again, if nothing is spent until then. */
  readonly refilledAt: UtcMs;
}

export type BreakerState = "closed" | "open" | "half_open";

/** How an outside source stands. */
export interface ProviderStatus {
  readonly name: string;
  readonly label: string;
  readonly breaker: {
    readonly state: BreakerState;
    readonly since: UtcMs;
    /** When the next probe may go out, while it is open. */
    readonly retryAt: UtcMs | null;
    /** An operator holds it open. */
    readonly isForced: boolean;
  };
  /** Set while it refuses us (401, 403, 451) and nobody has thawed it. */
  readonly frozen: {
    readonly status: number;
    readonly reason: string;
    readonly at: UtcMs;
  } | null;
  readonly budgets: readonly BudgetStatus[];
  /** Share of its budgets in use now: 0.5 to 1, lowered after refusals. */
  readonly share: number;
  /** Where the budgets are counted. */
  readonly countedBy: "redis" | "process" | "fallback";
  /** Calls are held back until then, as the provider asked (`Retry-After`). */
  readonly pausedUntil: UtcMs | null;
  readonly urls: readonly { readonly url: string; readonly problem: string | null }[];
  readonly calls: number;
  readonly rateLimited: number;
  readonly failures: number;
  readonly lastSuccessAt: UtcMs | null;
  readonly lastFailure: { readonly at: UtcMs; readonly message: string } | null;
}

/** The outside sources, as an operator sees and steers them. */
export interface ProviderControl {
  list(): readonly ProviderStatus[];
  /** Lets a frozen provider be called again; `false` if it is not frozen. */
  thaw(name: string): Promise<boolean>;
  freeze(name: string, reason: string): Promise<void>;
  /** Holds the breaker open, or closes it. Throws `RESOURCE_NOT_FOUND` for an unknown name. */
  setBreaker(name: string, state: "open" | "closed"): Promise<void>;
}

/** What the stream hub does, for the console and for metrics. */
export interface StreamStats {
  readonly sse: number;
  readonly websocket: number;
  /** Events encoded and sent, counted once each, whatever the number of readers. */
  readonly encoded: number;
  readonly delivered: number;
  /** Values that a slow reader skipped for a newer one of the same key. */
  readonly conflated: number;
  readonly refused: number;
  /** Milliseconds from publishing to writing, 99th percentile of the last minute. */
  readonly lagP99Ms: number | null;
  readonly isShedding: boolean;
}
