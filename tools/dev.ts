// deno-lint-ignore-file no-console
import { resolve } from "node:path";
import { Builder } from "fresh/dev";
import { watchPaths } from "../fresh/build/watch.ts";
import { build as buildOptions } from "../fresh.config.ts";
import { loadConfig, withEnvFile } from "../services/config.ts";
import { StartupError } from "../services/kernel/errors.ts";
import { readEnvText } from "../services/platform/env_file.ts";
import { serverArguments } from "./server_command.ts";

const ROOT = resolve(import.meta.dirname ?? ".", "..");
/** A server that has not stopped by then is ended: the developer waits for its successor. */
const STOP_TIMEOUT_MS = 2000;

/** All that the running product is made of; changes elsewhere restart nothing. */
const WATCHED = [
  "components",
  "fresh",
  "islands",
  "jobs",
  "registry",
  "routes",
  "services",
  "static",
  "fresh.config.ts",
  "main.ts",
].map((path) => resolve(ROOT, path));

/** The server's process, replaced after each change. */
class ServerProcess {
  #process: Deno.ChildProcess | null = null;

  async restart(): Promise<void> {
    await this.stop();
    const config = loadConfig(withEnvFile(Deno.env.toObject(), await readEnvText()));
    this.#process = new Deno.Command(Deno.execPath(), { args: [...serverArguments(config)] })
      .spawn();
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (!running) return;
    signal(running, "SIGTERM");
    const timer = setTimeout(() => signal(running, "SIGKILL"), STOP_TIMEOUT_MS);
    await running.status;
    clearTimeout(timer);
  }
}

function signal(process: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    process.kill(name);
  } catch (error) {
    // It has ended by itself already.
    if (!(error instanceof TypeError)) throw error;
  }
}

function isRelevant(path: string): boolean {
  return /\.[cm]?[jt]sx?$|\.(css|json|svg|txt|webmanifest)$/.test(path) &&
    !/_test\.tsx?$/.test(path) && !path.includes("/tests/");
}

/**
 * Builds the pages for development, runs `main.ts` and does both again after each change. Open
 * pages notice the new process and reload.
 */
async function develop(): Promise<void> {
  const builder = new Builder({ ...buildOptions, root: ROOT });
  const server = new ServerProcess();
  async function update() {
    try {
      await builder.build({ mode: "development" });
    } catch (error) {
      // The last good build goes on being served until the source is mended.
      console.error(error instanceof Error ? error.message : error);
      return;
    }
    await server.restart();
  }
  await update();
  const stopWatching = watchPaths(WATCHED, async (paths) => {
    if (paths.some(isRelevant)) await update();
  });
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, stop);
  await stopped;
  stopWatching();
  await server.stop();
}

const HELP = `Usage: deno task dev

Serves the product for development: builds, runs main.ts, and does both again after each change;
open pages reload by themselves. Settings are those of deno task start.`;

if (import.meta.main) {
  if (Deno.args.length > 0) {
    console.log(HELP);
    Deno.exit(Deno.args[0] === "--help" ? 0 : 2);
  }
  try {
    await develop();
    Deno.exit(0);
  } catch (error) {
    console.error(error instanceof StartupError ? error.message : error);
    Deno.exit(error instanceof StartupError ? error.exitCode : 1);
  }
}
