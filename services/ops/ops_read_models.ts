import type { UtcMs } from "../kernel/time.ts";
import type { FeedStatus, HeldPrice } from "../market/mod.ts";
import type { AuditEntry } from "../ports/audit.ts";
import type { JobRecord } from "../ports/jobs.ts";
import type { FxCurrencyStatus } from "./fx_ports.ts";
import type { QueueStatus } from "./jobs_service.ts";
import type { CoverageRow, LogLine, ProviderStatus, StreamStats } from "./ports.ts";

/** What of the log the console shows. */
export interface OpsQuery {
  /** `WARN` shows errors as well. */
  readonly level: "ALL" | "WARN" | "ERROR";
  /** Lines of one request or job alone; empty for all. */
  readonly trace: string;
}

/** How the process and what it depends on stand. */
export interface OpsOverview {
  readonly now: UtcMs;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly providers: readonly ProviderStatus[];
  readonly feeds: readonly FeedStatus[];
  /** `null` in a process that streams nothing. */
  readonly streams: StreamStats | null;
  readonly queue: QueueStatus;
}

/** What of a pool's reading an operator judges it by. APYs are fractions; `null` is not known. */
export interface PoolFigures {
  readonly ts: UtcMs;
  readonly supplyApy: number;
  /** Paid in other tokens. */
  readonly incentiveApy: number | null;
  readonly tvlUsd: number | null;
}

/** Names one reading of a pool by one source. */
export interface PoolReadingKey {
  readonly poolId: string;
  readonly source: string;
  readonly ts: UtcMs;
}

/** A reading that waits for another to confirm it, or for an operator. */
export interface HeldPoolReading {
  readonly reading: PoolReadingKey & PoolFigures;
  /** The newest before it that counts: what it jumped from. */
  readonly believed: PoolFigures | null;
}

/** How pools come in: whom they come from, what was fetched, what waits and what was set aside. */
export interface PoolIntake {
  /** Who fetches; `null` where nobody does. */
  readonly provider: string | null;
  readonly wanted: string;
  /** Why it is not the provider that is wanted; `null` where it is. */
  readonly fallback: string | null;
  readonly fetches: readonly {
    readonly target: string;
    readonly startedAt: UtcMs;
    readonly finishedAt: UtcMs | null;
    readonly nextAt: UtcMs;
    readonly problem: string | null;
    /** What is paid for and not read yet, in words; `null` where nothing is. */
    readonly pending: string | null;
  }[];
  readonly held: readonly HeldPoolReading[];
  /** Rows that could not be read. */
  readonly quarantined: readonly {
    readonly provider: string;
    readonly target: string;
    readonly line: number;
    readonly reason: string;
    readonly seenAt: UtcMs;
  }[];
}

/** Everything that the console shows; lists are newest first. */
export interface OpsView extends OpsOverview {
  readonly jobs: readonly JobRecord[];
  readonly coverage: readonly CoverageRow[];
  readonly held: readonly HeldPrice[];
  readonly pools: PoolIntake;
  /** One for each currency that portfolios are valued in. */
  readonly fx: readonly FxCurrencyStatus[];
  /** Of the query. */
  readonly logs: readonly LogLine[];
  readonly audit: readonly AuditEntry[];
}
