import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { countUpTo, learnedInOrder, type PoolHistory, RisingCount } from "../pool_history.ts";
import {
  type PoolReadings,
  poolReadings,
  type ScoreInputs,
  scoreInputsAt,
} from "../pool_readings.ts";
import { netApy, scoreV0, scoreV1 } from "../pool_scores.ts";
import { PaidYield } from "./paid_yield.ts";
import type { AutopilotConstraints, DataUsed, Evidence, Exclusion } from "./simulation.ts";

/** A pool that can be had, as it was seen at a decision. */
export interface Candidate {
  /** Index of the pool. */
  readonly pool: number;
  readonly score: number;
  readonly netApy: number;
  readonly tvlUsd: number | null;
  readonly readingAt: UtcMs;
  readonly knownAt: UtcMs;
}

/** One pool through the eyes of the autopilot: never more than was known at the time asked. */
export class PoolSight {
  readonly history: PoolHistory;
  readonly #readings: PoolReadings;
  readonly #index: number;
  readonly #known: RisingCount;
  readonly #paid: PaidYield;
  /** All that was read, in time or late. */
  readonly #all: PoolHistory;

  constructor(
    history: PoolHistory,
    { index, constraints }: {
      readonly index: number;
      readonly constraints: AutopilotConstraints;
    },
  ) {
    this.history = learnedInOrder(history);
    this.#readings = poolReadings(this.history);
    this.#index = index;
    this.#known = new RisingCount(this.history.knownAt);
    this.#paid = new PaidYield(history, constraints);
    this.#all = history;
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
    // Nothing says yet that anybody goes on reading it: bought, it would be closed as gone.
    if (row === 0) return "one_reading";
    const { settings } = constraints;
    const inputs = scoreInputsAt(this.#readings, { row, settings });
    const net = netApy(inputs, settings);
    const refused = this.#refusal(inputs, { at, net, minTvlUsd: constraints.minTvlUsd });
    if (refused !== null) return refused;
    const score = constraints.method === "v0"
      ? scoreV0(inputs, settings)
      : scoreV1(this.history.pool.structure, { inputs, settings });
    if (score === null) return "unrated";
    // The geometric score is 0 where one factor is: nothing makes up for that.
    if (score === 0 && constraints.method === "v1") return "score_zero";
    return {
      pool: this.#index,
      score,
      netApy: net,
      tvlUsd: inputs.tvlUsd,
      readingAt: utcMsOf(readingAt),
      knownAt: utcMsOf(this.history.knownAt[row] ?? NaN),
    };
  }

  /** The reading that a judgement at the instant stands on. */
  evidenceAt(at: number): Evidence {
    const row = this.rowKnownAt(at);
    const { pool, ts, knownAt } = this.history;
    return {
      poolId: pool.id,
      readingAt: row < 0 ? null : utcMsOf(ts[row] ?? NaN),
      knownAt: row < 0 ? null : utcMsOf(knownAt[row] ?? NaN),
    };
  }

  /** What the pool paid, whoever knew of it. */
  get paid(): PaidYield {
    return this.#paid;
  }

  /** The readings of a range, both ends included. */
  dataUsed({ start, end }: Pick<AutopilotConstraints, "start" | "end">): DataUsed {
    const { ts, knownAt, length } = this.#all;
    const [from, to] = [countUpTo(ts, start - 1), countUpTo(ts, end)];
    const { oldUpTo } = this.#readings.stale;
    const kept = this.history.ts;
    const [keptFrom, keptTo] = [countUpTo(kept, start - 1), countUpTo(kept, end)];
    return {
      pools: 1,
      poolsRead: to > from ? 1 : 0,
      readings: to - from,
      staleReadings: (oldUpTo[keptTo] ?? 0) - (oldUpTo[keptFrom] ?? 0),
      unseenReadings: knownAt.subarray(from, to).filter((known) => known > end).length,
      lateReadings: length - this.history.length,
      firstAt: to > from ? utcMsOf(ts[from] ?? NaN) : null,
      lastAt: to > from ? utcMsOf(ts[to - 1] ?? NaN) : null,
    };
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
