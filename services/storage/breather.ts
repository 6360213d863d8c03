import { giveWay } from "../kernel/give_way.ts";

/** How long synchronous work may hold the event loop: far below what a waiting request notices. */
const MAX_HOLD_MS = 8;

/** Gives way to waiting requests in the middle of long synchronous work. */
export class Breather {
  #heldSinceMs = performance.now();

  /** Rests once the loop was held for long. */
  async restIfDue(): Promise<void> {
    if (performance.now() - this.#heldSinceMs < MAX_HOLD_MS) return;
    await giveWay();
    this.#heldSinceMs = performance.now();
  }
}

/** Rests once the event loop was held for long; for who works in many small steps. */
export function restWhenDue(): () => Promise<void> {
  const breather = new Breather();
  return () => breather.restIfDue();
}
