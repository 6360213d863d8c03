import { ClientError, fetchData, field, postData } from "./client.ts";

/** A piece of background work as a page follows it. */
export interface Task {
  readonly id: string;
  readonly state: string;
  /** Steps done, and of how many; `null` as long as that is not known. */
  readonly done: number;
  readonly total: number | null;
  /** Why the last run failed, `null` if none did. */
  readonly error: string | null;
}

/** A task in one of these states changes no more. */
const OVER: ReadonlySet<string> = new Set(["done", "dead", "cancelled"]);

/** Whether nothing more will come of a task. */
export function isOver({ state }: Task): boolean {
  return OVER.has(state);
}

/** Reads a task of the API; throws `ClientError` for what is none. */
export function parseTask(value: unknown): Task {
  const [id, state] = [field(value, "id"), field(value, "state")];
  if (typeof id !== "string" || typeof state !== "string") {
    throw new ClientError("Cannot read the task: it has no id or state");
  }
  const progress = field(value, "progress");
  const [done, total] = [field(progress, "done"), field(progress, "total")];
  const error = field(value, "error");
  return {
    id,
    state,
    done: typeof done === "number" ? done : 0,
    total: typeof total === "number" && total > 0 ? total : null,
    error: typeof error === "string" ? error : null,
  };
}

/** Asks for work that a task stands for. */
export async function startTask(path: string): Promise<Task> {
  return parseTask(await postData(path));
}

/** How a task stands now. */
export async function fetchTask(id: string, signal?: AbortSignal): Promise<Task> {
  return parseTask(await fetchData(`/api/tasks/${encodeURIComponent(id)}`, signal));
}

/** Ends a task that waits, or asks its run to end. */
export async function cancelTask(id: string): Promise<Task> {
  return parseTask(await postData(`/api/ops/jobs/${encodeURIComponent(id)}/cancel`));
}
