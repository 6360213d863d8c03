import type { Selectable } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { JobProgress, JobRecord, JsonValue, NewJob } from "../../ports/jobs.ts";
import { fromUuidColumn, type UuidValue } from "../uuid_column.ts";
import type { Schema } from "./schema.ts";

/** UTF-16 units of a payload or a result as JSON; larger things belong in tables of their own. */
export const JOB_JSON_LIMIT = 65_536;

export type JobRow = Selectable<Schema["jobs"]>;

/** The row of a job that begins to wait. Throws `RangeError` for one that could never run. */
export function newJobRow(
  { name, key, payload = null, runAt, maxAttempts, timeoutMs }: NewJob,
  { id, now }: { id: UuidValue; now: UtcMs },
): JobRow {
  for (const [field, value] of Object.entries({ maxAttempts, timeoutMs })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`Cannot enqueue "${key}": expected ${field} >= 1, got ${value}`);
    }
  }
  return {
    id,
    name,
    key,
    payload: toJobJson(payload, "payload"),
    state: "queued",
    run_at: runAt ?? now,
    lease_until: null,
    lease_owner: null,
    attempts: 0,
    max_attempts: maxAttempts,
    timeout_ms: timeoutMs,
    cancel_requested: 0,
    progress: null,
    result: null,
    error: null,
    created_at: now,
    started_at: null,
    finished_at: null,
  };
}

/** The text that the table keeps. Throws `RangeError` where it is too long. */
export function toJobJson(value: JsonValue | JobProgress, what: string): string {
  const text = JSON.stringify(value);
  if (text.length <= JOB_JSON_LIMIT) return text;
  throw new RangeError(
    `Cannot store the ${what} of a job: expected at most ${JOB_JSON_LIMIT} characters of JSON, ` +
      `got ${text.length}`,
  );
}

/** A row as the port has it. */
export function toJobRecord(row: JobRow): JobRecord {
  const time = (value: number | null) => value === null ? null : utcMsOf(value);
  return {
    id: fromUuidColumn(row.id),
    name: row.name,
    key: row.key,
    payload: JSON.parse(row.payload),
    state: row.state,
    runAt: utcMsOf(row.run_at),
    leaseUntil: time(row.lease_until),
    leaseOwner: row.lease_owner,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    timeoutMs: row.timeout_ms,
    isCancelRequested: row.cancel_requested === 1,
    progress: row.progress === null ? null : JSON.parse(row.progress),
    result: row.result === null ? null : JSON.parse(row.result),
    error: row.error,
    createdAt: utcMsOf(row.created_at),
    startedAt: time(row.started_at),
    finishedAt: time(row.finished_at),
  };
}

/** The lowest id that a job made at `at` or later can have. */
export function lowestIdAt(at: UtcMs): Uuid {
  const hex = Math.max(0, at).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000` as Uuid;
}
