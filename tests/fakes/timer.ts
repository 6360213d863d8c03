import { setImmediate } from "node:timers";
import type { UtcMs } from "@/services/kernel/time.ts";
import type { Clock, Timer } from "@/services/ports/mod.ts";
import type { FakeClock } from "./clock.ts";

interface Planned {
  readonly at: number;
  readonly callback: () => void;
}

/** A timer that stands still with its clock, and moves it. */
export class FakeTimer implements Timer, Clock {
  readonly #clock: FakeClock;
  #planned: readonly Planned[] = [];

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  now(): UtcMs {
    return this.#clock.now();
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#planned.length;
  }

  /** How long from now what is planned comes, soonest first. */
  get delays(): readonly number[] {
    return this.#planned.map(({ at }) => at - this.#clock.now()).sort((a, b) => a - b);
  }

  after(delayMs: number, callback: () => void): () => void {
    const entry = { at: this.#clock.now() + delayMs, callback };
    this.#planned = [...this.#planned, entry];
    return () => {
      this.#planned = this.#planned.filter((other) => other !== entry);
    };
  }

  /** Goes on by `ms`; fires what falls due on the way, in order, each with what follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.#clock.now() + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      const entry = next;
      this.#planned = this.#planned.filter((other) => other !== entry);
      this.#clock.advance(Math.max(0, entry.at - this.#clock.now()));
      entry.callback();
      await settle();
    }
    this.#clock.advance(end - this.#clock.now());
  }

  #next(end: number): Planned | undefined {
    return this.#planned.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
