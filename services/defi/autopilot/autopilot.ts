import type { UtcMs } from "../../kernel/time.ts";
import type { PoolId } from "../pool.ts";
import type { FirstChoice } from "./baselines.ts";
import { Book } from "./book.ts";
import { planTargets, type Target } from "./plan.ts";
import type { Candidate, PoolSight } from "./pool_sight.ts";
import type {
  Allocation,
  AllocationPoint,
  AutopilotConstraints,
  Decision,
  Exclusion,
  Simulation,
} from "./simulation.ts";

/** What all pools are at one step. */
interface Survey {
  /** Pools that can be had. */
  readonly candidates: readonly Candidate[];
  readonly excluded: Readonly<Partial<Record<Exclusion, number>>>;
}

/** Decided at one step, carried out at the next. */
interface Order {
  readonly decision: Omit<Decision, "actedAt" | "turnoverUsd" | "costUsd">;
  readonly targets: readonly Target[];
  readonly candidates: readonly Candidate[];
}

/** The autopilot on its way through the steps. */
export class Autopilot {
  readonly #sights: readonly PoolSight[];
  readonly #constraints: AutopilotConstraints;
  readonly #book: Book;
  readonly #decisions: Decision[] = [];
  readonly #allocations: AllocationPoint[] = [];
  /** Yield that each held pool promised when it was bought. */
  readonly #promised = new Map<number, number>();
  #order: Order | null = null;
  #actedAt: UtcMs | null = null;
  /** The change that the cooldown last put off. */
  #suppressed: string | null = null;
  #first: Omit<FirstChoice, "actStep"> & { readonly at: UtcMs } | null = null;
  #turnoverUsd = 0;
  #costUsd = 0;
  #spanMs = 0;
  #promisedSum = 0;
  #idleSum = 0;

  constructor(sights: readonly PoolSight[], constraints: AutopilotConstraints) {
    this.#sights = sights;
    this.#constraints = constraints;
    this.#book = new Book(constraints.capitalUsd);
  }

  get valueUsd(): number {
    return this.#book.valueUsd;
  }

  /** Earns since the step before, carries out what was decided there, and decides anew. */
  step(at: UtcMs, { before, next }: { before: UtcMs | null; next: UtcMs | null }): void {
    if (before !== null) this.#earn(before, at);
    this.#act(at);
    this.#closeGone(at);
    if (next !== null) this.#decide(at, next);
  }

  report(): Pick<
    Simulation,
    "allocations" | "decisions" | "turnoverUsd" | "costUsd" | "promisedApy" | "idleShare"
  > {
    const invested = this.#spanMs - this.#idleSum;
    return {
      allocations: this.#allocations,
      decisions: this.#decisions,
      turnoverUsd: this.#turnoverUsd,
      costUsd: this.#costUsd,
      promisedApy: invested > 0 ? this.#promisedSum / this.#spanMs : null,
      idleShare: this.#spanMs > 0 ? this.#idleSum / this.#spanMs : 1,
    };
  }

  /** What could be had when it first bought; `null` if it never did. */
  firstChoice(times: readonly UtcMs[]): FirstChoice | null {
    if (this.#first === null) return null;
    const { at, ...choice } = this.#first;
    return { ...choice, actStep: times.indexOf(at) };
  }

  #earn(before: UtcMs, at: UtcMs): void {
    const spanMs = at - before;
    this.#spanMs += spanMs;
    let idle = 1;
    for (const [pool, weight] of this.#book.weights()) {
      this.#promisedSum += weight * (this.#promised.get(pool) ?? 0) * spanMs;
      idle -= weight;
    }
    this.#idleSum += Math.max(0, idle) * spanMs;
    const paid = (pool: number) => this.#sights[pool]?.paidApy(before, this.#constraints) ?? 0;
    this.#book.accrue(spanMs, paid);
  }

  #act(at: UtcMs): void {
    if (this.#order === null) return;
    const { decision, targets, candidates } = this.#order;
    this.#order = null;
    const weights = this.#weightsFor(targets);
    const trade = this.#book.rebalance(weights, this.#constraints);
    this.#promised.clear();
    for (const { candidate } of targets) this.#promised.set(candidate.pool, candidate.netApy);
    this.#first ??= { at, candidates, weights };
    this.#actedAt = at;
    this.#suppressed = null;
    this.#record({ ...decision, actedAt: at, ...trade });
    this.#noteAllocation(at);
  }

