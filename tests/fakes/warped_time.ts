import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import type { Clock, Timer } from "@/services/ports/mod.ts";

interface Planned {
  readonly at: number;
  readonly run: () => void;
  cancel: () => void;
}

/** Time that runs `pace` times as fast as it does, and can be moved on at once. */
export class WarpedTime implements Clock, Timer {
  readonly #planned = new Set<Planned>();
  #pace: number;
  #from: number;
  #since = performance.now();

  constructor({ from, pace }: { readonly from: number; readonly pace: number }) {
    this.#from = from;
    this.#pace = pace;
  }

  now(): UtcMs {
    return utcMsOf(Math.floor(this.#from + (performance.now() - this.#since) * this.#pace));
  }

  after(delayMs: number, run: () => void): () => void {
    const planned: Planned = { at: this.now() + delayMs, run, cancel: () => {} };
    this.#planned.add(planned);
    this.#arm(planned);
    return () => {
      this.#planned.delete(planned);
      planned.cancel();
    };
  }

  /** Runs at another pace from now on. */
  run(pace: number): void {
    this.#restart({ from: this.now(), pace });
  }

  /** Moves on by `ms`; what falls due comes at once, in its order. */
  skip(ms: number): void {
    this.#restart({ from: this.now() + ms, pace: this.#pace });
  }

  #restart({ from, pace }: { from: number; pace: number }): void {
    this.#from = from;
    this.#pace = pace;
    this.#since = performance.now();
    for (const planned of [...this.#planned].sort((a, b) => a.at - b.at)) {
      planned.cancel();
      this.#arm(planned);
    }
  }

  #arm(planned: Planned): void {
    const delayMs = Math.max(0, (planned.at - this.now()) / this.#pace);
    planned.cancel = systemTimer.after(delayMs, () => {
      this.#planned.delete(planned);
      planned.run();
    });
  }
}
