import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import type { Clock, Timer } from "@/services/ports/mod.ts";

interface Planned {
  readonly at: number;
  readonly run: () => void;
}

/** How often it is looked whether something is due. */
const LOOK_EVERY_MS = 2;
/** Time passes by so much at most between two looks at it. */
const MOST_AT_ONCE_MS = 10;

/**
 * Time that runs `pace` times as fast as it does, and can be moved on at once. While this process
 * gets no processor it stands still: it can't pass by what had no chance to happen.
 */
export class WarpedTime implements Clock, Timer {
  readonly #planned = new Set<Planned>();
  #pace: number;
  #at: number;
  #seenAt = performance.now();
  #stopLooking: (() => void) | null = null;

  constructor({ from, pace }: { readonly from: number; readonly pace: number }) {
    this.#at = from;
    this.#pace = pace;
  }

  now(): UtcMs {
    const seenAt = performance.now();
    this.#at += Math.min(seenAt - this.#seenAt, MOST_AT_ONCE_MS) * this.#pace;
    this.#seenAt = seenAt;
    return utcMsOf(Math.floor(this.#at));
  }

  after(delayMs: number, run: () => void): () => void {
    const planned: Planned = { at: this.now() + delayMs, run };
    this.#planned.add(planned);
    this.#look();
    return () => {
      this.#planned.delete(planned);
      this.#look();
    };
  }

  /** Runs at another pace from now on. */
  run(pace: number): void {
    this.now();
    this.#pace = pace;
  }

  /** Moves on by `ms`; what falls due comes at once, in its order. */
  skip(ms: number): void {
    this.#at = this.now() + ms;
    this.#look();
  }

  /** Looks again soon, as long as anything is planned; at once where something is due. */
  #look(): void {
    this.#stopLooking?.();
    this.#stopLooking = null;
    const next = this.#next();
    if (next === null) return;
    const waitMs = next.at <= this.#at ? 0 : LOOK_EVERY_MS;
    this.#stopLooking = systemTimer.after(waitMs, () => this.#runNext());
  }

  /** One at a time: what it brings about comes before what is due next. */
  #runNext(): void {
    const next = this.#next();
    if (next !== null && next.at <= this.now()) {
      this.#planned.delete(next);
      next.run();
    }
    this.#look();
  }

  #next(): Planned | null {
    let next: Planned | null = null;
    for (const planned of this.#planned) if (next === null || planned.at < next.at) next = planned;
    return next;
  }
}
