import type { LiveSink, LiveWants } from "./live_hub.ts";
import {
  deliver,
  type PageMessage,
  WORKER_TIMEOUT_MS,
  type WorkerMessage,
} from "./live_messages.ts";
import type { LiveTimer } from "./live_state.ts";

/** What is asked of a hub, wherever it is. */
export interface HubLink {
  want(wants: LiveWants): void;
  leave(): void;
  retry(): void;
}

/** The page's end of a shared worker. */
export interface WorkerEnd {
  onerror: ((event: ErrorEvent) => unknown) | null;
  readonly port: {
    onmessage: ((event: MessageEvent<WorkerMessage>) => unknown) | null;
    postMessage(message: PageMessage): void;
    close(): void;
  };
}

export interface SharedLinkDeps {
  readonly worker: WorkerEnd;
  /** Opens a hub of the page's own. */
  readonly openHub: () => HubLink;
  readonly timer: LiveTimer;
}

/**
 * The link to the worker of all tabs. While that does not answer the page has a hub of its own,
 * which it leaves as soon as the worker does: a browser has few connections for all tabs.
 */
export class SharedLink implements HubLink {
  readonly #deps: SharedLinkDeps;
  /** While the worker is silent. */
  #own: HubLink | null = null;
  #wants: LiveWants | null = null;

  constructor(sink: LiveSink, deps: SharedLinkDeps) {
    this.#deps = deps;
    const { worker, timer } = deps;
    const stopWaiting = timer.after(WORKER_TIMEOUT_MS, () => this.#fallBack());
    worker.onerror = () => {
      stopWaiting();
      this.#fallBack();
      worker.port.close();
    };
    worker.port.onmessage = ({ data }) => {
      stopWaiting();
      this.#comeBack();
      deliver(data, sink);
    };
  }

  want(wants: LiveWants): void {
    this.#wants = wants;
    if (this.#own !== null) this.#own.want(wants);
    else this.#send({ kind: "want", wants });
  }

  leave(): void {
    this.#wants = null;
    if (this.#own !== null) this.#own.leave();
    else this.#send({ kind: "leave" });
  }

  retry(): void {
    if (this.#own !== null) this.#own.retry();
    else this.#send({ kind: "retry" });
  }

  #send(message: PageMessage): void {
    this.#deps.worker.port.postMessage(message);
  }

  #fallBack(): void {
    if (this.#own !== null) return;
    this.#send({ kind: "leave" });
    this.#own = this.#deps.openHub();
    if (this.#wants !== null) this.#own.want(this.#wants);
  }

  #comeBack(): void {
    if (this.#own === null) return;
    this.#own.leave();
    this.#own = null;
    if (this.#wants !== null) this.#send({ kind: "want", wants: this.#wants });
  }
}
