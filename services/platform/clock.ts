import { type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { Clock } from "../ports/mod.ts";

/** The system's time. */
export class SystemClock implements Clock {
  now(): UtcMs {
    return utcMsOf(Date.now());
  }
}
