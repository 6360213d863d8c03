import { DAY_MS, type UtcMs } from "../../kernel/time.ts";
import { growthOver } from "../yields.ts";
import type { FirstChoice } from "./baselines.ts";
import { Book, type Trade } from "./book.ts";
import { keepRankOf, planTargets, type Target } from "./plan.ts";
import type { Candidate, PoolSight } from "./pool_sight.ts";
import { changeWords, nameOf, percentWords, sentence, spanWords } from "./reasons.ts";
import { departureOf, type Survey } from "./survey.ts";
import type {
  Allocation,
  AllocationPoint,
  AutopilotConstraints,
  Decision,
  Departure,
  GainParts,
  Look,
  Simulation,
  Weight,
} from "./simulation.ts";

type Draft = Omit<Decision, "actedAt" | "kind" | keyof typeof NO_COST>;

/** Decided at one step, carried out at the next. */
interface Order {
  readonly draft: Draft;
  readonly targets: readonly Target[];
  readonly candidates: readonly Candidate[];
}

const NO_COST = { turnoverUsd: 0, feeUsd: 0, gasUsd: 0, penaltyUsd: 0 } as const;

/** The autopilot on its way through the steps. */
export class Autopilot {
  readonly #sights: readonly PoolSight[];
  readonly #constraints: AutopilotConstraints;
  readonly #keepRank: number;
  readonly #book: Book;
  readonly #decisions: Decision[] = [];
  readonly #allocations: AllocationPoint[] = [];
  readonly #weights: (readonly Weight[])[] = [];
  /** Yield that each held pool promised when it was bought. */
  readonly #promised = new Map<number, number>();
  #order: Order | null = null;
  #actedAt: UtcMs | null = null;
  #lastLook: Look;
  /** The change that was last put off, with why. */
  #lastPutOff: string | null = null;
  #first: Omit<FirstChoice, "actStep"> & { readonly at: UtcMs } | null = null;
  #earnedUsd = 0;
  #promisedUsd = 0;
  #spanMs = 0;
  #promisedSum = 0;
  #idleSum = 0;

  constructor(sights: readonly PoolSight[], constraints: AutopilotConstraints) {
    this.#sights = sights;
    this.#constraints = constraints;
    this.#lastLook = { at: constraints.start, eligible: 0, excluded: {} };
    this.#keepRank = keepRankOf(constraints);
    this.#book = new Book(constraints.capitalUsd);
  }

  get valueUsd(): number {
    return this.#book.valueUsd;
  }

  /** Earns since the step before, carries out what was decided there, and decides anew. */
  step(survey: Survey, { before, next }: { before: UtcMs | null; next: UtcMs | null }): void {
    const { at } = survey;
    if (before !== null) this.#earn(before, at);
    this.#act(at);
    this.#closeGone(at);
    this.#weights.push(this.#weightsNow());
    if (next === null) return;
    this.#lastLook = { at, eligible: survey.candidates.length, excluded: survey.excluded };
    this.#decide(survey, next);
  }

