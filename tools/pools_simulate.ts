import { simulationToWire } from "@/routes/(_api)/simulations.ts";
import { PoolArchive, PoolService, readPoolSettings, SCORE_METHODS } from "@/services/defi/mod.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { readUtcMs } from "@/services/kernel/time.ts";
import { SqlPoolStore } from "@/services/storage/mod.ts";
import { runAsProcess, type Script, UsageError } from "./cli.ts";
import { openFromEnvironment } from "./cli_database.ts";

const FLAGS = {
  start: { type: "string" },
  end: { type: "string" },
  max_weight: { type: "string" },
  min_tvl: { type: "string" },
  cooldown_hours: { type: "string" },
  capital: { type: "string" },
  fee_bps: { type: "string" },
  gas_usd: { type: "string" },
  step_hours: { type: "string" },
  method: { type: "string" },
} as const;

/** Runs the autopilot over the pools that are kept. */
export const POOLS_SIMULATE = {
  name: "pools:simulate",
  usage: `[--start ISO] [--end ISO] [constraints]

Runs the autopilot over the pools that are kept, from what was known at each step alone. What is
left out comes from the settings.

  --max_weight F      most of the portfolio in one pool, as a fraction
  --min_tvl USD       least TVL of a pool
  --cooldown_hours N  between two changes
  --capital USD       --fee_bps N   --gas_usd USD   --step_hours N
  --method M          ${SCORE_METHODS.join(", ")}
  --json              print what GET /api/simulations/autopilot answers
  --help              show this text`,
  flags: FLAGS,
  positionals: { min: 0, max: 0 },
  async main({ io, flags, report }) {
    const method = SCORE_METHODS.find((name) => name === (flags.method ?? "v1"));
    if (method === undefined) {
      throw new UsageError(`--method "${flags.method}": expected ${SCORE_METHODS.join(" or ")}`);
    }
    const instant = (name: "start" | "end") =>
      flags[name] === undefined ? undefined : readUtcMs(flags[name], name);
    const query = {
      start: instant("start"),
      end: instant("end"),
      maxWeight: numberOf("max_weight", flags.max_weight, { min: 0.01, max: 1 }),
      minTvlUsd: numberOf("min_tvl", flags.min_tvl, { min: 0, max: 1e15 }),
      cooldownHours: numberOf("cooldown_hours", flags.cooldown_hours, { min: 0, max: 8_760 }),
      capitalUsd: numberOf("capital", flags.capital, { min: 1, max: 1e12 }),
      feeBps: numberOf("fee_bps", flags.fee_bps, { min: 0, max: 1_000 }),
      gasUsd: numberOf("gas_usd", flags.gas_usd, { min: 0, max: 10_000 }),
      stepHours: numberOf("step_hours", flags.step_hours, { min: 1, max: 720 }),
      method,
    };
    await using opened = await openFromEnvironment(io);
    const { config, clock, database } = opened;
    const store = new SqlPoolStore(database, clock);
    const archive = new PoolArchive({ store, changes: database.changes, clock });
    const settings = readPoolSettings(config.pools.parameters);
    const origin = { provider: "file", wanted: "file", fallback: null };
    const pools = new PoolService({ archive, clock, settings, origin });
    try {
      const wire = simulationToWire(await pools.simulate(query));
      report(wire, JSON.stringify(wire.summary, null, 2));
      return 0;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      io.stderr(`pools:simulate: ${error.message}\n`);
      return 1;
    }
  },
} as const satisfies Script<typeof FLAGS>;

/** A number of a flag. */
function numberOf(
  name: string,
  text: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max) return value;
  throw new UsageError(`--${name} "${text}": expected a number from ${min} to ${max}`);
}

if (import.meta.main) await runAsProcess(POOLS_SIMULATE);
