import { type Config, type Environment, loadConfig, withEnvFile } from "@/services/config.ts";
import type { Clock, Log } from "@/services/ports/mod.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { readEnvText } from "@/services/platform/env_file.ts";
import { JsonLog } from "@/services/platform/json_log.ts";
import { type Database, openDatabase, type OpenOptions } from "@/services/storage/mod.ts";
import type { CliIo } from "./cli.ts";

/** What a script that works on the store needs; closed by `await using`. */
export interface OpenedStore extends AsyncDisposable {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
}

/** The settings of the environment and of `.env` in the working folder. */
export async function readConfig(env: Environment): Promise<Config> {
  return loadConfig(withEnvFile(env, await readEnvText()));
}

/** How a script opens the store: its own log goes to standard error, warnings and worse. */
export function openOptions(config: Config, io: CliIo): OpenOptions {
  const clock = new SystemClock();
  const level = config.logLevel === "error" ? "error" : "warn";
  const log = new JsonLog({ clock, level, write: (line) => io.stderr(line) });
  return { ...config.database, dataDir: config.dataDir, clock, log };
}

/** Opens the store that `TOKENLYSIS_DATA_DIR` or `DATABASE_URL` picks, migrated. */
export async function openFromEnvironment(io: CliIo): Promise<OpenedStore> {
  const config = await readConfig(io.env);
  const options = openOptions(config, io);
  const database = await openDatabase(options);
  const { clock, log } = options;
  return { config, clock, log, database, [Symbol.asyncDispose]: () => database.close() };
}
