import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { countUpTo, learnedInOrder, type PoolHistory, RisingCount } from "../pool_history.ts";
import {
  type PoolReadings,
  poolReadings,
  type ScoreInputs,
  scoreInputsAt,
} from "../pool_readings.ts";
import type { Pool } from "../pool.ts";
import { netApy, scoreV0, scoreV1 } from "../pool_scores.ts";
import { rankStandings, type SourcePast, standingOf } from "../pool_sources.ts";
import { PaidYield } from "./paid_yield.ts";
import type { AutopilotConstraints, DataUsed, Evidence, Exclusion } from "./simulation.ts";

/** A pool that can be had, as it was seen at a decision. */
export interface Candidate {
  /** Index of the pool. */
  readonly pool: number;
  readonly score: number;
  readonly netApy: number;
  readonly tvlUsd: number | null;
  readonly source: string;
  readonly readingAt: UtcMs;
  readonly knownAt: UtcMs;
}

/** One source of a pool: never more than was known at the time asked. */
class SourceSight implements SourcePast {
  readonly name: string;
  readonly history: PoolHistory;
  readonly readings: PoolReadings;
  /** All that was read, in time or late. */
  readonly all: PoolHistory;
  readonly #known: RisingCount;

  constructor({ name, history }: SourcePast) {
    this.name = name;
    this.all = history;
    this.history = learnedInOrder(history);
    this.readings = poolReadings(this.history);
    this.#known = new RisingCount(this.history.knownAt);
  }

  /** The newest row known at the instant, -1 of none. */
  rowKnownAt(at: number): number {
    return this.#known.upTo(at) - 1;
  }
}

/** One pool through the eyes of the autopilot: never more than was known at the time asked. */
export class PoolSight {
  readonly pool: Pool;
  readonly #sources: readonly [SourceSight, ...SourceSight[]];
  readonly #index: number;
  readonly #paid: PaidYield;

  /** The sources of one pool, at least one. */
  constructor(
    [first, ...others]: readonly SourcePast[],
    { index, constraints }: {
      readonly index: number;
      readonly constraints: AutopilotConstraints;
    },
  ) {
    if (first === undefined) throw new RangeError("Cannot look at a pool without a source");
    this.pool = first.history.pool;
    this.#sources = [new SourceSight(first), ...others.map((source) => new SourceSight(source))];
    this.#index = index;
    this.#paid = new PaidYield([first, ...others].map(({ history }) => history), constraints);
  }

  /** The source to go by at the instant, as the leaderboard of that instant chooses it. */
  sourceAt(at: number): SourcePast {
    return this.#sourceAt(at);
  }

