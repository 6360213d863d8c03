import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { Clock } from "@/services/ports/mod.ts";

/** A clock that goes like the system's, some time ahead of it. */
export class ShiftedClock implements Clock {
  #aheadMs = 0;

  now(): UtcMs {
    return utcMsOf(Date.now() + this.#aheadMs);
  }

  putForward(ms: number): void {
    this.#aheadMs += ms;
  }
}
