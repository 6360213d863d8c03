import { YEAR_MS } from "../../kernel/time.ts";
import { type PoolHistory, RisingCount } from "../pool_history.ts";
import { netApy } from "../pool_scores.ts";
import type { AutopilotConstraints } from "./simulation.ts";

/** A total loss has no logarithm: this is as good as one. */
const LOSS_LIMIT = -1 + 1e-12;

/**
 * What a pool paid, whoever knew of it: each reading's net APY from its time to the next reading's.
 * Nothing is paid before the first reading, after the last, or over a gap that is as long as it
 * takes for the pool to count as gone.
 */
export class PaidYield {
  readonly #ts: Float64Array;
  /** Logarithm of what a dollar became from the first reading to each row. */
  readonly #grown: Float64Array;
  /** Logarithm of the growth of a millisecond from each row on. */
  readonly #rate: Float64Array;
  readonly #count: RisingCount;
  #lastAt = NaN;
  #lastLog = 0;

  constructor(
    history: PoolHistory,
    { vanishMs, settings }: Pick<AutopilotConstraints, "vanishMs" | "settings">,
  ) {
    const { length, ts, supplyApy, incentiveApy } = history;
    this.#ts = ts;
    this.#count = new RisingCount(ts);
    this.#grown = new Float64Array(length);
    this.#rate = new Float64Array(length);
    for (let row = 0; row + 1 < length; row++) {
      const spanMs = (ts[row + 1] ?? NaN) - (ts[row] ?? NaN);
      const incentive = incentiveApy[row] ?? NaN;
      const net = netApy({
        supplyApy: supplyApy[row] ?? NaN,
        incentiveApy: Number.isNaN(incentive) ? null : incentive,
      }, settings);
      const rate = spanMs > vanishMs ? 0 : Math.log1p(Math.max(LOSS_LIMIT, net)) / YEAR_MS;
      this.#rate[row] = rate;
      this.#grown[row + 1] = (this.#grown[row] ?? 0) + rate * spanMs;
    }
  }

  /** Growth from one instant to a later one, as a fraction. */
  growth(from: number, to: number): number {
    const start = this.logAt(from);
    return Math.expm1(this.logAt(to) - start);
  }

  /** Logarithm of what a dollar became from the first reading to the instant. */
  logAt(at: number): number {
    // Steps follow each other: one ends where the next begins.
    if (at === this.#lastAt) return this.#lastLog;
    const row = this.#count.upTo(at) - 1;
    this.#lastAt = at;
    return this.#lastLog = row < 0
      ? 0
      : (this.#grown[row] ?? 0) + (this.#rate[row] ?? 0) * (at - (this.#ts[row] ?? NaN));
  }
}
