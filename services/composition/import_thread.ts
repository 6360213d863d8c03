import { SECOND_MS } from "../kernel/time.ts";
import type { Clock, Log, Timer } from "../ports/mod.ts";
import type { LedgerImporter, LedgerImportReport, LedgerImportRequest } from "../portfolio/mod.ts";
import type { DatabaseLocation } from "../storage/mod.ts";
import { fromFailure, type FromImportThread, type ToImportThread } from "./import_messages.ts";

const SCRIPT = new URL("./import_worker.ts", import.meta.url);

/** How long a thread may take to give the ledger back; its claim ends by itself otherwise. */
const STOP_LIMIT_MS = 3 * SECOND_MS;

export interface ImportThreadsDeps {
  /** Imports small files, and all where no thread can reach the database. */
  readonly here: LedgerImporter;
  /** Where a thread finds the database; without it all files are imported here. */
  readonly location: Pick<DatabaseLocation, "url" | "dataDir"> | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly timer: Timer;
  /** What the thread runs, another one than its own in tests. */
  readonly script?: URL;
}

/**
 * Imports each large file in a thread with a connection of its own, which ends with it: requests go
 * on meanwhile, and the memory goes back.
 */
export class ImportThreads implements LedgerImporter {
  readonly #deps: ImportThreadsDeps;

  constructor(deps: ImportThreadsDeps) {
    this.#deps = deps;
  }

  get formats(): LedgerImporter["formats"] {
    return this.#deps.here.formats;
  }

  async importFile(request: LedgerImportRequest): Promise<LedgerImportReport> {
    const { here, location } = this.#deps;
    if (!request.isLarge || location === null) return await here.importFile(request);
    return await this.#importInThread(location, request);
  }

  async #importInThread(
    { url, dataDir }: Pick<DatabaseLocation, "url" | "dataDir">,
    { bytes, signal, onProgress, ...request }: LedgerImportRequest,
  ): Promise<LedgerImportReport> {
    signal?.throwIfAborted();
    const { clock, log, timer, script = SCRIPT } = this.#deps;
    const worker = new Worker(script, { type: "module", name: "import_ledger" });
    const { promise, resolve, reject } = Promise.withResolvers<LedgerImportReport>();
    const tell = (message: ToImportThread) => worker.postMessage(message);
    const incoming = bytes[Symbol.asyncIterator]();
    const feed = async () => {
      const { value, done } = await incoming.next();
      tell({ kind: "bytes", bytes: done ? null : value });
    };
    worker.onmessage = ({ data }: MessageEvent<FromImportThread>) => {
      switch (data.kind) {
        case "pull":
          return void feed().catch(reject);
        case "progress":
          return onProgress?.(data.progress);
        case "log":
          return log[data.level](data.message, data.fields);
        case "done":
          return resolve(data.report);
        case "failed":
          return reject(signal?.aborted ? signal.reason : fromFailure(data.failure));
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot import the file: ${event.message}`));
    };
    let cancelDeadline = () => {};
    const stop = () => {
      tell({ kind: "stop" });
      cancelDeadline = timer.after(STOP_LIMIT_MS, () => reject(signal?.reason));
    };
    signal?.addEventListener("abort", stop, { once: true });
    tell({ kind: "start", url: url?.reveal() ?? null, dataDir, now: clock.now(), request });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", stop);
      cancelDeadline();
      worker.terminate();
      await incoming.return?.();
    }
  }
}
