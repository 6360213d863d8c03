import type { GaugeTick } from "./gauges.ts";
import type { CandleTick, PoolTick, PriceTick, ScoreTick } from "./live_events.ts";
import type { CandleWant, LiveHub, LiveSink, LiveWants } from "./live_hub.ts";
import type { PortfolioTick } from "./live_portfolios.ts";
import type { LiveState } from "./live_state.ts";

/** What a page says to the shared worker. */
export type PageMessage =
  | { readonly kind: "want"; readonly wants: LiveWants }
  | { readonly kind: "leave" }
  | { readonly kind: "retry" };

/** What the shared worker says to a page. */
export type WorkerMessage =
  | { readonly kind: "welcome" }
  | { readonly kind: "prices"; readonly ticks: readonly PriceTick[] }
  | { readonly kind: "candle"; readonly tick: CandleTick }
  | { readonly kind: "reset"; readonly want: CandleWant }
  | { readonly kind: "scores"; readonly ticks: readonly ScoreTick[] }
  | { readonly kind: "pools"; readonly ticks: readonly PoolTick[] }
  | { readonly kind: "portfolio"; readonly tick: PortfolioTick }
  | { readonly kind: "state"; readonly state: LiveState }
  | { readonly kind: "pool_state"; readonly state: LiveState }
  | { readonly kind: "gauges"; readonly ticks: readonly GaugeTick[] }
  | { readonly kind: "gauge_state"; readonly state: LiveState };

/** One end of a channel between a page and the worker. */
export interface LivePort {
  postMessage(message: WorkerMessage): void;
  onmessage: ((event: MessageEvent<PageMessage>) => void) | null;
}

/** Pages say what they want at least this often: what they said may have been lost. */
export const WANTS_EVERY_MS = 30_000;
/** A page that was not heard for this long is gone; browsers slow hidden pages to one a minute. */
export const GONE_AFTER_MS = 150_000;
/** A worker that has not answered by then is none: the page opens a stream of its own. */
export const WORKER_TIMEOUT_MS = 3_000;

/** The worker's list of pages. A page that vanished without a word is dropped in time. */
export class PortDesk {
  readonly #hub: LiveHub;
  readonly #now: () => number;
  readonly #heard = new Map<() => void, number>();

  constructor(hub: LiveHub, { now }: { readonly now: () => number }) {
    this.#hub = hub;
    this.#now = now;
  }

  /** Serves a page over its port until it leaves; it may come back. */
  connect(port: LivePort): void {
    const member = this.#hub.join(sinkOf(port));
    const leave = () => {
      this.#heard.delete(leave);
      member.leave();
    };
    port.onmessage = ({ data }) => {
      if (data.kind === "leave") return leave();
      if (data.kind === "retry") return this.#hub.retry();
      this.#heard.set(leave, this.#now());
      port.postMessage({ kind: "welcome" });
      member.want(data.wants);
    };
  }

  /** Drops the pages that fell silent. */
  sweep(): void {
    const now = this.#now();
    for (const [leave, at] of [...this.#heard]) if (now - at > GONE_AFTER_MS) leave();
  }
}

function sinkOf(port: LivePort): LiveSink {
  return {
    onPrices: (ticks) => port.postMessage({ kind: "prices", ticks }),
    onCandle: (tick) => port.postMessage({ kind: "candle", tick }),
    onReset: (want) => port.postMessage({ kind: "reset", want }),
    onScores: (ticks) => port.postMessage({ kind: "scores", ticks }),
    onPools: (ticks) => port.postMessage({ kind: "pools", ticks }),
    onPortfolio: (tick) => port.postMessage({ kind: "portfolio", tick }),
    onState: (state) => port.postMessage({ kind: "state", state }),
    onPoolState: (state) => port.postMessage({ kind: "pool_state", state }),
    onGauges: (ticks) => port.postMessage({ kind: "gauges", ticks }),
    onGaugeState: (state) => port.postMessage({ kind: "gauge_state", state }),
  };
}

/** Gives what the worker says to a page's sink. */
export function deliver(message: WorkerMessage, sink: LiveSink): void {
  switch (message.kind) {
    case "prices":
      return sink.onPrices(message.ticks);
    case "candle":
      return sink.onCandle(message.tick);
    case "reset":
      return sink.onReset(message.want);
    case "scores":
      return sink.onScores(message.ticks);
    case "pools":
      return sink.onPools(message.ticks);
    case "pool_state":
      return sink.onPoolState(message.state);
    case "gauges":
      return sink.onGauges(message.ticks);
    case "gauge_state":
      return sink.onGaugeState(message.state);
    case "portfolio":
      return sink.onPortfolio(message.tick);
    case "state":
      return sink.onState(message.state);
    case "welcome":
      return;
  }
}
