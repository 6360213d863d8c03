import type { Uuid } from "../kernel/ids.ts";

/**
 * Tells workers, also of other processes, that a job may be due. It carries no work: losing a
 * wake-up delays a job until somebody looks, it never loses one.
 */
export interface Waker extends AsyncDisposable {
  /** `kv`, `notify`. */
  readonly name: string;
  /** Returns at once and never throws. */
  wake(jobId: Uuid): void;
  /** Calls back for each wake-up that arrives here, until the result is called. */
  listen(onWake: () => void): () => void;
}