  #sourceAt(at: number): SourceSight {
    const [first, ...others] = this.#sources;
    if (others.length === 0) return first;
    const known = this.#sources.flatMap((source) => {
      const row = source.rowKnownAt(at);
      return row < 0
        ? []
        : [{ ...standingOf(source.name, { readings: source.readings, row }), source }];
    });
    return rankStandings(known)[0]?.source ?? first;
  }

  /** Whether a pool that was known shows no sign of life at the instant, of any source. */
  isGone(at: number, { vanishMs }: Pick<AutopilotConstraints, "vanishMs">): boolean {
    const newest = this.#sources.reduce(
      (newest, source) => Math.max(newest, source.history.ts[source.rowKnownAt(at)] ?? -Infinity),
      -Infinity,
    );
    return newest > -Infinity && at - newest > vanishMs;
  }

  /** The pool as a candidate at the instant, or why it is none. */
  judge(at: number, constraints: AutopilotConstraints): Candidate | Exclusion {
    const source = this.#sourceAt(at);
    const row = source.rowKnownAt(at);
    if (row < 0) return "no_reading";
    const { history } = source;
    const readingAt = history.ts[row] ?? NaN;
    if (at - readingAt > constraints.vanishMs) return "old_reading";
    // Nothing says yet that anybody goes on reading it: bought, it would be closed as gone.
    if (row === 0) return "one_reading";
    const { settings } = constraints;
    const inputs = scoreInputsAt(source.readings, { row, settings });
    const net = netApy(inputs, settings);
    const refused = this.#refusal(inputs, { at, net, minTvlUsd: constraints.minTvlUsd });
    if (refused !== null) return refused;
    const score = constraints.method === "v0"
      ? scoreV0(inputs, settings)
      : scoreV1(this.pool.structure, { inputs, settings });
    if (score === null) return "unrated";
    // The geometric score is 0 where one factor is: nothing makes up for that.
    if (score === 0 && constraints.method === "v1") return "score_zero";
    return {
      pool: this.#index,
      score,
      netApy: net,
      tvlUsd: inputs.tvlUsd,
      source: source.name,
      readingAt: utcMsOf(readingAt),
      knownAt: utcMsOf(history.knownAt[row] ?? NaN),
    };
  }

  /** The reading that a judgement at the instant stands on. */
  evidenceAt(at: number): Evidence {
    const source = this.#sourceAt(at);
    const row = source.rowKnownAt(at);
    const { ts, knownAt } = source.history;
    return {
      poolId: this.pool.id,
      source: row < 0 ? null : source.name,
      readingAt: row < 0 ? null : utcMsOf(ts[row] ?? NaN),
      knownAt: row < 0 ? null : utcMsOf(knownAt[row] ?? NaN),
    };
  }

  /** What the pool paid, whoever knew of it. */
  get paid(): PaidYield {
    return this.#paid;
  }

  /** The readings of a range, both ends included, of all sources. */
  dataUsed(range: Pick<AutopilotConstraints, "start" | "end">): DataUsed {
    const used = this.#sources.map((source) => readingsOf(source, range));
    const readings = sumOf(used, "readings");
    return {
      ...{ pools: 1, poolsRead: readings > 0 ? 1 : 0, readings },
      staleReadings: sumOf(used, "staleReadings"),
      unseenReadings: sumOf(used, "unseenReadings"),
      lateReadings: sumOf(used, "lateReadings"),
      firstAt: instantOf(Math.min(...used.map(({ firstAt }) => firstAt))),
      lastAt: instantOf(Math.max(...used.map(({ lastAt }) => lastAt))),
    };
  }

  #refusal(
    { isStale, isFrozen, isPaused, tvlUsd }: ScoreInputs,
    { at, net, minTvlUsd }: { at: number; net: number; minTvlUsd: number },
  ): Exclusion | null {
    const { maturityAt } = this.pool;
    if (isPaused) return "paused";
    if (isFrozen) return "frozen";
    if (isStale) return "stale";
    if (maturityAt !== null && maturityAt <= at) return "matured";
    if (minTvlUsd > 0 && tvlUsd === null) return "tvl_unknown";
    if (tvlUsd !== null && tvlUsd < minTvlUsd) return "tvl_below";
    return net > 0 ? null : "no_yield";
  }
}

/** The readings of one source; `firstAt` is Infinity and `lastAt` -Infinity of none. */
function readingsOf(
  { all, history, readings }: SourceSight,
  { start, end }: Pick<AutopilotConstraints, "start" | "end">,
) {
  const { ts, knownAt, length } = all;
  const [from, to] = [countUpTo(ts, start - 1), countUpTo(ts, end)];
  const { oldUpTo } = readings.stale;
  const [keptFrom, keptTo] = [countUpTo(history.ts, start - 1), countUpTo(history.ts, end)];
  return {
    readings: to - from,
    staleReadings: (oldUpTo[keptTo] ?? 0) - (oldUpTo[keptFrom] ?? 0),
    unseenReadings: knownAt.subarray(from, to).filter((known) => known > end).length,
    lateReadings: length - history.length,
    firstAt: to > from ? ts[from] ?? NaN : Infinity,
    lastAt: to > from ? ts[to - 1] ?? NaN : -Infinity,
  };
}

function sumOf<Name extends string>(
  rows: readonly Readonly<Record<Name, number>>[],
  name: Name,
): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}

function instantOf(at: number): UtcMs | null {
  return Number.isFinite(at) ? utcMsOf(at) : null;
}
