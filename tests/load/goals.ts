// deno-lint-ignore-file no-console -- load runs print their figures
/** Figures held to their goals, each told on a line of its own. */
export class Goals {
  /** What missed its goal. */
  readonly missed: string[] = [];

  /** A figure that may not be larger than its goal. */
  atMost(what: string, { actual, goal }: { actual: number; goal: number }): void {
    this.#tell(what, { actual, bound: `at most ${goal}`, isMet: actual <= goal });
  }

  /** A figure that may not be smaller than its goal. */
  atLeast(what: string, { actual, goal }: { actual: number; goal: number }): void {
    this.#tell(what, { actual, bound: `at least ${goal}`, isMet: actual >= goal });
  }

  #tell(
    what: string,
    { actual, bound, isMet }: { actual: number; bound: string; isMet: boolean },
  ): void {
    const verdict = isMet ? "ok" : "MISSED";
    console.log(`${what}: ${actual.toFixed(2)}, goal ${bound}: ${verdict}`);
    if (!isMet) this.missed.push(what);
  }
}
