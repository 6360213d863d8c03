import { z } from "zod";
import { AppError } from "../services/kernel/errors.ts";
import { SECOND_MS } from "../services/kernel/time.ts";
import type { JobProgress, JsonValue, NewJob } from "../services/ports/jobs.ts";
import type { Log } from "../services/ports/mod.ts";
import { checkSchedule, type JobSchedule } from "./slots.ts";

/** A run that says nothing for so long has lost its job. */
export const LEASE_MS = 30 * SECOND_MS;

/** What a run is given. */
export interface JobContext<Payload> {
  readonly payload: Payload;
  /** Aborts when the run must end: time is up, cancelled, the process stops, the lease is lost. */
  readonly signal: AbortSignal;
  /** 1 for the first run of the job. */
  readonly attempt: number;
  /** Says the job's name and id on every line. */
  readonly log: Log;
  /** Tells how far the run is. Cheap: the newest is kept, and stored with the next heartbeat. */
  reportProgress(progress: JobProgress): void;
}

/** A kind of work. `Payload` is what one job of it is told. */
export interface JobDefinition<Payload extends JsonValue> {
  /** Stable name in `snake_case`; rows of the `jobs` table carry it. */
  readonly name: string;
  /** Reads what the table holds. A payload that it refuses buries the job at once. */
  readonly payload: z.ZodType<Payload>;
  /**
   * What tells jobs of this kind apart: of those that are not over, one has each key. Without it
   * there is one job of this kind at a time. The name need not be part of it.
   */
  readonly key?: (payload: Payload) => string;
  /** Starts a job by itself, with the payload `null`, once in each slot over all processes. */
  readonly schedule?: JobSchedule;
  /** How long one run may take. */
  readonly timeoutMs: number;
  /** Runs before the job is dead. */
  readonly maxAttempts: number;
  /** Jobs of this kind that may run at once, over all processes. */
  readonly concurrency: number;
  /**
   * Does the work and returns what came of it, at most 65,536 characters of JSON. It may be run
   * again after it has done everything: whatever it does twice must be as if done once.
   */
  run(context: JobContext<Payload>): Promise<JsonValue>;
}

/** A checked definition: what the queue, the schedule and the worker need of it. */
export interface Job<Payload extends JsonValue = never> {
  readonly name: string;
  readonly schedule: JobSchedule | null;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  readonly concurrency: number;
  /** The row to enqueue for this payload. */
  request(payload: Payload): NewJob;
  /** Reads the payload and runs. Throws `VALIDATION_FAILED` for one that is not of this kind. */
  run(context: JobContext<JsonValue>): Promise<JsonValue>;
}

/** The payload of jobs that need none, which all scheduled ones are. */
export const NO_PAYLOAD = z.null();

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** Makes a job of its definition. Throws `RangeError` for what can't work. */
export function defineJob<Payload extends JsonValue>(
  definition: JobDefinition<Payload>,
): Job<Payload> {
  checkDefinition(definition);
  const { name, key, schedule = null, timeoutMs, maxAttempts, concurrency } = definition;
  return {
    name,
    schedule,
    timeoutMs,
    maxAttempts,
    concurrency,
    request: (payload) => ({
      name,
      key: key ? `${name} ${key(payload)}` : name,
      payload,
      maxAttempts,
      timeoutMs,
    }),
    run(context) {
      const parsed = definition.payload.safeParse(context.payload);
      if (parsed.success) return definition.run({ ...context, payload: parsed.data });
      throw new AppError(
        "VALIDATION_FAILED",
        `Cannot read the payload of ${name}: ${z.prettifyError(parsed.error)}`,
      );
    },
  };
}

function checkDefinition<Payload extends JsonValue>(definition: JobDefinition<Payload>): void {
  const { name, schedule, payload } = definition;
  if (!NAME.test(name)) {
    throw new RangeError(`Cannot define job "${name}": expected a name in snake_case`);
  }
  for (const field of ["timeoutMs", "maxAttempts", "concurrency"] as const) {
    const value = definition[field];
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`Cannot define job "${name}": expected ${field} >= 1, got ${value}`);
    }
  }
  if (!schedule) return;
  checkSchedule(schedule);
  if (!payload.safeParse(null).success) {
    throw new RangeError(`Cannot define job "${name}": a scheduled job must take null as payload`);
  }
}
