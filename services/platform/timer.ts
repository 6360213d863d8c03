import type { Timer } from "../ports/mod.ts";

/** Waits that never keep the process alive by themselves. */
export const systemTimer: Timer = {
  after(delayMs, callback) {
    const id = setTimeout(callback, delayMs);
    Deno.unrefTimer(id);
    return () => clearTimeout(id);
  },
};
