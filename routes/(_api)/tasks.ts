import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import type { JobsService } from "../../services/ops/mod.ts";
import type { JobPage, JobRecord } from "../../services/ports/jobs.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { IdParam, NOTHING, wholeNumber } from "./params.ts";
import { nextCursor, nextLink, ok, type Reply } from "./reply.ts";
import { Instant } from "./schemas.ts";

const tag = "Operations";
const STATES = ["queued", "running", "failed", "done", "dead", "cancelled"] as const;
/** A task changes by the second, also where no fact of the market does. */
const CURRENT = { "cache-control": "no-store" };
const PAGE = { min: 1, max: 200, fallback: 50 };

/** A job as the API tells it. */
export const Task = z.object({
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

/** The query of a list of tasks. */
export const TASKS_QUERY = z.object({
  state: z.enum(STATES).optional().describe("Only tasks that stand so"),
  limit: wholeNumber(PAGE),
  cursor: IdParam.optional().describe("From meta.next_cursor"),
});

/** The page of the list that the query asks for. */
export async function tasksReply(
  { state, limit, cursor }: z.output<typeof TASKS_QUERY>,
  { list, isShown = () => true, url, now }: {
    readonly list: (page: JobPage) => Promise<readonly JobRecord[]>;
    /** Of a page, the tasks that the asker may see. */
    readonly isShown?: (job: JobRecord) => boolean;
    readonly url: string;
    readonly now: UtcMs;
  },
): Promise<Reply> {
  const page = await list({
    limit,
    ...(state === undefined ? {} : { state }),
    ...(cursor === undefined ? {} : { before: cursor }),
  });
  const next = nextCursor(page, limit);
  return ok(page.filter(isShown).map(taskToWire), {
    now,
    meta: { next_cursor: next },
    headers: { ...CURRENT, ...(next === null ? {} : nextLink(url, { cursor: next })) },
  });
}

/** Work for one owner says so in its payload. */
const Owned = z.object({ owner_id: z.string() });

/** Whether a job is work for everybody, or for this owner. */
function isFor({ payload }: JobRecord, owner: string | null): boolean {
  const owned = Owned.safeParse(payload);
  return !owned.success || owned.data.owner_id === owner;
}

export function taskEndpoints(
  { jobs, clock, ownerOf }: {
    readonly jobs: JobsService;
    readonly clock: Clock;
    /** Who asks; absent where nothing has an owner. */
    readonly ownerOf?: ((headers: Headers) => string) | undefined;
  },
): readonly Endpoint[] {
  const asker = (headers: () => Headers) => ownerOf?.(headers()) ?? null;
  return [
    endpoint({
      path: "/api/tasks/{task_id}",
      tag,
      summary: "How far a piece of background work is, and what came of it",
      params: z.object({ task_id: IdParam }),
      query: NOTHING,
      response: Task,
      refusals: [404],
      async handle({ params: { task_id }, headers }) {
        const job = await jobs.get(task_id);
        if (!isFor(job, asker(headers))) throw noTask(task_id);
        return ok(taskToWire(job), { now: clock.now(), headers: CURRENT });
      },
    }),
    endpoint({
      path: "/api/tasks",
      tag,
      summary: "Background work, newest first",
      params: NOTHING,
      query: TASKS_QUERY,
      response: z.array(Task),
      handle: ({ query, url, headers }) =>
        tasksReply(query, {
          list: (page) => jobs.list(page),
          isShown: (job) => isFor(job, asker(headers)),
          url,
          now: clock.now(),
        }),
    }),
  ];
}

/** Said of a task that is not there, and of one that is somebody else's. */
export function noTask(id: string): AppError {
  return new AppError("RESOURCE_NOT_FOUND", `There is no task ${id}`);
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
