/** How often prices are asked for where no stream holds. */
export const POLL_MS = 5_000;

/**
 * How the way to the server stands. `connecting`: not there yet, nothing has failed.
 * `reconnecting`: cut, waiting for the next try. `polling`: streams do not hold, prices are asked
 * for every few seconds. `offline`: the server can't be reached at all.
 */
export type LiveKind = "connecting" | "live" | "reconnecting" | "polling" | "offline";

/** The state of a stream; instants are UTC milliseconds of this browser's clock. */
export interface LiveState {
  readonly kind: LiveKind;
  /** When it became so. */
  readonly since: number;
  /** When the server was heard last, `null` if never. */
  readonly lastAt: number | null;
  /** When the next try is due, `null` while the stream is open. */
  readonly retryAt: number | null;
  /** How far the server's clock is ahead of this one, in milliseconds. */
  readonly skewMs: number;
}

/** What a stream waits with. */
export interface LiveTimer {
  /** Runs the function once after the time; the answer takes that back. */
  after(ms: number, run: () => void): () => void;
}

/** The timer of a page, or of a worker. */
export const browserTimer: LiveTimer = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
