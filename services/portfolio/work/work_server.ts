import type { UtcMs } from "../../kernel/time.ts";
import type { PortfolioWork } from "./portfolio_work.ts";
import { type FromWorker, sentError, type ToWorker, type WorkCall } from "./work_calls.ts";

export interface WorkServerDeps {
  readonly work: PortfolioWork;
  readonly tell: (message: FromWorker) => void;
  /** Takes the time by which is computed from now on. */
  readonly setNow: (now: UtcMs) => void;
  /** Lets go of what is open. */
  readonly close: () => Promise<void>;
}

/** The thread's side: does what it is told, several things at a time, and ends them all to close. */
export class WorkServer {
  readonly #deps: WorkServerDeps;
  readonly #stops = new Map<number, AbortController>();
  readonly #running = new Set<Promise<void>>();

  constructor(deps: WorkServerDeps) {
    this.#deps = deps;
  }

  take(message: ToWorker): void {
    switch (message.kind) {
      case "call":
        return this.#begin(message);
      case "abort":
        return this.#stops.get(message.id)?.abort(new Error("The caller has gone"));
      case "note":
        return this.#deps.work.note(message.scope, message.change);
      case "close":
        return void this.#close();
    }
  }

  #begin({ id, now, call }: Extract<ToWorker, { kind: "call" }>): void {
    this.#deps.setNow(now);
    const stop = new AbortController();
    this.#stops.set(id, stop);
    const running = this.#answer(call, { id, signal: stop.signal }).finally(() => {
      this.#stops.delete(id);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  async #answer(
    call: WorkCall,
    { id, signal }: { readonly id: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const { tell } = this.#deps;
    try {
      const onProgress = (done: number, total: number) =>
        tell({ kind: "progress", id, done, total });
      const answer = await this.#do(call, { signal, onProgress });
      tell({ kind: "answer", id, answer });
    } catch (error) {
      tell({ kind: "failure", id, failure: sentError(error) });
    }
  }

  #do(
    call: WorkCall,
    running: {
      readonly signal: AbortSignal;
      readonly onProgress: (done: number, total: number) => void;
    },
  ): Promise<unknown> {
    const { work } = this.#deps;
    switch (call.name) {
      case "getHoldings":
        return work.getHoldings(call.scope, call.query);
      case "getOverview":
        return work.getOverview(call.scope, call.query);
      case "listLots":
        return work.listLots(call.scope, call.query);
      case "getPerformance":
        return work.getPerformance(call.scope, call.query);
      case "getLotFigures":
        return work.getLotFigures(call.scope, call.query);
      case "explain":
        return work.explain(call.scope, call.query);
      case "rebuild":
        return work.rebuild(call.scope, { ...call.query, ...running });
    }
  }

  async #close(): Promise<void> {
    for (const stop of this.#stops.values()) stop.abort(new Error("The thread closes"));
    await Promise.allSettled([...this.#running]);
    await this.#deps.close();
    this.#deps.tell({ kind: "closed" });
  }
}
