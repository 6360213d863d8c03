import { SIMULATION_QUERY, simulationQuery } from "@/routes/(_api)/simulation_query.ts";
import { simulationToWire } from "@/routes/(_api)/simulation_wire.ts";
import {
  AutopilotService,
  PoolArchive,
  readPoolSettings,
  SCORE_METHODS,
  type SimulationQuery,
} from "@/services/defi/mod.ts";
import { giveWay } from "@/services/kernel/give_way.ts";
import { SqlPoolStore } from "@/services/storage/mod.ts";
import { runAsProcess, type Script, UsageError } from "./cli.ts";
import { openFromEnvironment } from "./cli_database.ts";

const TEXT = { type: "string" } as const;
const FLAGS = {
  start: TEXT,
  end: TEXT,
  capital: TEXT,
  max_weight: TEXT,
  min_tvl: TEXT,
  cooldown_hours: TEXT,
  fee_bps: TEXT,
  gas_usd: TEXT,
  method: TEXT,
  assets: TEXT,
  chain: TEXT,
  protocol: TEXT,
  step_hours: TEXT,
  keep_factor: TEXT,
  vanish_days: TEXT,
  vanish_penalty: TEXT,
} as const satisfies Record<keyof typeof SIMULATION_QUERY.shape, typeof TEXT>;

/** Runs the autopilot over the pools that are kept. */
export const POOLS_SIMULATE = {
  name: "pools:simulate",
  usage: `[--start ISO] [--end ISO] [constraints]

Runs the autopilot over the pools that are kept, from what was known at each step alone. Flags are
named and read as the parameters of GET /api/simulations/autopilot and of /simulations/autopilot;
what is left out comes from the settings.

  --capital USD         --max_weight F      most of the portfolio in one pool, as a fraction
  --min_tvl USD         least TVL of a pool
  --cooldown_hours N    between two changes
  --fee_bps N           of what is traded   --gas_usd USD  of each pool entered or left
  --method M            ${SCORE_METHODS.join(", ")}
  --assets A,B          --chain A,B         --protocol A,B  pools to choose among
  --step_hours N        from one decision to the next
  --keep_factor F       a held pool stays among this many times the pools that fit
  --vanish_days N       --vanish_penalty F  when a pool counts as gone, and what that loses
  --json                print what GET /api/simulations/autopilot answers
  --help                show this text`,
  flags: FLAGS,
  positionals: { min: 0, max: 0 },
  async main({ io, flags, report, progress }) {
    const query = readQuery(flags);
    await using opened = await openFromEnvironment(io);
    const { config, clock, database } = opened;
    const store = new SqlPoolStore(database, clock);
    const archive = new PoolArchive({ store, changes: database.changes, clock });
    const settings = readPoolSettings(config.pools.parameters);
    const bar = progress("Simulating");
    const autopilot: AutopilotService = new AutopilotService({
      ...{ archive, clock, settings },
      async pause() {
        const { stepsDone, steps } = autopilot.progress(query) ?? { stepsDone: 0, steps: 0 };
        bar.update(stepsDone, steps);
        if (io.signal.aborted) autopilot.cancel(query);
        await giveWay();
      },
    });
    try {
      const wire = simulationToWire(await autopilot.simulate(query));
      bar.end();
      report(wire, JSON.stringify(wire.summary, null, 2));
    } finally {
      bar.end();
    }
  },
} as const satisfies Script<typeof FLAGS>;

/** The flags as the service takes them. Throws `UsageError` that names every wrong one. */
function readQuery(flags: Readonly<Partial<Record<keyof typeof FLAGS, string>>>): SimulationQuery {
  const given = Object.keys(FLAGS).map((name) => [name, Reflect.get(flags, name)] as const);
  const read = SIMULATION_QUERY.safeParse(
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  );
  if (read.success) return simulationQuery(read.data);
  const problems = read.error.issues.map(({ path, message }) => {
    const [name = ""] = path;
    return `--${String(name)} "${Reflect.get(flags, name)}": ${message}`;
  });
  throw new UsageError(problems.join("; "));
}

if (import.meta.main) await runAsProcess(POOLS_SIMULATE);
