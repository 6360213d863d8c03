import { errorMessage } from "../kernel/errors.ts";
import type { Log } from "../ports/mod.ts";
import { checkpoint } from "./checkpoint.ts";

/** The log is left at this size, so a larger one is worth a checkpoint. */
export const WAL_LIMIT_BYTES = 4 * 1024 * 1024;
/** A thread that writes for long copies more at a time, as each copy waits for the disk. */
const THREAD_LIMIT_BYTES = 16 * WAL_LIMIT_BYTES;

/**
 * Copies a write-ahead log that has grown into its file, in a worker: after an import of a million
 * candles this takes some 150 ms, which would hold the event loop if SQLite did it at the commit.
 */
export class Checkpointer {
  readonly #path: string;
  readonly #log: Log;
  readonly #isThread: boolean;
  #running: Promise<void> | undefined;

  /** Where `isThread`, nobody waits for this thread: the log is copied here, and less often. */
  constructor(path: string, { log, isThread = false }: { log: Log; isThread?: boolean }) {
    this.#path = path;
    this.#log = log;
    this.#isThread = isThread;
  }

  /** Starts a checkpoint where one is due and none is under way. */
  afterCommit(): void {
    const limit = this.#isThread ? THREAD_LIMIT_BYTES : WAL_LIMIT_BYTES;
    if (this.#running || this.#logBytes() <= limit) return;
    this.#running = this.#checkpoint()
      // The data is safe in the log; the next commit tries again.
      .catch((error) => this.#log.warn("Cannot checkpoint", { reason: errorMessage(error) }))
      .finally(() => this.#running = undefined);
  }

  /** Waits for a checkpoint under way. */
  async close(): Promise<void> {
    await this.#running;
  }

  #logBytes(): number {
    try {
      return Deno.statSync(`${this.#path}-wal`).size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw error;
    }
  }

  async #checkpoint(): Promise<void> {
    if (this.#isThread) return checkpoint(this.#path);
    const worker = new Worker(new URL("./checkpoint_worker.ts", import.meta.url), {
      type: "module",
    });
    try {
      await new Promise<void>((resolve, reject) => {
        worker.onmessage = () => resolve();
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        worker.postMessage(this.#path);
      });
    } finally {
      worker.terminate();
    }
  }
}
