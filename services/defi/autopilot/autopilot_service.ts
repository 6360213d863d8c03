import { AppError } from "../../kernel/errors.ts";
import { giveWay } from "../../kernel/give_way.ts";
import { SECOND_MS, type UtcMs } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Pool } from "../pool.ts";
import type { ArchivedPool, PoolArchive, PoolShelf } from "../pool_archive.ts";
import { type PoolSourceCount, poolSources } from "../pool_board.ts";
import { countUpTo } from "../pool_history.ts";
import type { PoolSettings } from "../pool_settings.ts";
import {
  constraintsOf,
  poolsInScope,
  type SimulationDefaults,
  simulationDefaults,
  type SimulationQuery,
  spanOf,
} from "./constraints.ts";
import { type DecisionEvidence, explainDecision } from "./explain_decision.ts";
import { simulationSteps, stepCount } from "./simulate.ts";
import type { AutopilotConstraints, Simulation } from "./simulation.ts";
import { type Pause, type RunProgress, SimulationRun } from "./simulation_run.ts";

/** A simulation with the rules that it followed, all of them. */
export interface SimulatedAutopilot {
  readonly constraints: AutopilotConstraints;
  readonly scope: Pick<SimulationQuery, "assets" | "chains" | "protocols">;
  /** Pools that are kept, whether in the scope or not. */
  readonly poolsKept: number;
  /** Whether the range was asked to end after the newest reading. */
  readonly isEndMoved: boolean;
  /** Sources with a reading in the range, each with the pools that it read. */
  readonly sources: readonly PoolSourceCount[];
  readonly simulation: Simulation;
  /** The pools that any decision names. */
  readonly pools: readonly Pool[];
}

/** What a simulation may be asked for, of the pools that are kept now. */
export interface SimulationChoices {
  readonly assets: readonly string[];
  readonly chains: readonly string[];
  readonly protocols: readonly string[];
  readonly pools: number;
  readonly sources: readonly string[];
  readonly span: { readonly first: UtcMs; readonly last: UtcMs } | null;
  readonly defaults: SimulationDefaults;
}

/** A simulation that is there, or still on its way. */
export type OpenedSimulation =
  | { readonly kind: "done"; readonly found: SimulatedAutopilot }
  | { readonly kind: "running" | "cancelled"; readonly progress: RunProgress };

interface Kept {
  readonly shelf: PoolShelf;
  readonly run: SimulationRun;
  readonly startedAt: UtcMs;
  readonly found: Promise<SimulatedAutopilot>;
}

/** Simulations kept by what was asked, so that a shared address is not computed twice. */
const MAX_KEPT = 16;
/** More at once would only slow each other down. */
const MAX_RUNNING = 4;
/** Readings may move on while a long run works: who waited for it is still given its result. */
const KEEP_LONG_RUN_MS = 120 * SECOND_MS;
/** A run of less is as well made anew. */
const LONG_RUN_MS = SECOND_MS / 2;

/** Simulates the autopilot over the pools that are kept, without keeping others waiting. */
export class AutopilotService {
  readonly settings: PoolSettings;
  readonly #archive: PoolArchive;
  readonly #clock: Clock;
  readonly #pause: Pause;
  readonly #kept = new Map<string, Kept>();

  constructor(
    { archive, clock, settings, pause = giveWay }: {
      readonly archive: PoolArchive;
      readonly clock: Clock;
      readonly settings: PoolSettings;
      readonly pause?: Pause;
    },
  ) {
    this.#archive = archive;
    this.#clock = clock;
    this.#pause = pause;
    this.settings = settings;
  }

