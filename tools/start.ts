// deno-lint-ignore-file no-console
import { loadConfig, withEnvFile } from "../services/config.ts";
import { StartupError } from "../services/kernel/errors.ts";
import { serverArguments } from "./server_command.ts";
import { maxStreamsOf } from "../services/platform/http_server.ts";
import { readEnvText } from "../services/platform/env_file.ts";

const HELP = `Usage: deno task start

Serves the product until it is told to stop. Settings come from the environment and from .env:
  TOKENLYSIS_HOST, TOKENLYSIS_PORT  where to listen (127.0.0.1, 8000)
  TOKENLYSIS_DATA_DIR               what is kept on disk (./data)
  DATABASE_URL                      sqlite:PATH or postgresql://… instead of the embedded database
  TOKENLYSIS_DEMO                   auto, on or off: the demo market
  TOKENLYSIS_NETWORK                on or off: outgoing calls

Exit codes: 0 stopped, 1 failed, 2 called wrongly, 78 wrong settings.`;

/**
 * Serves the product: checks the settings, builds the pages if their sources changed, then starts
 * `main.ts` with its own permissions and ends with its exit code.
 */
async function start(): Promise<number> {
  const config = loadConfig(withEnvFile(Deno.env.toObject(), await readEnvText()));
  const { build } = await import("./build.ts");
  await build({ ifStale: true });
  const server = new Deno.Command(Deno.execPath(), {
    args: [...serverArguments(config)],
    env: config.maxStreams === null ? await streamSettings() : {},
  }).spawn();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      // A terminal has told the whole group already; telling twice does no harm.
      try {
        server.kill(signal);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    });
  }
  return (await server.status).code;
}

/**
 * How many streams the system's open files allow: the server itself may not ask, as reading
 * `/proc` takes every permission there is. Nothing where the system does not tell.
 */
async function streamSettings(): Promise<Record<string, string>> {
  try {
    const shell = new Deno.Command("sh", { args: ["-c", "ulimit -n"], stdin: "null" });
    const { stdout } = await shell.output();
    const descriptors = Number(new TextDecoder().decode(stdout));
    if (!Number.isSafeInteger(descriptors)) return {};
    return { TOKENLYSIS_MAX_STREAMS: String(maxStreamsOf(descriptors)) };
  } catch (error) {
    // Systems without a shell of this name.
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** The exit code for what the command line says, or `null` to go on. */
function readArguments([first]: readonly string[]): number | null {
  if (first === undefined) return null;
  if (first === "--help" || first === "-h") {
    console.log(HELP);
    return 0;
  }
  console.error(`Cannot read the argument "${first}": deno task start takes none but --help`);
  return 2;
}

if (import.meta.main) {
  try {
    Deno.exit(readArguments(Deno.args) ?? await start());
  } catch (error) {
    console.error(error instanceof StartupError ? error.message : error);
    Deno.exit(error instanceof StartupError ? error.exitCode : 1);
  }
}