  report(): Pick<
    Simulation,
    | "allocations"
    | "decisions"
    | "lastLook"
    | "weights"
    | "gain"
    | "turnoverUsd"
    | "costUsd"
    | "promisedApy"
    | "idleShare"
  > {
    const isInvested = this.#spanMs > this.#idleSum;
    const sum = (pick: (decision: Decision) => number) =>
      this.#decisions.reduce((total, decision) => total + pick(decision), 0);
    const gain: GainParts = {
      promisedUsd: this.#promisedUsd,
      driftUsd: this.#earnedUsd - this.#promisedUsd,
      feesUsd: sum(({ feeUsd }) => feeUsd),
      gasUsd: sum(({ gasUsd }) => gasUsd),
      penaltiesUsd: sum(({ penaltyUsd }) => penaltyUsd),
    };
    return {
      allocations: this.#allocations,
      decisions: this.#decisions,
      lastLook: this.#lastLook,
      weights: this.#weights,
      gain,
      turnoverUsd: sum(({ turnoverUsd }) => turnoverUsd),
      costUsd: gain.feesUsd + gain.gasUsd + gain.penaltiesUsd,
      promisedApy: isInvested ? this.#promisedSum / this.#spanMs : null,
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
      this.#promisedSum += weight * this.#promiseOf(pool) * spanMs;
      idle -= weight;
    }
    this.#idleSum += Math.max(0, idle) * spanMs;
    const { earnedUsd, promisedUsd } = this.#book.accrue((pool) => ({
      paid: this.#sightOf(pool).paid.growth(before, at),
      promised: growthOver(this.#promiseOf(pool), spanMs / DAY_MS),
    }));
    this.#earnedUsd += earnedUsd;
    this.#promisedUsd += promisedUsd;
  }

  #act(at: UtcMs): void {
    if (this.#order === null) return;
    const { draft, targets, candidates } = this.#order;
    this.#order = null;
    const trade = this.#quote(targets);
    if (trade === null) {
      this.#putOff("unaffordable", draft);
      return;
    }
    const allocated = targets.map((target) => this.#allocationOf(target, trade));
    this.#book.apply(trade);
    for (const { candidate: { pool, netApy } } of targets) {
      if (!this.#promised.has(pool)) this.#promised.set(pool, netApy);
    }
    const held = new Set(this.#book.pools);
    for (const pool of [...this.#promised.keys()]) {
      if (!held.has(pool)) this.#promised.delete(pool);
    }
    this.#first ??= { at, candidates, weights: this.#book.weights() };
    this.#actedAt = at;
    this.#lastPutOff = null;
    const { turnoverUsd, feeUsd, gasUsd } = trade;
    const cost = { turnoverUsd, feeUsd, gasUsd, penaltyUsd: 0 };
    this.#decisions.push({
      ...draft,
      ...cost,
      targets: allocated,
      kind: "rebalance",
      actedAt: at,
    });
    this.#allocations.push({ at, weights: this.#weightsNow() });
  }

  #closeGone(at: UtcMs): void {
    const { vanishPenalty, vanishMs } = this.#constraints;
    for (const pool of this.#book.pools) {
      const sight = this.#sightOf(pool);
      if (!sight.isGone(at, this.#constraints)) continue;
      const penaltyUsd = this.#book.close(pool, vanishPenalty);
      this.#promised.delete(pool);
      const departure: Departure = {
        ...sight.evidenceAt(at),
        ...{ exclusion: "old_reading", rank: null, score: null },
      };
      const reason = `${nameOf(sight.pool)} gave no reading for ${spanWords(vanishMs)}: ` +
        `closed at its last value less ${percentWords(vanishPenalty)}`;
      this.#decisions.push({
        ...{ at, actedAt: at, kind: "closed", reason, targets: [], departures: [departure] },
        ...{ eligible: 0, keepRank: this.#keepRank, excluded: {} },
        ...{ ...NO_COST, penaltyUsd },
      });
      this.#allocations.push({ at, weights: this.#weightsNow() });
    }
  }

  #decide({ at, candidates, excluded }: Survey, next: UtcMs): void {
    const constraints = this.#constraints;
    const held = new Set(this.#book.pools);
    const targets = planTargets(candidates, { ...constraints, held });
    const wanted = new Set(targets.map(({ candidate }) => candidate.pool));
    const leaving = [...held].filter((pool) => !wanted.has(pool)).map((pool) => {
      const sight = this.#sightOf(pool);
      const departure = departureOf(sight, { at, constraints, candidates });
      return { departure, pool: sight.pool };
    });
    const entering = targets.filter(({ candidate }) => !held.has(candidate.pool));
    if (entering.length + leaving.length === 0) return;
    const [eligible, keepRank] = [candidates.length, this.#keepRank];
    const change = changeWords({
      entering: entering.map(({ candidate, rank }) => ({
        pool: this.#sightOf(candidate.pool).pool,
        rank,
      })),
      ...{ leaving, eligible, keepRank },
    });
    const trade = this.#quote(targets);
    const draft: Draft = {
      at,
      reason: this.#actedAt === null ? `First purchase: ${change}` : sentence(change),
      targets: targets.map((target) => this.#allocationOf(target, trade)),
      departures: leaving.map(({ departure }) => departure),
      ...{ eligible, keepRank, excluded },
    };
    const sinceMs = this.#actedAt === null ? Infinity : next - this.#actedAt;
    const { cooldownMs } = constraints;
    if (sinceMs < cooldownMs) {
      const why = `${spanWords(sinceMs)} after the last change, cooldown ${spanWords(cooldownMs)}`;
      this.#putOff("cooldown", { ...draft, reason: `Put off, ${why}: ${change}` });
    } else if (trade === null) this.#putOff("unaffordable", draft);
    else this.#order = { draft, targets, candidates };
  }

  /** Records what is not done; the same wish, put off for the same reason, is told once. */
  #putOff(kind: "cooldown" | "unaffordable", draft: Draft): void {
    const wish = [
      kind,
      ...draft.targets.filter(({ isNew }) => isNew).map(({ poolId }) => `+${poolId}`),
      ...draft.departures.map(({ poolId }) => `-${poolId}`),
    ].join(" ");
    if (this.#lastPutOff === wish) return;
    this.#lastPutOff = wish;
    const reason = kind === "cooldown"
      ? draft.reason
      : `Not done, as its costs would take all there is: ${draft.reason}`;
    this.#decisions.push({ ...draft, ...NO_COST, reason, kind, actedAt: null });
  }

  #quote(targets: readonly Target[]): Trade | null {
    const { maxWeight } = this.#constraints;
    const caps = new Map(targets.map(({ candidate }) => [candidate.pool, maxWeight]));
    return this.#book.quote(caps, this.#constraints);
  }

  /** A target with its share after the trade; 0 where that can't be done. */
  #allocationOf({ candidate, rank }: Target, trade: Trade | null): Allocation {
    const { pool, score, netApy, source, readingAt, knownAt } = candidate;
    const poolId = this.#sightOf(pool).pool.id;
    const isNew = !this.#book.pools.includes(pool);
    const weight = trade === null ? 0 : (trade.positions.get(pool) ?? 0) / trade.valueUsd;
    return { poolId, source, readingAt, knownAt, weight, isNew, score, rank, netApy };
  }

  #weightsNow(): readonly Weight[] {
    return [...this.#book.weights()]
      .map(([pool, weight]) => ({ poolId: this.#sightOf(pool).pool.id, weight }));
  }

  #promiseOf(pool: number): number {
    const netApy = this.#promised.get(pool);
    if (netApy === undefined) {
      throw new RangeError(`Cannot tell what pool ${pool} promised: it is not held`);
    }
    return netApy;
  }

  #sightOf(pool: number): PoolSight {
    const sight = this.#sights[pool];
    if (!sight) throw new RangeError(`Cannot look at pool ${pool}: no such index`);
    return sight;
  }
}
