import { type ReadStreamOptions, type StreamEvent, StreamRefused } from "./event_stream.ts";
import { type LiveKind, type LiveState, type LiveTimer, POLL_MS } from "./live_state.ts";

/** The server's heartbeat comes every 15 s: three of them missed is a dead link. */
export const SILENCE_MS = 45_000;
/** A stream that lasts this long has proved itself; earlier ends count together. */
export const STABLE_MS = 10_000;
/** After so many ends in a row prices are asked for, while streams go on being tried. */
const FAILURES_TO_POLL = 3;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
/** The server's clock is told in whole seconds: differences below say nothing. */
const MIN_SKEW_MS = 2_000;

export interface LiveStreamDeps {
  readonly read: (path: string, options: ReadStreamOptions) => Promise<void>;
  readonly timer: LiveTimer;
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

export interface LiveStreamOptions {
  readonly path: string;
  readonly onEvent: (event: StreamEvent) => void;
  /** The stream starts anew, so what was sent before has to be asked for. */
  readonly onFresh: () => void;
  readonly onState: (state: LiveState) => void;
  /** Asks for what the stream would tell; rejects if the server can't be reached. */
  readonly poll: () => Promise<void>;
}

/**
 * One stream that is kept open: resumed by the last id after a cut, with back-off and jitter, given
 * up when it falls silent, and replaced by polling where it does not hold.
 */
export class LiveStream {
  readonly #deps: LiveStreamDeps;
  readonly #options: LiveStreamOptions;
  #path: string;
  #abort = new AbortController();
  #lastEventId = "";
  #failures = 0;
  #firstRetryMs = FIRST_RETRY_MS;
  #isStopped = false;
  #isOpen = false;
  #isPolling = false;
  #heardAt = 0;
  #state: LiveState;
  #stopSilence = () => {};
  #stopStable = () => {};
  #stopRetry = () => {};
  #stopPoll = () => {};

  constructor(deps: LiveStreamDeps, options: LiveStreamOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#path = options.path;
    this.#state = {
      kind: "connecting",
      since: deps.now(),
      lastAt: null,
      retryAt: null,
      skewMs: 0,
    };
  }

  get state(): LiveState {
    return this.#state;
  }

  start(): void {
    this.#open();
  }

  /** Asks for something else from now on. No failure: the state stays what it is. */
  change(path: string): void {
    if (path === this.#path) return;
    this.#path = path;
    this.#lastEventId = "";
    this.#open();
  }

  /** Tries at once instead of when the wait is over. */
  retry(): void {
    if (!this.#isOpen) this.#open();
  }

  /** The browser lost its connection: no try can succeed until it is back. */
  disconnect(): void {
    this.#closeAttempt();
    this.#stopPoll();
    this.#isPolling = false;
    this.#tell("offline", { retryAt: null });
  }

  stop(): void {
    this.#isStopped = true;
    this.#closeAttempt();
    this.#stopPoll();
  }

  #closeAttempt(): void {
    this.#abort.abort();
    this.#isOpen = false;
    for (const stop of [this.#stopSilence, this.#stopStable, this.#stopRetry]) stop();
  }

  #open(): void {
    if (this.#isStopped) return;
    this.#closeAttempt();
    const attempt = this.#abort = new AbortController();
    // An answer of an attempt that was given up must not touch its successor.
    const whileCurrent = <T extends unknown[]>(run: (...args: T) => void) => (...args: T) => {
      if (!attempt.signal.aborted) run(...args);
    };
    this.#heardAt = this.#deps.now();
    this.#watchSilence(SILENCE_MS);
    this.#deps.read(this.#path, {
      lastEventId: this.#lastEventId,
      signal: attempt.signal,
      onOpen: whileCurrent((serverNow) => this.#onOpen(serverNow)),
      onBytes: whileCurrent(() => this.#heardAt = this.#deps.now()),
      onRetry: whileCurrent((ms) => this.#firstRetryMs = Math.min(MAX_RETRY_MS, ms)),
      onEvent: whileCurrent((event) => this.#onEvent(event)),
    }).then(
      whileCurrent(() => this.#onEnd(null)),
      whileCurrent((error: unknown) => this.#onEnd(error)),
    );
  }

  #onOpen(serverNow: number | null): void {
    const now = this.#deps.now();
    const skewMs = serverNow === null ? 0 : serverNow - now;
    this.#isOpen = true;
    this.#heardAt = now;
    this.#state = { ...this.#state, skewMs: Math.abs(skewMs) < MIN_SKEW_MS ? 0 : skewMs };
    if (this.#lastEventId === "") this.#options.onFresh();
    // One that was cut again and again has to prove itself before polling ends.
    this.#tell(this.#isPolling ? "polling" : "live", { retryAt: null });
    this.#stopStable = this.#deps.timer.after(STABLE_MS, () => {
      this.#failures = 0;
      this.#isPolling = false;
      this.#stopPoll();
      this.#tell("live", { retryAt: null });
    });
  }

  #onEvent(event: StreamEvent): void {
    if (event.id !== "") this.#lastEventId = event.id;
    if (event.name === "reset") this.#options.onFresh();
    else this.#options.onEvent(event);
  }

  #onEnd(error: unknown): void {
    const asked = error instanceof StreamRefused ? error.retryAfterMs ?? 0 : 0;
    this.#closeAttempt();
    this.#failures++;
    const backoff = Math.min(MAX_RETRY_MS, this.#firstRetryMs * 2 ** (this.#failures - 1));
    const waitMs = Math.max(asked, backoff * (0.5 + this.#deps.random() / 2));
    this.#stopRetry = this.#deps.timer.after(waitMs, () => this.#open());
    const retryAt = this.#deps.now() + waitMs;
    if (this.#failures < FAILURES_TO_POLL) return this.#tell("reconnecting", { retryAt });
    if (this.#isPolling) return this.#tell(this.#state.kind, { retryAt });
    this.#isPolling = true;
    this.#tell("reconnecting", { retryAt });
    void this.#poll();
  }

  async #poll(): Promise<void> {
    let kind: LiveKind = "polling";
    try {
      await this.#options.poll();
      this.#heardAt = this.#deps.now();
    } catch {
      // What the state says; the next poll and the next try for a stream are on their way.
      kind = "offline";
    }
    if (!this.#isPolling || this.#isStopped) return;
    this.#tell(kind, { retryAt: this.#state.retryAt });
    this.#stopPoll = this.#deps.timer.after(POLL_MS, () => void this.#poll());
  }

  #watchSilence(waitMs: number): void {
    this.#stopSilence = this.#deps.timer.after(waitMs, () => {
      const silentMs = this.#deps.now() - this.#heardAt;
      if (silentMs >= SILENCE_MS) this.#onEnd(null);
      else this.#watchSilence(SILENCE_MS - silentMs);
    });
  }

  #tell(kind: LiveKind, { retryAt }: { retryAt: number | null }): void {
    const { state } = this;
    const now = this.#deps.now();
    const since = kind === state.kind ? state.since : now;
    const lastAt = kind === "live" || kind === "polling" ? this.#heardAt : state.lastAt;
    this.#state = { ...state, kind, since, lastAt, retryAt };
    this.#options.onState(this.#state);
  }
}
