import { AppError } from "../../kernel/errors.ts";
import { MINUTE_MS, SECOND_MS } from "../../kernel/time.ts";
import type { LedgerChange, LedgerScope } from "../ports.ts";
import type { Clock, Log, Timer } from "../../ports/mod.ts";
import type { RebuildOptions, RebuildResult } from "../snapshots/snapshot_rebuild.ts";
import type { PortfolioWork } from "./portfolio_work.ts";
import { type FromWorker, receivedError, type ToWorker, type WorkCall } from "./work_calls.ts";

/** A thread that nobody asked for so long ends, and what it remembered of ledgers is free. */
export const IDLE_MS = 10 * MINUTE_MS;
/** Questions that may wait for the thread at once. */
export const MAX_WAITING = 200;
/** How long a thread that is told to end may take over what it has in hand. */
const CLOSE_LIMIT_MS = SECOND_MS;

export interface WorkThreadDeps {
  /** A new thread that serves `ToWorker`. */
  readonly open: () => Worker;
  /** Hears of portfolios whose snapshots are behind. */
  readonly ask: (scope: LedgerScope) => Promise<void>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

/** A thread while it runs. */
interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  readonly closed: PromiseWithResolvers<void>;
}

/**
 * Has the work done by a thread with a database connection of its own: it reads and keeps ledgers,
 * matches and values them, and nothing but answers comes here. It begins with the first question,
 * and ends when there were none for a while.
 */
export class WorkThread implements PortfolioWork, AsyncDisposable {
  readonly #deps: WorkThreadDeps;
  #running: Running | null = null;
  #cancelIdle: () => void = () => {};
  #lastId = 0;

  constructor(deps: WorkThreadDeps) {
    this.#deps = deps;
  }

  readonly getHoldings: PortfolioWork["getHoldings"] = (scope, query) =>
    this.#call({ name: "getHoldings", scope, query });

  readonly getOverview: PortfolioWork["getOverview"] = (scope, query) =>
    this.#call({ name: "getOverview", scope, query });

  readonly listLots: PortfolioWork["listLots"] = (scope, query) =>
    this.#call({ name: "listLots", scope, query });

  readonly getPerformance: PortfolioWork["getPerformance"] = (scope, query) =>
    this.#call({ name: "getPerformance", scope, query });

  readonly getLotFigures: PortfolioWork["getLotFigures"] = (scope, query) =>
    this.#call({ name: "getLotFigures", scope, query });

  readonly explain: PortfolioWork["explain"] = (scope, query) =>
    this.#call({ name: "explain", scope, query });

  rebuild(
    scope: LedgerScope,
    { signal, onProgress, ...query }: RebuildOptions,
  ): Promise<RebuildResult> {
    return this.#call({ name: "rebuild", scope, query }, { signal, onProgress });
  }

  note(scope: LedgerScope, change: LedgerChange): void {
    if (this.#running !== null) this.#post(this.#running, { kind: "note", scope, change });
  }

  /** Ends the thread; what it has in hand fails, and a transaction in it leaves nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancelIdle();
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    const cancel = this.#deps.timer.after(CLOSE_LIMIT_MS, () => running.closed.resolve());
    this.#post(running, { kind: "close" });
    await running.closed.promise;
    cancel();
    this.#end(running, new Error("The thread of portfolios was closed"));
  }

  async #call<Answer>(
    call: WorkCall,
    { signal, onProgress }: Partial<Pick<RebuildOptions, "signal" | "onProgress">> = {},
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const running = this.#running ??= this.#start();
    const { waiting } = running;
    if (waiting.size >= MAX_WAITING) {
      throw new AppError("UNAVAILABLE", "Too much is asked of large portfolios at once");
    }
    this.#cancelIdle();
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const stop = () => {
      this.#post(running, { kind: "abort", id });
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", stop, { once: true });
    waiting.set(id, { resolve, reject, onProgress });
    this.#post(running, { kind: "call", id, now: this.#deps.clock.now(), call });
    try {
      return await promise as Answer;
    } finally {
      signal?.removeEventListener("abort", stop);
      waiting.delete(id);
      if (waiting.size === 0 && this.#running === running) this.#endWhenIdle();
    }
  }

  #start(): Running {
    const worker = this.#deps.open();
    const closed = Promise.withResolvers<void>();
    const running: Running = { worker, closed, waiting: new Map() };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#hear(running, data);
    worker.onerror = (event) => {
      // Unheard, it would end the process.
      event.preventDefault();
      if (this.#running === running) this.#running = null;
      this.#end(running, new Error(`The thread of portfolios failed: ${event.message}`));
    };
    return running;
  }

  #hear({ waiting, closed }: Running, message: FromWorker): void {
    switch (message.kind) {
      case "answer":
        return waiting.get(message.id)?.resolve(message.answer);
      case "failure":
        return waiting.get(message.id)?.reject(receivedError(message.failure));
      case "progress":
        return waiting.get(message.id)?.onProgress?.(message.done, message.total);
      case "ask":
        return void this.#deps.ask(message.scope);
      case "log":
        return this.#deps.log[message.level](message.message, message.fields);
      case "closed":
        return closed.resolve();
    }
  }

  #end({ worker, waiting, closed }: Running, reason: Error): void {
    worker.terminate();
    closed.resolve();
    for (const { reject } of waiting.values()) reject(reason);
  }

  #endWhenIdle(): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#deps.timer.after(IDLE_MS, () => void this[Symbol.asyncDispose]());
  }

  #post({ worker }: Running, message: ToWorker): void {
    worker.postMessage(message);
  }
}
