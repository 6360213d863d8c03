import type { UtcMs } from "../kernel/time.ts";
import type { JsonValue } from "./jobs.ts";

/** One act of an operator. */
export interface AuditEntry {
  readonly id: string;
  readonly at: UtcMs;
  /** Who did it; `owner` in local mode. */
  readonly actor: string;
  /** `provider.thaw`, `job.retry`. */
  readonly action: string;
  /** What it was done to: a provider's name, a job's id. */
  readonly subject: string;
  readonly details: JsonValue;
}

/** Who did what, when; entries are only ever added. */
export interface AuditLog {
  record(entry: Omit<AuditEntry, "id" | "at">): Promise<AuditEntry>;
  /** Newest first. */
  list(page: { readonly limit: number; readonly before?: string }): Promise<readonly AuditEntry[]>;
}
