import { utcMsOf } from "../../kernel/time.ts";
import { type ExplainedScore, poolScores } from "../explain_score.ts";
import type { Pool, PoolId } from "../pool.ts";
import type { ArchivedPool } from "../pool_archive.ts";
import { historyAt } from "../pool_history.ts";
import { type PoolMetrics, poolMetrics } from "../pool_metrics.ts";
import { PoolSight } from "./pool_sight.ts";
import { isBetter } from "./plan.ts";
import type { AutopilotConstraints, Decision, Evidence } from "./simulation.ts";

/** What a decision does with a pool. */
export type DecisionRole = "enter" | "keep" | "leave" | "pass";

/** A pool as a decision saw it: nothing here was known later than the decision. */
export interface SeenPool extends Evidence {
  readonly pool: Pool;
  readonly role: DecisionRole;
  readonly rank: number | null;
  /** Measured again from the rows up to the reading alone; `null` where there is no row. */
  readonly metrics: PoolMetrics | null;
  /** The score of the simulation's method, taken apart. */
  readonly score: ExplainedScore | null;
}

/** The rows that a decision stands on: pools that it names, and the best of those it passed by. */
export interface DecisionEvidence {
  readonly decision: Decision;
  readonly seen: readonly SeenPool[];
}

/** Pools passed by that are told beside those that a decision names. */
const MAX_PASSED = 12;

/**
 * Looks again at what a decision saw. Histories are cut off at the reading that stood for each pool
 * and measured as the pool's own page would have then, which is another way to the same score.
 */
export function explainDecision(
  decision: Decision,
  { pools, constraints }: {
    readonly pools: readonly ArchivedPool[];
    readonly constraints: AutopilotConstraints;
  },
): DecisionEvidence {
  const { at, targets, departures } = decision;
  const roles = new Map<PoolId, DecisionRole>([
    ...targets.map(({ poolId, isNew }) => [poolId, isNew ? "enter" : "keep"] as const),
    ...departures.map(({ poolId }) => [poolId, "leave"] as const),
  ]);
  const ranked = rankedAt(pools, { at, constraints });
  const passed = ranked.filter(({ pool: { id } }) => !roles.has(id)).slice(0, MAX_PASSED);
  const named = pools.filter(({ pool: { id } }) => roles.has(id));
  const ranks = new Map(ranked.map(({ pool: { id } }, place) => [id, place + 1]));
  const seen = [...named, ...passed].map((archived): SeenPool => {
    const { pool: { id } } = archived;
    const rank = decision.kind === "closed" ? null : ranks.get(id) ?? null;
    return { ...look(archived, { at, constraints }), role: roles.get(id) ?? "pass", rank };
  });
  const place = ({ rank }: SeenPool) => rank ?? Infinity;
  return { decision, seen: seen.toSorted((a, b) => place(a) - place(b)) };
}

function rankedAt(
  pools: readonly ArchivedPool[],
  { at, constraints }: { readonly at: number; readonly constraints: AutopilotConstraints },
): readonly ArchivedPool[] {
  return pools.flatMap((archived, index) => {
    const candidate = new PoolSight(archived.sources, { index, constraints }).judge(
      at,
      constraints,
    );
    return typeof candidate === "string" ? [] : [{ archived, candidate }];
  })
    .toSorted((a, b) => isBetter(a.candidate, b.candidate) ? -1 : 1)
    .map(({ archived }) => archived);
}

function look(
  { pool, sources }: ArchivedPool,
  { at, constraints }: { readonly at: number; readonly constraints: AutopilotConstraints },
): Omit<SeenPool, "role" | "rank"> {
  const { name, history } = new PoolSight(sources, { index: 0, constraints }).sourceAt(at);
  const head = historyAt(history, at);
  const metrics = poolMetrics(head, constraints.settings);
  const scores = metrics && poolScores(pool, { metrics, settings: constraints.settings });
  return {
    ...{ pool, source: metrics && name, poolId: pool.id, metrics },
    readingAt: metrics?.asof ?? null,
    knownAt: metrics && utcMsOf(head.knownAt[head.length - 1] ?? NaN),
    score: scores && scores[constraints.method],
  };
}