  /** What stays keeps its share up to the cap, so that only what enters or leaves is traded. */
  #weightsFor(targets: readonly Target[]): ReadonlyMap<number, number> {
    const { maxWeight } = this.#constraints;
    const held = this.#book.weights();
    const weights = new Map<number, number>();
    let left = 1;
    for (const { candidate: { pool } } of targets) {
      const weight = Math.min(held.get(pool) ?? 0, maxWeight);
      if (weight > 0) weights.set(pool, weight);
      left -= weight;
    }
    for (const { candidate: { pool } } of targets) {
      if (weights.has(pool)) continue;
      const weight = Math.min(maxWeight, Math.max(0, left));
      weights.set(pool, weight);
      left -= weight;
    }
    return weights;
  }

  #closeGone(at: UtcMs): void {
    const { vanishPenalty } = this.#constraints;
    for (const pool of this.#book.pools) {
      if (!this.#sights[pool]?.isGone(at, this.#constraints)) continue;
      const costUsd = this.#book.close(pool, vanishPenalty);
      const reason = `${this.#idOf(pool)} gave no reading for too long: closed at its last value ` +
        `less ${vanishPenalty * 100}%`;
      this.#record({
        ...{ at, actedAt: at, kind: "closed", reason, targets: [], eligible: 0, excluded: {} },
        ...{ turnoverUsd: 0, costUsd },
      });
      this.#noteAllocation(at);
    }
  }

  #decide(at: UtcMs, next: UtcMs): void {
    const { candidates, excluded } = this.#survey(at);
    const held = this.#book.pools;
    const targets = planTargets(candidates, { ...this.#constraints, held: new Set(held) });
    const wanted = new Set(targets.map(({ candidate }) => candidate.pool));
    const entering = targets.filter(({ candidate }) => !held.includes(candidate.pool));
    const leaving = held.filter((pool) => !wanted.has(pool));
    if (entering.length + leaving.length === 0) return;
    const decision = {
      at,
      targets: targets.map((target) => this.#allocationOf(target)),
      eligible: candidates.length,
      excluded,
    };
    const change = this.#wordsOf(entering, leaving);
    const { cooldownMs } = this.#constraints;
    if (this.#actedAt !== null && next - this.#actedAt < cooldownMs) {
      // The same wish of one cooldown is told once.
      if (this.#suppressed === change) return;
      this.#suppressed = change;
      const reason = `Would change (${change}), but the last change is too fresh`;
      const nothing = { actedAt: null, turnoverUsd: 0, costUsd: 0 };
      this.#record({ ...decision, kind: "cooldown", reason, ...nothing });
      return;
    }
    const first = this.#actedAt === null ? "First purchase: " : "";
    const reason = `${first}${change}`;
    this.#order = {
      decision: { ...decision, kind: "rebalance", reason },
      targets,
      candidates,
    };
  }

  #survey(at: UtcMs): Survey {
    const candidates: Candidate[] = [];
    const excluded: Partial<Record<Exclusion, number>> = {};
    for (const sight of this.#sights) {
      const verdict = sight.judge(at, this.#constraints);
      if (typeof verdict === "string") excluded[verdict] = (excluded[verdict] ?? 0) + 1;
      else candidates.push(verdict);
    }
    return { candidates, excluded };
  }

  #record(decision: Decision): void {
    this.#decisions.push(decision);
    this.#turnoverUsd += decision.turnoverUsd;
    this.#costUsd += decision.costUsd;
  }

  #noteAllocation(at: UtcMs): void {
    const weights = [...this.#book.weights()].map(([pool, weight]) => ({
      poolId: this.#idOf(pool),
      weight,
    }));
    this.#allocations.push({ at, weights });
  }

  #allocationOf({ candidate, weight, rank }: Target): Allocation {
    const { pool, score, netApy, readingAt } = candidate;
    return { poolId: this.#idOf(pool), weight, score, rank, netApy, readingAt };
  }

  #wordsOf(entering: readonly Target[], leaving: readonly number[]): string {
    const named = (pool: number) => {
      const { symbol, chain } = this.#sights[pool]?.history.pool ?? { symbol: "?", chain: "?" };
      return `${symbol} on ${chain}`;
    };
    const parts = [
      ...entering.map(({ candidate, rank }) => `enter ${named(candidate.pool)}, rank ${rank}`),
      ...leaving.map((pool) => `leave ${named(pool)}`),
    ];
    return parts.join("; ");
  }

  #idOf(pool: number): PoolId {
    const sight = this.#sights[pool];
    if (!sight) throw new RangeError(`Cannot name pool ${pool}: no such index`);
    return sight.history.pool.id;
  }
}