  /**
   * Runs the autopilot over what is kept. Throws `VALIDATION_FAILED` that names the field of what
   * can't be simulated, `CONFLICT` if somebody cancels it, `UNAVAILABLE` while too many run.
   */
  async simulate(query: SimulationQuery): Promise<SimulatedAutopilot> {
    return await (await this.#find(query)).found;
  }

  /** The same, but tells how far it is where it takes longer than a moment. */
  async open(query: SimulationQuery): Promise<OpenedSimulation> {
    const { run, found } = await this.#find(query);
    await run.patience;
    const { progress } = run;
    if (progress.state === "running" || progress.state === "cancelled") {
      return { kind: progress.state, progress };
    }
    return { kind: "done", found: await found };
  }

  /** How far the run of a query is; `null` where none was asked for. */
  progress(query: SimulationQuery): RunProgress | null {
    return this.#kept.get(keyOf(query))?.run.progress ?? null;
  }

  /** Stops the run of a query; whether there was one that ran. */
  cancel(query: SimulationQuery): boolean {
    const run = this.#kept.get(keyOf(query))?.run;
    if (run?.progress.state !== "running") return false;
    run.cancel();
    return true;
  }

  /** What can be asked for now. */
  async choices(): Promise<SimulationChoices> {
    const { pools } = await this.#archive.shelf();
    const names = (of: (pool: ArchivedPool) => string) => [...new Set(pools.map(of))].sort();
    return {
      assets: names(({ pool }) => pool.symbol),
      chains: names(({ pool }) => pool.chain),
      protocols: names(({ pool }) => pool.protocol),
      pools: pools.length,
      sources: names(({ source }) => source),
      span: spanOf(pools),
      defaults: simulationDefaults(this.settings),
    };
  }

  /**
   * The rows that the decision of a number, from 1, stands on, each with its score taken apart.
   * Throws `RESOURCE_NOT_FOUND` for a number that the simulation has not.
   */
  async explainDecision(
    { constraints, scope, simulation }: SimulatedAutopilot,
    number: number,
  ): Promise<DecisionEvidence> {
    const decision = simulation.decisions[number - 1];
    if (decision === undefined) {
      throw new AppError("RESOURCE_NOT_FOUND", `The simulation has no decision ${number}`);
    }
    const { pools } = await this.#archive.shelf();
    return explainDecision(decision, { pools: poolsInScope(pools, scope), constraints });
  }

  async #find(query: SimulationQuery): Promise<Kept> {
    const shelf = await this.#archive.shelf();
    const key = keyOf(query);
    const known = this.#kept.get(key);
    if (known && this.#isGood(known, shelf)) return known;
    const started = this.#start(query, shelf);
    this.#kept.delete(key);
    this.#kept.set(key, started);
    for (const [oldest, { run }] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT) break;
      if (run.progress.state !== "running") this.#kept.delete(oldest);
    }
    return started;
  }

  #isGood({ run, shelf, startedAt }: Kept, current: PoolShelf): boolean {
    const { state } = run.progress;
    if (state === "running") return true;
    if (state !== "done") return false;
    return shelf === current || this.#clock.now() - startedAt < this.#keepMs(run);
  }

  #keepMs({ tookMs }: SimulationRun): number {
    return tookMs >= LONG_RUN_MS ? tookMs + KEEP_LONG_RUN_MS : 0;
  }

  #start(query: SimulationQuery, shelf: PoolShelf): Kept {
    const running = [...this.#kept.values()]
      .filter(({ run }) => run.progress.state === "running").length;
    if (running >= MAX_RUNNING) {
      throw new AppError("UNAVAILABLE", `Cannot simulate now: ${running} simulations run already`, {
        details: { retry_after_s: 2 },
      });
    }
    const { assets, chains, protocols } = query;
    const pools = poolsInScope(shelf.pools, query);
    const now = this.#clock.now();
    const constraints = constraintsOf(query, { pools, settings: this.settings, now });
    const work = simulationSteps(pools.map(({ sources }) => sources), constraints);
    const run = new SimulationRun(work, {
      steps: stepCount(constraints),
      clock: this.#clock,
      pause: this.#pause,
    });
    const found = run.result().then((simulation): SimulatedAutopilot => ({
      ...{ constraints, simulation, poolsKept: shelf.pools.length },
      scope: { assets, chains, protocols },
      isEndMoved: query.end !== undefined && query.end > constraints.end,
      sources: sourcesRead(pools, constraints),
      pools: namedPools(pools, simulation),
    }));
    found.catch(() => {});
    return { shelf, run, startedAt: now, found };
  }
}

function keyOf(query: SimulationQuery): string {
  return JSON.stringify(Object.entries(query).filter(([, value]) => value !== undefined).sort());
}

function sourcesRead(
  pools: readonly ArchivedPool[],
  { start, end }: Pick<AutopilotConstraints, "start" | "end">,
): readonly PoolSourceCount[] {
  const read = pools.flatMap(({ sources }) => sources).filter(({ history: { ts } }) =>
    countUpTo(ts, end) > countUpTo(ts, start - 1)
  );
  return poolSources(read.map(({ name }) => ({ source: name })));
}

function namedPools(
  pools: readonly ArchivedPool[],
  { decisions }: Simulation,
): readonly Pool[] {
  const named = new Set(
    decisions.flatMap(({ targets, departures }) =>
      [...targets, ...departures].map(({ poolId }) => poolId)
    ),
  );
  return pools.map(({ pool }) => pool).filter(({ id }) => named.has(id));
}
