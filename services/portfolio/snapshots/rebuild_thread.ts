import type { RebuildTask } from "./rebuild_assets.ts";
import type { AssetSnapshot } from "./snapshot.ts";

/** Values assets somewhere; tasks are answered one after the other. */
export interface Rebuilder extends Disposable {
  run(task: RebuildTask, signal: AbortSignal): Promise<readonly AssetSnapshot[]>;
}

/** A thread that values assets, so that requests go on meanwhile. Disposing it ends the thread. */
export class RebuildThread implements Rebuilder {
  readonly #worker = new Worker(new URL("./rebuild_worker.ts", import.meta.url), {
    type: "module",
    name: "rebuild_portfolio",
  });

  /** Throws the signal's reason when it aborts; the thread must then be disposed. */
  run(task: RebuildTask, signal: AbortSignal): Promise<readonly AssetSnapshot[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly AssetSnapshot[]>();
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    this.#worker.onmessage = ({ data }: MessageEvent<readonly AssetSnapshot[]>) => resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot rebuild snapshots: ${event.message}`));
    };
    this.#worker.postMessage(task, task.assets.map(({ closes }) => closes.buffer as ArrayBuffer));
    return promise.finally(() => signal.removeEventListener("abort", stop));
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
