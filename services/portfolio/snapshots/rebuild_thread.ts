import { rebuildAssets, type RebuildTask, type ValuedPart } from "./rebuild_assets.ts";

/** Values assets somewhere; tasks are answered one after the other. */
export interface Rebuilder extends Disposable {
  run(task: RebuildTask, signal: AbortSignal): Promise<readonly ValuedPart[]>;
}

/** A thread that values assets, so that requests go on meanwhile. Disposing it ends the thread. */
export class RebuildThread implements Rebuilder {
  readonly #worker: Worker;
  #failure: Error | null = null;
  #fail: ((failure: Error) => void) | null = null;

  /** `script` is what the thread runs, another one than its own in tests. */
  constructor(
    { script = new URL("./rebuild_worker.ts", import.meta.url) }: { readonly script?: URL } = {},
  ) {
    this.#worker = new Worker(script, { type: "module", name: "rebuild_portfolio" });
    // A thread may fail before it is asked for anything; unheard, that would end the process.
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Error(`Cannot rebuild snapshots: ${event.message}`);
      this.#fail?.(this.#failure);
    };
  }

  /** Throws the signal's reason when it aborts; the thread must then be disposed. */
  run(task: RebuildTask, signal: AbortSignal): Promise<readonly ValuedPart[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly ValuedPart[]>();
    this.#fail = reject;
    if (this.#failure !== null) reject(this.#failure);
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    this.#worker.onmessage = ({ data }: MessageEvent<readonly ValuedPart[]>) => resolve(data);
    const columns = task.assets.flatMap(({ parts }) => parts.map(({ closes }) => closes.buffer));
    this.#worker.postMessage(task, [...new Set(columns)] as ArrayBuffer[]);
    return promise.finally(() => signal.removeEventListener("abort", stop));
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/** Values little where it is asked for, as a thread takes longer to start than that. */
export class RebuildHere implements Rebuilder {
  readonly #rest: () => Promise<void>;

  /** `rest` lets other work run between assets. */
  constructor({ rest }: { readonly rest: () => Promise<void> }) {
    this.#rest = rest;
  }

  async run(
    { assets, ...task }: RebuildTask,
    signal: AbortSignal,
  ): Promise<readonly ValuedPart[]> {
    const parts: ValuedPart[] = [];
    for (const asset of assets) {
      signal.throwIfAborted();
      parts.push(...rebuildAssets({ ...task, assets: [asset] }));
      await this.#rest();
    }
    return parts;
  }

  [Symbol.dispose](): void {}
}
