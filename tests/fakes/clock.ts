import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { Clock } from "@/services/ports/mod.ts";

/** A clock that stands still until it is told to go on. Starts at 2026-01-01T00:00:00Z. */
export class FakeClock implements Clock {
  #now: UtcMs;

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = utcMsOf(start);
  }

  now(): UtcMs {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now = utcMsOf(this.#now + ms);
  }
}
