import { z } from "zod";
import { StartupError } from "../kernel/errors.ts";

const Fraction = z.number().min(0).max(1);
const Weight = z.number().min(0).max(100);

/** Weights of the geometric score's factors. */
const Weights = z.strictObject({
  yield: Weight.default(0.25),
  stability: Weight.default(0.2),
  liquidity: Weight.default(0.2),
  structure: Weight.default(0.15),
  utilization: Weight.default(0.1),
  maturity: Weight.default(0.1),
}).refine((weights) => Object.values(weights).some((weight) => weight > 0), "expected one above 0");

const Settings = z.strictObject({
  /** Snapshots of a rolling window. */
  window: z.int().min(2).max(1_000).default(30),
  /** |change of utilization| above which it is a spike. */
  spike_change: Fraction.default(0.1),
  /** Utilization above which it is a spike, and the kink where a pool's own is not known. */
  utilization_limit: Fraction.default(0.9),
  /**
   * Days after which a kink counts as old: protocols vote on their rate strategies some times a
   * year.
   */
  kink_max_age_days: z.number().min(1).max(3_650).default(180),
  v0: z.strictObject({
    a: z.number().min(0).default(10),
    b: z.number().min(0).default(20),
    w1: z.number().default(1),
    w2: z.number().default(0.1),
    w3: z.number().default(0.5),
    w4: z.number().default(0.2),
  }).prefault({}),
  v1: z.strictObject({
    risk_free: z.number().min(0.0001).max(1).default(0.04),
    /** Dollars of a position, by which the way out is judged. */
    position_usd: z.number().positive().default(10_000),
    min_coverage: Fraction.default(0.6),
    weights: Weights.prefault({}),
  }).prefault({}),
  /** Share of rewards that is lost when they are sold. */
  reward_haircut: Fraction.default(0.3),
  /** Dollars of gas to enter and leave once. */
  gas_usd: z.number().min(0).default(5),
  autopilot: z.strictObject({
    max_weight: z.number().min(0.01).max(1).default(0.25),
    min_tvl: z.number().min(0).default(0),
    cooldown_hours: z.number().min(0).max(8_760).default(168),
    capital: z.number().positive().default(10_000),
    fee_bps: z.number().min(0).max(1_000).default(5),
    gas_usd: z.number().min(0).default(2),
    /** Score that pools are ranked by. */
    method: z.enum(["v1", "v0"]).default("v1"),
    /** From one decision to the next. */
    step_hours: z.number().min(1).max(720).default(24),
    /** A held pool stays while it ranks among this many times the pools that fit. */
    keep_factor: z.number().min(1).max(10).default(3),
    /** Days without a reading after which a pool counts as gone. */
    vanish_days: z.number().min(1).max(90).default(7),
    vanish_penalty: Fraction.default(0.05),
  }).prefault({}),
});

/** Parameters of pool metrics, scores and the simulation, named as in `POOLS_CONFIG_JSON`. */
export type PoolSettings = Readonly<z.output<typeof Settings>>;

/** What holds where nothing is set. */
export const DEFAULT_POOL_SETTINGS: PoolSettings = Settings.parse({});

/**
 * Reads `POOLS_CONFIG_JSON`; what it leaves out has its default. Throws `StartupError` that names
 * every problem.
 */
export function readPoolSettings(text: string | null): PoolSettings {
  if (text === null) return DEFAULT_POOL_SETTINGS;
  const result = Settings.safeParse(readJson(text));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    `${path.join(".") || "value"}: ${message}`
  );
  throw new StartupError(`Cannot read POOLS_CONFIG_JSON: ${problems.join("; ")}`, { exitCode: 78 });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StartupError("Cannot read POOLS_CONFIG_JSON: expected JSON", { exitCode: 78, cause });
  }
}
