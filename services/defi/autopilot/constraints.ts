import { AppError } from "../../kernel/errors.ts";
import { DAY_MS, formatUtcMs, HOUR_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { ArchivedPool } from "../pool_archive.ts";
import type { ScoreMethodName } from "../pool_scores.ts";
import type { PoolSettings } from "../pool_settings.ts";
import { MAX_STEPS, stepCount } from "./simulate.ts";
import type { AutopilotConstraints } from "./simulation.ts";

/** The rules of a simulation that the settings have a default for. */
export interface SimulationDefaults {
  readonly stepHours: number;
  readonly maxWeight: number;
  readonly minTvlUsd: number;
  readonly cooldownHours: number;
  readonly capitalUsd: number;
  readonly feeBps: number;
  readonly gasUsd: number;
  readonly keepFactor: number;
  readonly vanishDays: number;
  readonly vanishPenalty: number;
  readonly method: ScoreMethodName;
}

type Asked<Rules> = { readonly [Name in keyof Rules]?: Rules[Name] | undefined };

/** What a caller may ask of a simulation; the rest has its default. */
export interface SimulationQuery extends Asked<SimulationDefaults> {
  readonly start?: UtcMs | undefined;
  readonly end?: UtcMs | undefined;
  /** Symbols of the pools to choose among, whatever their case; all if left out. */
  readonly assets?: readonly string[] | undefined;
  readonly chains?: readonly string[] | undefined;
  readonly protocols?: readonly string[] | undefined;
}

const DEFAULT_SPAN_MS = 365 * DAY_MS;
/** Judgements of a pool at a step: more would keep the machine busy for too long. */
const MAX_JUDGEMENTS = 20_000_000;

/** The parameters of the settings, as a query names them. */
export function simulationDefaults({ autopilot }: PoolSettings): SimulationDefaults {
  return {
    stepHours: autopilot.step_hours,
    maxWeight: autopilot.max_weight,
    minTvlUsd: autopilot.min_tvl,
    cooldownHours: autopilot.cooldown_hours,
    capitalUsd: autopilot.capital,
    feeBps: autopilot.fee_bps,
    gasUsd: autopilot.gas_usd,
    keepFactor: autopilot.keep_factor,
    vanishDays: autopilot.vanish_days,
    vanishPenalty: autopilot.vanish_penalty,
    method: autopilot.method,
  };
}

/**
 * The pools to choose among. Throws `VALIDATION_FAILED` that names the field for a name that no
 * pool has.
 */
export function poolsInScope(
  pools: readonly ArchivedPool[],
  { assets, chains, protocols }: SimulationQuery,
): readonly ArchivedPool[] {
  const asked = [
    wish("assets", assets, ({ pool }) => pool.symbol),
    wish("chain", chains, ({ pool }) => pool.chain),
    wish("protocol", protocols, ({ pool }) => pool.protocol),
  ];
  for (const { field, names, of } of asked) {
    if (names === null) continue;
    const known = new Set(pools.map(of));
    const strangers = [...names].filter((name) => !known.has(name));
    if (strangers.length === 0) continue;
    throw refusal(field, `No pool has ${strangers.join(", ")}`);
  }
  const found = pools.filter((one) =>
    asked.every(({ names, of }) => names === null || names.has(of(one)))
  );
  if (found.length === 0 && pools.length > 0) {
    throw refusal("assets", "No pool has all of these assets, chains and protocols together");
  }
  return found;
}

interface Wish {
  readonly field: string;
  readonly names: ReadonlySet<string> | null;
  readonly of: (pool: ArchivedPool) => string;
}

function wish(
  field: string,
  names: readonly string[] | undefined,
  of: (pool: ArchivedPool) => string,
): Wish {
  const lower = names?.map((name) => name.toLowerCase());
  return {
    field,
    names: lower === undefined ? null : new Set(lower),
    of: (pool) => of(pool).toLowerCase(),
  };
}

/**
 * The rules of a simulation over these pools: what was asked for, completed from the settings, and
 * ended by the newest reading. Throws `VALIDATION_FAILED` that names the field of a range that
 * can't be simulated.
 */
export function constraintsOf(
  query: SimulationQuery,
  { pools, settings, now }: {
    readonly pools: readonly ArchivedPool[];
    readonly settings: PoolSettings;
    readonly now: UtcMs;
  },
): AutopilotConstraints {
  const defaults = simulationDefaults(settings);
  const stepMs = (query.stepHours ?? defaults.stepHours) * HOUR_MS;
  const span = spanOf(pools);
  const newest = span?.last ?? now;
  // Beyond the newest reading there is nothing to simulate.
  const end = utcMsOf(Math.min(query.end ?? newest, newest + stepMs));
  const start = query.start ?? utcMsOf(Math.max(span?.first ?? 0, end - DEFAULT_SPAN_MS));
  checkRange(query, { start, end, stepMs, pools: pools.length, newest });
  return {
    ...{ start, end, stepMs, settings },
    maxWeight: query.maxWeight ?? defaults.maxWeight,
    minTvlUsd: query.minTvlUsd ?? defaults.minTvlUsd,
    cooldownMs: (query.cooldownHours ?? defaults.cooldownHours) * HOUR_MS,
    capitalUsd: query.capitalUsd ?? defaults.capitalUsd,
    feeBps: query.feeBps ?? defaults.feeBps,
    gasUsd: query.gasUsd ?? defaults.gasUsd,
    keepFactor: query.keepFactor ?? defaults.keepFactor,
    vanishMs: (query.vanishDays ?? defaults.vanishDays) * DAY_MS,
    vanishPenalty: query.vanishPenalty ?? defaults.vanishPenalty,
    method: query.method ?? defaults.method,
  };
}

function checkRange(
  query: SimulationQuery,
  { pools, newest, ...range }: Pick<AutopilotConstraints, "start" | "end" | "stepMs"> & {
    readonly pools: number;
    readonly newest: number;
  },
): void {
  if (query.start !== undefined && query.end !== undefined && query.start > query.end) {
    throw refusal("start", "Later than end");
  }
  const steps = stepCount(range);
  if (range.start > newest) {
    throw refusal("start", `Later than the newest reading, ${formatUtcMs(utcMsOf(newest))}`);
  }
  if (steps < 2) {
    const field = query.end === undefined ? "start" : "end";
    throw refusal(field, "Leaves fewer than two steps between start and end");
  }
  if (steps > MAX_STEPS) {
    throw refusal("step_hours", `Makes ${steps} steps: expected at most ${MAX_STEPS}`);
  }
  if (steps * pools > MAX_JUDGEMENTS) {
    throw refusal(
      "step_hours",
      `Makes ${steps} steps of ${pools} pools, more than can be simulated at once: expected ` +
        "longer steps, a shorter range or fewer assets",
    );
  }
}

function refusal(name: string, message: string): AppError {
  return new AppError("VALIDATION_FAILED", `Cannot simulate: ${name}: ${message}`, {
    details: { fields: [{ name, message }] },
  });
}

/** From the first reading to the newest of any source of any pool; `null` of none. */
export function spanOf(
  pools: readonly ArchivedPool[],
): { readonly first: UtcMs; readonly last: UtcMs } | null {
  let [first, last] = [Infinity, -Infinity];
  for (const { history: { ts, length } } of pools.flatMap(({ sources }) => sources)) {
    first = Math.min(first, ts[0] ?? Infinity);
    last = Math.max(last, ts[length - 1] ?? -Infinity);
  }
  return first <= last ? { first: utcMsOf(first), last: utcMsOf(last) } : null;
}
