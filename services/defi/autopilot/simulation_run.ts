import { AppError } from "../../kernel/errors.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Simulation } from "./simulation.ts";

/** How far a run is. */
export interface RunProgress {
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly stepsDone: number;
  readonly steps: number;
}

/** Lets everything else have its turn. */
export type Pause = () => Promise<void>;

/** A run works for so long before others have their turn. */
const SLICE_MS = 12;
/** Who waits for a run is told after this long that it goes on. */
const PATIENCE_MS = 700;

/** A simulation on its way: it works in short slices, tells how far it is, and can be stopped. */
export class SimulationRun {
  /** Resolves when it is over, or after a while of waiting. */
  readonly patience: Promise<void>;
  readonly #steps: number;
  readonly #over: Promise<Simulation>;
  readonly #losePatience: () => void;
  #state: RunProgress["state"] = "running";
  #stepsDone = 0;
  #tookMs = 0;

  constructor(
    work: Generator<number, Simulation>,
    { steps, clock, pause }: {
      readonly steps: number;
      readonly clock: Clock;
      readonly pause: Pause;
    },
  ) {
    const patience = Promise.withResolvers<void>();
    this.#steps = steps;
    this.patience = patience.promise;
    this.#losePatience = patience.resolve;
    this.#over = this.#work(work, { clock, pause }).finally(patience.resolve);
    // Who asks for the result is told; nobody has to.
    this.#over.catch(() => {});
  }

  get progress(): RunProgress {
    return { state: this.#state, stepsDone: this.#stepsDone, steps: this.#steps };
  }

  /** How long it has worked, the turns of others included. */
  get tookMs(): number {
    return this.#tookMs;
  }

  /** Stops it at the end of the slice; one that is over stays as it is. */
  cancel(): void {
    if (this.#state === "running") this.#state = "cancelled";
  }

  /** What came of it. Throws `CONFLICT` if it was cancelled. */
  result(): Promise<Simulation> {
    return this.#over;
  }

  async #work(
    work: Generator<number, Simulation>,
    { clock, pause }: { readonly clock: Clock; readonly pause: Pause },
  ): Promise<Simulation> {
    const began = clock.now();
    let sliceBegan = began;
    try {
      while (this.#state === "running") {
        const step = work.next();
        if (step.done === true) {
          this.#state = "done";
          return step.value;
        }
        this.#stepsDone = step.value;
        const now = clock.now();
        this.#tookMs = now - began;
        if (now - sliceBegan < SLICE_MS) continue;
        if (now - began >= PATIENCE_MS) this.#losePatience();
        await pause();
        sliceBegan = clock.now();
      }
    } catch (error) {
      this.#state = "failed";
      throw error;
    }
    throw new AppError("CONFLICT", "The simulation was cancelled");
  }
}
