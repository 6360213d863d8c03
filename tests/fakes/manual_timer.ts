interface Planned {
  readonly at: number;
  readonly run: () => void;
}

/** A clock with timers that run when the test moves it on, in the order they are due. */
export class ManualTimer {
  #now: number;
  #planned: Planned[] = [];

  constructor(now = 0) {
    this.#now = now;
  }

  readonly now = (): number => this.#now;

  /** How many timers wait. */
  get waiting(): number {
    return this.#planned.length;
  }

  after(ms: number, run: () => void): () => void {
    const planned = { at: this.#now + ms, run };
    this.#planned.push(planned);
    return () => this.#planned = this.#planned.filter((one) => one !== planned);
  }

  /** Moves on, and lets what was due and what follows from it settle. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#planned.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#planned = this.#planned.filter((one) => one !== next);
      this.#now = next.at;
      next.run();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets promises that can be kept be kept. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 10; round++) await Promise.resolve();
}
