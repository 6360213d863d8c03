import { setImmediate as nextTurn } from "node:timers/promises";

/** How long synchronous work may hold the event loop: far below what a waiting request notices. */
const MAX_HOLD_MS = 8;
/**
 * While it has other work, the runtime looks at its sockets once in 61 turns (Tokio's
 * `event_interval`): with fewer a request waits for several rests. A turn without work takes some
 * microseconds.
 */
const TURNS_PER_REST = 64;

/** Gives way to waiting requests in the middle of long synchronous work. */
export class Breather {
  #heldSinceMs = performance.now();

  /** Rests once the loop was held for long. */
  async restIfDue(): Promise<void> {
    if (performance.now() - this.#heldSinceMs >= MAX_HOLD_MS) await this.rest();
  }

  /** Lets everything that waits run, then counts anew. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < TURNS_PER_REST; turn++) await nextTurn();
    this.#heldSinceMs = performance.now();
  }
}
