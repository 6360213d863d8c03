import { AppError } from "../../kernel/errors.ts";
import { SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { Clock, Timer } from "../../ports/mod.ts";
import type { BudgetTake } from "./budget_store.ts";

/** Calls that may wait for one provider; more are refused at once. */
export const MAX_WAITING = 1_000;

export interface CallQueueDeps {
  readonly provider: string;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Why no call may go out now, or `null`. Asked again right before each call. */
  readonly refusal: () => Error | null;
  readonly take: (cost: number) => Promise<BudgetTake>;
  /** Takes the breaker's place for the call; `false` if it gives none. */
  readonly admit: () => boolean;
}

interface Waiter {
  readonly cost: number;
  readonly deadline: UtcMs;
  readonly start: () => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * The line in front of one provider. The first in it goes out when a place is free, the provider
 * asks for no pause and the budget gives its cost; nobody overtakes. Who can't be served within
 * its wait is told so as soon as that is known.
 */
export class CallQueue {
  readonly #deps: CallQueueDeps;
  #waiting: Waiter[] = [];
  #underWay = 0;
  #pausedUntil: UtcMs | null = null;
  /** When the budget gives the first in line its cost. */
  #budgetAt: UtcMs | null = null;
  #cancelTimer = () => {};
  #isPumping = false;
  #mustLookAgain = false;
  #stopped: Error | null = null;

  constructor(deps: CallQueueDeps) {
    this.#deps = deps;
  }

  /** Set while the provider asks for a pause. */
  get pausedUntil(): UtcMs | null {
    const isOver = this.#pausedUntil === null || this.#pausedUntil <= this.#deps.clock.now();
    return isOver ? null : this.#pausedUntil;
  }

  /**
   * Resolves when the call may go out; `leave` must follow. Rejects with the refusal, with
   * `RATE_LIMITED`, or with the signal's reason.
   */
  enter(
    { cost, deadline, signal }: { cost: number; deadline: UtcMs; signal?: AbortSignal | undefined },
  ): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#stopped) return Promise.reject(this.#stopped);
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(this.#rateLimited(SECOND_MS, "too many calls wait already"));
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#remove(waiter);
        reject(signal?.reason);
        this.#pump();
      };
      const waiter: Waiter = {
        cost,
        deadline,
        start: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        refuse: (error) => {
          signal?.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiter);
      this.#pump();
    });
  }

  /** Gives back the place of a call that is over. */
  leave(): void {
    this.#underWay--;
    this.#pump();
  }

  /** Holds all calls back until then; a pause never gets shorter. */
  pause(until: UtcMs): void {
    this.#pausedUntil = utcMsOf(Math.max(until, this.#pausedUntil ?? 0));
    this.#pump();
  }

  /** Ends a pause and looks again, as after a thaw. */
  resume(): void {
    this.#pausedUntil = null;
    this.wake();
  }

  /** Looks again: what held calls back may have changed. */
  wake(): void {
    this.#budgetAt = null;
    this.#pump();
  }

  /** Refuses everybody who waits, and whoever comes later. */
  stop(error: Error): void {
    this.#stopped = error;
    this.#cancelTimer();
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(error);
  }

  #pump(): void {
    this.#mustLookAgain = true;
    if (!this.#isPumping) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#isPumping = true;
    try {
      while (this.#mustLookAgain) {
        this.#mustLookAgain = false;
        let isServed = true;
        while (isServed) isServed = await this.#serveFirst();
      }
    } finally {
      this.#isPumping = false;
    }
  }

  /** Serves or refuses the first in line; `false` if it must wait, or nobody does. */
  async #serveFirst(): Promise<boolean> {
    const [first] = this.#waiting;
    if (!first) {
      this.#cancelTimer();
      return false;
    }
    const refusal = this.#deps.refusal();
    if (refusal) return this.#refuse(first, refusal);
    const now = this.#deps.clock.now();
    if (this.#underWay >= this.#deps.concurrency) return this.#waitFor(null);
    const heldUntil = Math.max(this.#pausedUntil ?? 0, this.#budgetAt ?? 0);
    if (heldUntil > now) return this.#waitFor(utcMsOf(heldUntil));
    return await this.#serveFromBudget(first);
  }

  async #serveFromBudget(first: Waiter): Promise<boolean> {
    let take;
    try {
      take = await this.#deps.take(first.cost);
    } catch (error) {
      return this.#refuse(first, error);
    }
    if (!take.isGranted) {
      this.#budgetAt = take.retryAt;
      return this.#waitFor(take.retryAt);
    }
    // Whoever gave up meanwhile leaves the cost spent: the count is then too high, never too low.
    if (!this.#waiting.includes(first)) return true;
    const refusal = this.#deps.refusal();
    if (refusal || !this.#deps.admit()) {
      return this.#refuse(first, refusal ?? this.#rateLimited(SECOND_MS, "a probe is under way"));
    }
    this.#remove(first);
    this.#underWay++;
    first.start();
    return true;
  }

  #refuse(waiter: Waiter, error: unknown): true {
    this.#remove(waiter);
    waiter.refuse(error);
    return true;
  }

  #remove(waiter: Waiter): void {
    // What the budget said was of the first in line.
    if (this.#waiting[0] === waiter) this.#budgetAt = null;
    this.#waiting = this.#waiting.filter((each) => each !== waiter);
  }

  /**
   * Refuses those who can't be served in time, and looks again at `until`, `null` being when a
   * place gets free. Answers whether the line has changed.
   */
  #waitFor(until: UtcMs | null): boolean {
    const now = this.#deps.clock.now();
    const first = this.#waiting[0];
    const servedAt = until ?? utcMsOf(now + 1);
    const late = this.#waiting.filter(({ deadline }) => deadline < servedAt);
    for (const waiter of late) {
      this.#refuse(waiter, this.#rateLimited(servedAt - now, this.#reasonToWait()));
    }
    if (this.#waiting[0] !== first) return true;
    this.#cancelTimer();
    const deadlines = this.#waiting.map(({ deadline }) => deadline);
    const wakeAt = until ?? Math.min(...deadlines);
    this.#cancelTimer = this.#deps.timer.after(Math.max(1, wakeAt - now), () => this.#pump());
    return false;
  }

  #reasonToWait(): string {
    if (this.pausedUntil !== null) return "it asked for a pause";
    const isFull = this.#underWay >= this.#deps.concurrency;
    return isFull ? "all its places are taken" : "no budget is left";
  }

  #rateLimited(waitMs: number, reason: string): AppError {
    const retry_after_s = Math.max(1, Math.ceil(waitMs / SECOND_MS));
    return new AppError(
      "RATE_LIMITED",
      `Cannot call ${this.#deps.provider}: ${reason}; try again in ${retry_after_s} s`,
      { details: { provider: this.#deps.provider, retry_after_s } },
    );
  }
}
