// deno-lint-ignore-file no-console
import { loadConfig, withEnvFile } from "../services/config.ts";
import { StartupError } from "../services/kernel/errors.ts";
import { serverArguments } from "./server_command.ts";
import { readEnvText } from "../services/platform/env_file.ts";

/**
 * Serves the product: checks the settings, builds the pages if their sources changed, then starts
 * `main.ts` with its own permissions and ends with its exit code.
 */
async function start(): Promise<number> {
  const config = loadConfig(withEnvFile(Deno.env.toObject(), await readEnvText()));
  const { build } = await import("./build.ts");
  await build({ ifStale: true });
  const server = new Deno.Command(Deno.execPath(), { args: [...serverArguments(config)] }).spawn();
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

if (import.meta.main) {
  try {
    Deno.exit(await start());
  } catch (error) {
    console.error(error instanceof StartupError ? error.message : error);
    Deno.exit(error instanceof StartupError ? error.exitCode : 1);
  }
}
