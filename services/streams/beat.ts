import type { Clock, Timer } from "../ports/mod.ts";

/** How long values wait for others that come at the same moment, such as parts of one message. */
export const GATHER_MS = 5;
/** The pace at which values go out: what comes in between goes out together. */
export const BEAT_MS = 100;
/** The pace while writing is quick, as it is for few readers. */
export const SHORTEST_BEAT_MS = 15;
/** The rest after each round of writing, in lengths of the round: two thirds of the time. */
const REST_PER_ROUND = 2;

/**
 * When the values of one topic are sent: after a rest nearly at once, else at a pace that leaves
 * the process most of its time while the longest beat allows it.
 */
export class Beat {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #send: () => void;
  #cancel: (() => void) | null = null;
  #restsUntil = -Infinity;

  constructor({ clock, timer, send }: { clock: Clock; timer: Timer; send: () => void }) {
    this.#clock = clock;
    this.#timer = timer;
    this.#send = send;
  }

  /** Has what is there sent when it is time; asking again before that changes nothing. */
  ask(): void {
    const restMs = this.#restsUntil - this.#clock.now();
    // Whatever the clock is set back to, no beat is longer than the longest.
    const delayMs = Math.min(Math.max(restMs, GATHER_MS), BEAT_MS);
    this.#cancel ??= this.#timer.after(delayMs, () => this.#run());
  }

  /** Sends now what was asked for, and stops. */
  finish(): void {
    if (this.#cancel === null) return;
    this.#cancel();
    this.#run();
  }

  #run(): void {
    this.#cancel = null;
    const startedAt = this.#clock.now();
    this.#send();
    const endedAt = this.#clock.now();
    const restMs = (endedAt - startedAt) * REST_PER_ROUND;
    this.#restsUntil = endedAt + Math.min(Math.max(restMs, SHORTEST_BEAT_MS), BEAT_MS);
  }
}
