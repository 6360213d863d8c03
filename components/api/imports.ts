import { ClientError, fetchData, field, sendDelete, uploadFile } from "./client.ts";
import { type ImportReport, isImportReport } from "../imports/import_report.ts";

/** How a file is to be read, and what is to become of it. */
export interface UploadOrder {
  readonly portfolioId: string;
  readonly isPreview: boolean;
  readonly isPartial: boolean;
  /** Empty: told by the header. */
  readonly format: string;
  /** Empty for rows that name their own. */
  readonly account: string;
  /** Columns by our field and words by our action; `null` where the header tells. */
  readonly mapping: UploadMapping | null;
}

export interface UploadMapping {
  readonly columns: Readonly<Record<string, string>>;
  readonly actions: Readonly<Record<string, string>>;
}

export interface UploadProgress {
  readonly done: number;
  readonly total: number | null;
  readonly note: string;
}

/** How often a task is asked how far it is. */
const POLL_MS = 300;

/** The import was broken off in time: nothing of the file is kept. */
export class ImportCancelled extends ClientError {
  constructor() {
    super("The import was cancelled");
  }
}

/**
 * Sends a file and waits for its report, also where a task imports it. Throws `ClientError` for a
 * refusal. An abort breaks the upload off, or asks the task to end; one that was through before has
 * its report all the same, and any other throws `ImportCancelled`.
 */
export async function importFile(
  file: File,
  { order, signal, onProgress }: {
    readonly order: UploadOrder;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: UploadProgress) => void;
  },
): Promise<ImportReport> {
  const base = `/api/portfolio/${order.portfolioId}/import`;
  const answer = await upload(`${base}?${queryOf(file, order)}`, file, signal);
  if (isImportReport(answer)) return answer;
  const taskId = field(answer, "id");
  if (typeof taskId !== "string") throw new ClientError("Cannot read the report of the import");
  return await followTask(`${base}/tasks/${taskId}`, { signal, onProgress });
}

async function upload(path: string, file: File, signal: AbortSignal): Promise<unknown> {
  try {
    return await uploadFile(path, file, { signal });
  } catch (error) {
    throw signal.aborted ? new ImportCancelled() : error;
  }
}

function queryOf(file: File, order: UploadOrder): URLSearchParams {
  const query = new URLSearchParams({ file_name: file.name.slice(0, 255) });
  if (order.isPreview) query.set("dry_run", "1");
  if (order.isPartial) query.set("partial", "1");
  if (order.format !== "") query.set("format", order.format);
  if (order.account !== "") query.set("account", order.account);
  if (order.mapping !== null) query.set("mapping", JSON.stringify(order.mapping));
  return query;
}

/** Waits for the end of a task, which goes on also while the server can't be reached. */
async function followTask(
  path: string,
  { signal, onProgress }: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: UploadProgress) => void;
  },
): Promise<ImportReport> {
  let isAsked = false;
  let known: UploadProgress = { done: 0, total: null, note: "" };
  while (true) {
    if (signal.aborted && !isAsked) isAsked = await cancelTask(path);
    const task = await findTask(path);
    const result = field(task, "result");
    if (isImportReport(result)) return result;
    const state = field(task, "state");
    if (state === "cancelled") throw new ImportCancelled();
    if (state === "dead") {
      const error = field(task, "error");
      throw new ClientError(typeof error === "string" ? error : "The import failed");
    }
    if (task !== null) known = progressOf(task);
    onProgress(task === null ? { ...known, note: UNREACHABLE } : known);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const UNREACHABLE = "The server can't be reached, where the import goes on: asking again";

function progressOf(task: unknown): UploadProgress {
  const progress = field(task, "progress");
  const [done, total, note] = ["done", "total", "note"].map((name) => field(progress, name));
  return {
    done: typeof done === "number" ? done : 0,
    total: typeof total === "number" ? total : null,
    note: typeof note === "string" ? note : "",
  };
}

/** A task as it stands; `null` where no answer came. */
async function findTask(path: string): Promise<unknown> {
  try {
    return await fetchData(path);
  } catch (error) {
    if (isUnanswered(error)) return null;
    throw error;
  }
}

/** Asks a task to end; whether an answer came, which may be that it is over. */
async function cancelTask(path: string): Promise<boolean> {
  try {
    await sendDelete(path);
  } catch (error) {
    // What came of one that is over is asked next.
    if (!(error instanceof ClientError)) throw error;
    return !isUnanswered(error);
  }
  return true;
}

function isUnanswered(error: unknown): boolean {
  return error instanceof ClientError && error.requestId === null;
}
