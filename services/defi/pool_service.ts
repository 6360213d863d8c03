import { AppError } from "../kernel/errors.ts";
import { DAY_MS, HOUR_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { Clock } from "../ports/mod.ts";
import { MAX_STEPS, simulateAutopilot } from "./autopilot/simulate.ts";
import type { AutopilotConstraints, Simulation } from "./autopilot/simulation.ts";
import { decomposeYield, type YieldDecomposition } from "./decomposition.ts";
import { type PoolEpisode, poolEpisodes } from "./episodes.ts";
import { type PoolScores, poolScores } from "./explain_score.ts";
import type { Pool, PoolId } from "./pool.ts";
import type { ArchivedPool, PoolArchive, PoolShelf } from "./pool_archive.ts";
import { historyAt, type PoolHistory } from "./pool_history.ts";
import { type PoolMetrics, poolMetrics } from "./pool_metrics.ts";
import type { ScoreMethodName } from "./pool_scores.ts";
import type { PoolSettings } from "./pool_settings.ts";
import { type PoolTrend, poolTrend } from "./pool_trend.ts";
import { type PoolWarning, poolWarnings } from "./pool_warnings.ts";

/** A pool's newest state with what follows from it. */
export interface PoolCard {
  readonly pool: Pool;
  readonly source: string;
  readonly metrics: PoolMetrics;
  readonly scores: PoolScores;
  readonly warnings: readonly PoolWarning[];
  /** Stretches in which all was lent, or readings were old. */
  readonly episodes: readonly PoolEpisode[];
  readonly trend: PoolTrend;
}

/** A card with its past. */
export interface PoolDetail extends PoolCard {
  readonly sources: readonly string[];
  readonly history: PoolHistory;
  /** Readings that wait to be confirmed; `null` for a day of the past, of which it is not kept. */
  readonly held: number | null;
  readonly decomposition: YieldDecomposition;
  readonly settings: PoolSettings;
}

/** Whose pools are served. */
export interface PoolOrigin {
  /** The provider that runs. */
  readonly provider: string;
  /** The provider that was asked for. */
  readonly wanted: string;
  /** Why it is not the one that was asked for; `null` where it is. */
  readonly fallback: string | null;
}

/** What a caller may change of a simulation; the rest has its default from the settings. */
export interface SimulationQuery {
  readonly start?: UtcMs | undefined;
  readonly end?: UtcMs | undefined;
  readonly stepHours?: number | undefined;
  readonly maxWeight?: number | undefined;
  readonly minTvlUsd?: number | undefined;
  readonly cooldownHours?: number | undefined;
  readonly capitalUsd?: number | undefined;
  readonly feeBps?: number | undefined;
  readonly gasUsd?: number | undefined;
  readonly method?: ScoreMethodName | undefined;
}

/** A simulation with the rules that it followed, all of them. */
export interface SimulatedAutopilot {
  readonly constraints: AutopilotConstraints;
  readonly simulation: Simulation;
  readonly pools: readonly Pool[];
}

const DEFAULT_SPAN_MS = 365 * DAY_MS;
const DEFAULT_STEP_HOURS = 24;
/** Simulations kept by their rules, so that a shared address is not computed twice. */
const MAX_KEPT = 16;
/** Leaderboards of past instants kept, so that sorting one does not measure it anew. */
const MAX_KEPT_BOARDS = 4;

/** The state of pools at an instant of the past, without it of now. */
export interface PoolMoment {
  readonly asof?: UtcMs | undefined;
}

/** Pools as they are, and as they would have been. */
export class PoolService {
  readonly settings: PoolSettings;
  readonly origin: PoolOrigin;
  readonly #archive: PoolArchive;
  readonly #clock: Clock;
  #board: { readonly shelf: PoolShelf; readonly cards: readonly PoolCard[] } | null = null;
  #past: { shelf: PoolShelf; byTime: Map<UtcMs, readonly PoolCard[]> } | null = null;
  #simulated: { shelf: PoolShelf; byRules: Map<string, SimulatedAutopilot> } | null = null;

  constructor(
    { archive, clock, settings, origin }: {
      readonly archive: PoolArchive;
      readonly clock: Clock;
      readonly settings: PoolSettings;
      readonly origin: PoolOrigin;
    },
  ) {
    this.#archive = archive;
    this.#clock = clock;
    this.settings = settings;
    this.origin = origin;
  }

  /**
   * Every pool that has a reading, by id; the same list as long as no reading is new. As of an
   * instant of the past a pool is what was known of it then.
   */
  async listCards({ asof }: PoolMoment = {}): Promise<readonly PoolCard[]> {
    const shelf = await this.#archive.shelf();
    if (asof !== undefined) return this.#listPast(shelf, asof);
    if (this.#board?.shelf === shelf) return this.#board.cards;
    const known = new Map(
      this.#board?.cards.map((card) => [card.pool.id, card]),
    );
    const cards = shelf.pools.flatMap((archived): readonly PoolCard[] => {
      const before = this.#board?.shelf.byId.get(archived.pool.id);
      const card = known.get(archived.pool.id);
      // Only what has a new reading is measured again.
      if (card && before === archived) return [card];
      return this.#cardOf(archived) ?? [];
    });
    this.#board = { shelf, cards };
    return cards;
  }

  /** One pool with its past, as it was known at `asof`. Throws `RESOURCE_NOT_FOUND`. */
  async getPool(id: string, { asof }: PoolMoment = {}): Promise<PoolDetail> {
    const { byId } = await this.#archive.shelf();
    const archived = byId.get(id as PoolId);
    if (!archived) throw new AppError("RESOURCE_NOT_FOUND", `Cannot find pool "${id}"`);
    const known = asof === undefined ? archived : archivedAt(archived, asof);
    const card = this.#cardOf(known)?.[0];
    if (!card) {
      throw new AppError("RESOURCE_NOT_FOUND", `Cannot show pool "${id}": nothing was known then`);
    }
    const { settings } = this;
    const { metrics } = card;
    return {
      ...card,
      history: known.history,
      sources: known.sources,
      held: asof === undefined ? known.held : null,
      decomposition: decomposeYield(card.pool, { metrics, settings }),
      settings,
    };
  }

  #listPast(shelf: PoolShelf, asof: UtcMs): readonly PoolCard[] {
    if (this.#past?.shelf !== shelf) this.#past = { shelf, byTime: new Map() };
    const { byTime } = this.#past;
    const known = byTime.get(asof);
    if (known) return known;
    const cards = shelf.pools.flatMap((archived) => this.#cardOf(archivedAt(archived, asof)) ?? []);
    const oldest = byTime.keys().next().value;
    if (byTime.size >= MAX_KEPT_BOARDS && oldest !== undefined) byTime.delete(oldest);
    byTime.set(asof, cards);
    return cards;
  }

  /** Runs the autopilot over what is kept. Throws `VALIDATION_FAILED` for an impossible range. */
  async simulate(query: SimulationQuery): Promise<SimulatedAutopilot> {
    const shelf = await this.#archive.shelf();
    const constraints = this.#constraintsOf(query, shelf);
    const rules = JSON.stringify(constraints);
    if (this.#simulated?.shelf !== shelf) this.#simulated = { shelf, byRules: new Map() };
    const { byRules } = this.#simulated;
    const known = byRules.get(rules);
    if (known) return known;
    const histories = shelf.pools.map(({ history }) => history);
    const simulation = simulateAutopilot(histories, constraints);
    const used = new Set(
      simulation.decisions.flatMap(({ targets }) => targets.map(({ poolId }) => poolId)),
    );
    const pools = shelf.pools.map(({ pool }) => pool).filter(({ id }) => used.has(id));
    const done = { constraints, simulation, pools };
    const oldest = byRules.keys().next().value;
    if (byRules.size >= MAX_KEPT && oldest !== undefined) byRules.delete(oldest);
    byRules.set(rules, done);
    return done;
  }

  #cardOf({ pool, source, history }: ArchivedPool): readonly [PoolCard] | null {
    const { settings } = this;
    const metrics = poolMetrics(history, settings);
    if (metrics === null) return null;
    const scores = poolScores(pool, { metrics, settings });
    const episodes = poolEpisodes(history);
    const warnings = poolWarnings(pool, { metrics, episodes });
    const trend = poolTrend(history);
    return [{ pool, source, metrics, scores, warnings, episodes, trend }];
  }

  #constraintsOf(query: SimulationQuery, shelf: PoolShelf): AutopilotConstraints {
    const { settings } = this;
    const { autopilot } = settings;
    const stepMs = (query.stepHours ?? DEFAULT_STEP_HOURS) * HOUR_MS;
    const { first, last } = spanOf(shelf);
    const newest = last ?? this.#clock.now();
    // Beyond the newest reading there is nothing to simulate.
    const end = utcMsOf(Math.min(query.end ?? newest, newest + stepMs));
    const start = query.start ?? utcMsOf(Math.max(first ?? 0, end - DEFAULT_SPAN_MS));
    const steps = Math.floor((end - start) / stepMs) + 1;
    if (!(steps >= 2 && steps <= MAX_STEPS)) {
      throw new AppError(
        "VALIDATION_FAILED",
        `Cannot simulate ${
          Math.max(0, steps)
        } steps: expected 2 to ${MAX_STEPS}, up to the newest ` +
          "reading",
        { details: { fields: [{ name: "start", message: "Too near to end, or too far" }] } },
      );
    }
    return {
      start,
      end,
      stepMs,
      maxWeight: query.maxWeight ?? autopilot.max_weight,
      minTvlUsd: query.minTvlUsd ?? autopilot.min_tvl,
      cooldownMs: (query.cooldownHours ?? autopilot.cooldown_hours) * HOUR_MS,
      capitalUsd: query.capitalUsd ?? autopilot.capital,
      feeBps: query.feeBps ?? autopilot.fee_bps,
      gasUsd: query.gasUsd ?? autopilot.gas_usd,
      keepFactor: autopilot.keep_factor,
      vanishMs: autopilot.vanish_days * DAY_MS,
      vanishPenalty: autopilot.vanish_penalty,
      method: query.method ?? "v1",
      settings,
    };
  }
}

function archivedAt(archived: ArchivedPool, asof: UtcMs): ArchivedPool {
  return { ...archived, history: historyAt(archived.history, asof) };
}

function spanOf({ pools }: PoolShelf): { first: number | null; last: number | null } {
  let [first, last] = [Infinity, -Infinity];
  for (const { history: { ts, length } } of pools) {
    first = Math.min(first, ts[0] ?? Infinity);
    last = Math.max(last, ts[length - 1] ?? -Infinity);
  }
  return first <= last ? { first, last } : { first: null, last: null };
}
