import type { UtcMs } from "../kernel/time.ts";
import type { HeldCommand, HeldPrice } from "../market/mod.ts";
import type { LogLevel } from "../ports/mod.ts";
import type { HeldPoolReading, PoolIntake, PoolReadingKey } from "./ops_read_models.ts";

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

/** The status of a freeze that an operator ordered. */
export const FROZEN_BY_OPERATOR = 0;

export type BreakerState = "closed" | "open" | "half_open";

/** How an outside source stands. */
export interface ProviderStatus {
  readonly name: string;
  readonly label: string;
  /** The setting of the key without which nothing calls it, while that is not set. */
  readonly missingKey: string | null;
  readonly breaker: {
    readonly state: BreakerState;
    readonly since: UtcMs;
    /** When the next probe may go out, while it is open. */
    readonly retryAt: UtcMs | null;
    /** An operator holds it open. */
    readonly isForced: boolean;
  };
  /** Set after it refused us (401, 403, 451), or an operator froze it, until somebody thaws it. */
  readonly frozen: {
    /** What it refused us with, or `FROZEN_BY_OPERATOR`. */
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

/** How much of what a series should hold is stored. */
export interface CoverageRow {
  readonly assetId: string;
  readonly symbol: string;
  /** Share of the expected candles by interval, 0 to 1; `null` where nothing is stored. */
  readonly shares: Readonly<Record<string, number | null>>;
}

/** Prices that moved too far to be believed at once. */
export interface HeldPrices {
  /** Newest first, settled ones included. */
  list(page: { readonly limit: number }): Promise<readonly HeldPrice[]>;
  /** Tells whichever process feeds; it acts on the word a moment later. */
  settle(command: HeldCommand): void;
}

/** The way in of pools, as an operator sees and steers it. */
export interface PoolControl {
  read(page: { readonly limit: number }): Promise<PoolIntake>;
  /**
   * Lets a held reading count from now on, or takes it out for good. Throws `RESOURCE_NOT_FOUND`
   * where there is none, `CONFLICT` where it is held no longer.
   */
  settle(key: PoolReadingKey, act: "accept" | "discard"): Promise<HeldPoolReading>;
}

/** One line of the log, secrets redacted. */
export interface LogLine {
  readonly at: UtcMs;
  readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR";
  /** The part that wrote it: a job, a provider, a venue, or `tokenlysis`. */
  readonly logger: string;
  readonly message: string;
  /** Request or job that it belongs to. */
  readonly traceId: string | null;
  /** The other fields of the line. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface LogLineQuery {
  /** The lowest level that is listed. */
  readonly level: LogLevel;
  /** Lines of one request or job alone. */
  readonly trace?: string | undefined;
  readonly limit: number;
}

/** The newest lines of this process's log. */
export interface LogLines {
  /** Newest first. */
  list(query: LogLineQuery): readonly LogLine[];
}
