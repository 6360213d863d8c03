import { YEAR_MS } from "../../kernel/time.ts";
import { type PoolHistory, RisingCount } from "../pool_history.ts";
import { netApy } from "../pool_scores.ts";
import { staleReadings } from "../stale_readings.ts";
import type { AutopilotConstraints } from "./simulation.ts";

type Rules = Pick<AutopilotConstraints, "vanishMs" | "settings">;

/** A total loss has no logarithm: this is as good as one. */
const LOSS_LIMIT = -1 + 1e-12;

/**
 * What a pool paid, whoever knew of it: each reading's net APY from its time to the next reading's.
 * Nothing is paid before the first reading, after the last, or over a gap that is as long as it
 * takes for the pool to count as gone. Where several sources read the pool at a time, the newest
 * reading that is not old says what was paid.
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

  /** The histories are of one pool, each by a source of its own. */
  constructor(histories: readonly PoolHistory[], rules: Rules) {
    const { ts, rate } = ratesOf(histories, rules);
    this.#ts = ts;
    this.#rate = rate;
    this.#count = new RisingCount(ts);
    this.#grown = new Float64Array(ts.length);
    for (let row = 0; row + 1 < ts.length; row++) {
      const spanMs = (ts[row + 1] ?? NaN) - (ts[row] ?? NaN);
      this.#grown[row + 1] = (this.#grown[row] ?? 0) + (rate[row] ?? 0) * spanMs;
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

/** What is paid from each instant to the next, as the logarithm of the growth of a millisecond. */
interface PaidRates {
  readonly ts: Float64Array;
  readonly rate: Float64Array;
}

function ratesOf(histories: readonly PoolHistory[], rules: Rules): PaidRates {
  const [first, ...others] = histories;
  if (first === undefined) return { ts: new Float64Array(), rate: new Float64Array() };
  if (others.length === 0) return { ts: first.ts, rate: ownRates(first, rules) };
  return mergedRates(histories, rules);
}

function ownRates(
  { length, ts, supplyApy, incentiveApy }: PoolHistory,
  { vanishMs, settings }: Rules,
): Float64Array {
  const rate = new Float64Array(length);
  for (let row = 0; row + 1 < length; row++) {
    if ((ts[row + 1] ?? NaN) - (ts[row] ?? NaN) > vanishMs) continue;
    const incentive = incentiveApy[row] ?? NaN;
    const net = netApy({
      supplyApy: supplyApy[row] ?? NaN,
      incentiveApy: Number.isNaN(incentive) ? null : incentive,
    }, settings);
    rate[row] = Math.log1p(Math.max(LOSS_LIMIT, net)) / YEAR_MS;
  }
  return rate;
}

function mergedRates(histories: readonly PoolHistory[], rules: Rules): PaidRates {
  const ts = Float64Array.from(new Set(histories.flatMap((history) => [...history.ts]))).sort();
  const sources = histories.map((history) => ({
    ...{ ts: history.ts, rate: ownRates(history, rules), since: staleReadings(history).since },
    count: new RisingCount(history.ts),
  }));
  const rate = ts.map((at) => {
    let [best, bestAt, isBestFresh] = [0, -Infinity, false];
    for (const { count, ...source } of sources) {
      const row = count.upTo(at) - 1;
      const readAt = source.ts[row] ?? NaN;
      const next = source.ts[row + 1] ?? NaN;
      // After its last reading, and over a gap, a source says nothing of what is paid.
      if (!(next - readAt <= rules.vanishMs)) continue;
      const isFresh = Number.isNaN(source.since[row] ?? NaN);
      if (isBestFresh && !isFresh || isBestFresh === isFresh && readAt <= bestAt) continue;
      [best, bestAt, isBestFresh] = [source.rate[row] ?? 0, readAt, isFresh];
    }
    return best;
  });
  return { ts, rate };
}
