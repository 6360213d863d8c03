import { z } from "zod";
import { parseUuid } from "../../services/kernel/ids.ts";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import type { JobsService } from "../../services/ops/mod.ts";
import type { JobRecord } from "../../services/ports/jobs.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { NOTHING, wholeNumber } from "./params.ts";
import { nextLink, ok } from "./reply.ts";
import { Instant } from "./schemas.ts";

const tag = "Operations";
const STATES = ["queued", "running", "failed", "done", "dead", "cancelled"] as const;
/** A task changes by the second, also where no fact of the market does. */
const CURRENT = { "cache-control": "no-store" };
const PAGE = { min: 1, max: 200, fallback: 50 };

const TaskId = z.string().transform((text, context) => {
  const id = parseUuid(text);
  if (id !== null) return id;
  context.addIssue({ code: "custom", message: "Expected a UUID" });
  return z.NEVER;
}).meta({ wire: { type: "string", format: "uuid" } });

const Task = z.object({
  id: z.uuid(),
  name: z.string().describe("Kind of work"),
  key: z.string().describe("Of the tasks that are not over, one has each key"),
  payload: z.unknown(),
  state: z.enum(STATES),
  progress: z.object({
    done: z.number(),
    total: z.number().nullable().describe("null as long as it is not known"),
    note: z.string(),
  }).nullable(),
  attempts: z.int(),
  max_attempts: z.int(),
  is_cancel_requested: z.boolean(),
  result: z.unknown().describe("null until it is done"),
  error: z.string().nullable().describe("Why the last run failed, or what it waits for"),
  run_at: Instant,
  created_at: Instant,
  started_at: Instant.nullable(),
  finished_at: Instant.nullable(),
}).meta({ id: "Task" });

export function taskEndpoints(
  { jobs, clock }: { readonly jobs: JobsService; readonly clock: Clock },
): readonly Endpoint[] {
  return [
    endpoint({
      path: "/api/tasks/{task_id}",
      tag,
      summary: "How far a piece of background work is, and what came of it",
      params: z.object({ task_id: TaskId }),
      query: NOTHING,
      response: Task,
      refusals: [404],
      async handle({ params: { task_id } }) {
        const job = await jobs.get(task_id);
        return ok(taskToWire(job), { now: clock.now(), headers: CURRENT });
      },
    }),
    endpoint({
      path: "/api/tasks",
      tag,
      summary: "Background work, newest first",
      params: NOTHING,
      query: z.object({
        state: z.enum(STATES).optional().describe("Only tasks that stand so"),
        limit: wholeNumber(PAGE),
        cursor: TaskId.optional().describe("From meta.next_cursor"),
      }),
      response: z.array(Task),
      async handle({ query: { state, limit, cursor }, url }) {
        const page = await jobs.list({
          limit,
          ...(state === undefined ? {} : { state }),
          ...(cursor === undefined ? {} : { before: cursor }),
        });
        // A full page may be the last one: the next is then empty.
        const next = page.length === limit ? page.at(-1)?.id ?? null : null;
        return ok(page.map(taskToWire), {
          now: clock.now(),
          meta: { next_cursor: next },
          headers: { ...CURRENT, ...(next === null ? {} : nextLink(url, { cursor: next })) },
        });
      },
    }),
  ];
}

/** A job as the API tells it. */
export function taskToWire(job: JobRecord): z.input<typeof Task> {
  const time = (at: UtcMs | null) => at === null ? null : formatUtcMs(at);
  return {
    id: job.id,
    name: job.name,
    key: job.key,
    payload: job.payload,
    state: job.state,
    progress: job.progress,
    attempts: job.attempts,
    max_attempts: job.maxAttempts,
    is_cancel_requested: job.isCancelRequested,
    result: job.result,
    error: job.error,
    run_at: formatUtcMs(job.runAt),
    created_at: formatUtcMs(job.createdAt),
    started_at: time(job.startedAt),
    finished_at: time(job.finishedAt),
  };
}
