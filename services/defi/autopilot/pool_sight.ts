import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { learnedInOrder, type PoolHistory, RisingCount } from "../pool_history.ts";
import {
  type PoolReadings,
  poolReadings,
  type ScoreInputs,
  scoreInputsAt,
} from "../pool_readings.ts";
import { netApy, scoreV0, scoreV1 } from "../pool_scores.ts";
import type { AutopilotConstraints, Exclusion } from "./simulation.ts";

/** A pool that can be had, as it was seen at a decision. */
export interface Candidate {
  /** Index of the pool. */
  readonly pool: number;
  readonly score: number;
  readonly netApy: number;
  readonly tvlUsd: number | null;
  readonly readingAt: UtcMs;
}

/** One pool through the eyes of the autopilot: never more than was known at the time asked. */
export class PoolSight {
  readonly history: PoolHistory;
  /** Readings that came too late to be used. */
  readonly lateReadings: number;
  readonly #readings: PoolReadings;
  readonly #index: number;
  readonly #known: RisingCount;
  readonly #paid: RisingCount;

  constructor(history: PoolHistory, index: number) {
    this.history = learnedInOrder(history);
    this.lateReadings = history.length - this.history.length;
    this.#readings = poolReadings(this.history);
    this.#index = index;
    this.#known = new RisingCount(this.history.knownAt);
    this.#paid = new RisingCount(this.history.ts);
  }

  /** The newest row known at the instant, -1 of none. */
  rowKnownAt(at: number): number {
    return this.#known.upTo(at) - 1;
  }

  /** Whether a pool that was known shows no sign of life at the instant. */
  isGone(at: number, { vanishMs }: Pick<AutopilotConstraints, "vanishMs">): boolean {
    const row = this.rowKnownAt(at);
    return row >= 0 && at - (this.history.ts[row] ?? NaN) > vanishMs;
  }

  /** The pool as a candidate at the instant, or why it is none. */
  judge(at: number, constraints: AutopilotConstraints): Candidate | Exclusion {
    const row = this.rowKnownAt(at);
    if (row < 0) return "no_reading";
    const readingAt = this.history.ts[row] ?? NaN;
    if (at - readingAt > constraints.vanishMs) return "old_reading";
    const { settings } = constraints;
    const inputs = scoreInputsAt(this.#readings, { row, settings });
    const net = netApy(inputs, settings);
    const refused = this.#refusal(inputs, { at, net, minTvlUsd: constraints.minTvlUsd });
    if (refused !== null) return refused;
    const score = constraints.method === "v0"
      ? scoreV0(inputs, settings)
      : scoreV1(this.history.pool.structure, { inputs, settings });
    if (score === null) return "unrated";
    return {
      pool: this.#index,
      score,
      netApy: net,
      tvlUsd: inputs.tvlUsd,
      readingAt: utcMsOf(readingAt),
    };
  }

  /** The yield that was paid from the instant on, whoever knew of it; 0 before and after its life. */
  paidApy(at: number, { settings }: Pick<AutopilotConstraints, "settings">): number {
    const { supplyApy, incentiveApy } = this.history;
    const row = this.#paid.upTo(at) - 1;
    if (row < 0 || row === this.history.length - 1) return 0;
    const incentive = incentiveApy[row] ?? NaN;
    return netApy({
      supplyApy: supplyApy[row] ?? NaN,
      incentiveApy: Number.isNaN(incentive) ? null : incentive,
    }, settings);
  }

  #refusal(
    { isStale, isFrozen, isPaused, tvlUsd }: ScoreInputs,
    { at, net, minTvlUsd }: { at: number; net: number; minTvlUsd: number },
  ): Exclusion | null {
    const { maturityAt } = this.history.pool;
    if (isPaused) return "paused";
    if (isFrozen) return "frozen";
    if (isStale) return "stale";
    if (maturityAt !== null && maturityAt <= at) return "matured";
    if (minTvlUsd > 0 && tvlUsd === null) return "tvl_unknown";
    if (tvlUsd !== null && tvlUsd < minTvlUsd) return "tvl_below";
    return net > 0 ? null : "no_yield";
  }
}
