import type { UtcMs } from "../../../services/kernel/time.ts";
import type { HeldPrice } from "../../../services/market/live_ports.ts";
import type { FeedStatus } from "../../../services/market/ports.ts";
import type { QueueStatus } from "../../../services/ops/mod.ts";
import type { ProviderStatus, StreamStats } from "../../../services/ops/ports.ts";
import type { AuditEntry } from "../../../services/ports/audit.ts";
import type { JobRecord } from "../../../services/ports/jobs.ts";

export const LOG_LEVELS = ["ALL", "WARN", "ERROR"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** What of the log is shown. */
export interface LogQuery {
  readonly level: LogLevel;
  /** Lines of one request or job alone; empty for all. */
  readonly trace: string;
}

/** One line of the log, secrets redacted. */
export interface LogLine {
  readonly at: UtcMs;
  readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR";
  readonly logger: string;
  readonly message: string;
  readonly traceId: string | null;
}

/** How much of what a series should hold is stored. */
export interface CoverageRow {
  readonly assetId: string;
  readonly symbol: string;
  /** Share of the expected candles by interval, 0 to 1; `null` where nothing is stored. */
  readonly shares: Readonly<Record<string, number | null>>;
}

/** Everything that the console shows. */
export interface OpsView {
  readonly now: UtcMs;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly providers: readonly ProviderStatus[];
  readonly feeds: readonly FeedStatus[];
  readonly streams: StreamStats | null;
  readonly queue: QueueStatus;
  /** Newest first. */
  readonly jobs: readonly JobRecord[];
  readonly coverage: readonly CoverageRow[];
  /** Newest first. */
  readonly held: readonly HeldPrice[];
  /** Newest first, of the query. */
  readonly logs: readonly LogLine[];
  /** Newest first. */
  readonly audit: readonly AuditEntry[];
}

/** Where the console reads from. */
export interface OpsSource {
  read(query: LogQuery): Promise<OpsView>;
}

/** Reads which log lines an address asks for. */
export function readLogQuery(url: URL): LogQuery {
  const level = url.searchParams.get("level")?.toUpperCase();
  return {
    level: LOG_LEVELS.find((name) => name === level) ?? "ALL",
    trace: (url.searchParams.get("trace") ?? "").trim().slice(0, MAX_TRACE),
  };
}

/** Longer than any id of ours. */
const MAX_TRACE = 80;

/** The address of the console with other log lines. */
export function logHref({ level, trace }: LogQuery): string {
  const query = new URLSearchParams();
  if (level !== "ALL") query.set("level", level.toLowerCase());
  if (trace !== "") query.set("trace", trace);
  return query.size === 0 ? "/ops#logs" : `/ops?${query}#logs`;
}

/** How many jobs stand in any of the states. */
export function countJobs({ counts }: QueueStatus, states: readonly string[]): number {
  return counts.filter(({ state }) => states.includes(state))
    .reduce((sum, { count }) => sum + count, 0);
}
