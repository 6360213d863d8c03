import { setImmediate as nextTurn } from "node:timers/promises";

/** How long synchronous work may hold the event loop: far below what a waiting request notices. */
const MAX_HOLD_MS = 8;
/** A request goes through several turns before it is answered; one without work costs nothing. */
const TURNS_PER_REST = 8;

/** Gives way to waiting requests in the middle of long synchronous work. */
export class Breather {
  #heldSinceMs = performance.now();

  /** True once the loop was held so long that `rest()` is due. */
  get isDue(): boolean {
    return performance.now() - this.#heldSinceMs >= MAX_HOLD_MS;
  }

  /** Lets everything that waits run, then counts anew. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < TURNS_PER_REST; turn++) await nextTurn();
    this.#heldSinceMs = performance.now();
  }
}
