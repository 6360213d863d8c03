import { dirname, isAbsolute, resolve } from "node:path";
import type { Config } from "../services/config.ts";

const ROOT = resolve(import.meta.dirname ?? ".", "..");

/**
 * How the engine runs: its space for new objects grows to 8 MB and no more. Where thousands of
 * streams come at once that saves 5 kB of each, and requests are answered as fast.
 */
export const ENGINE_FLAGS = "--v8-flags=--max-semi-space-size=8";

/**
 * The arguments that serve the product with the permissions it needs and no more: the network
 * (providers, PostgreSQL), the environment, reading the project and its data, writing its data.
 */
export function serverArguments(config: Config): readonly string[] {
  const folders = dataFolders(config);
  return [
    "run",
    "--quiet",
    "--no-prompt",
    ENGINE_FLAGS,
    "--allow-net",
    "--allow-env",
    `--allow-read=${[ROOT, ...folders].join(",")}`,
    `--allow-write=${folders.join(",")}`,
    resolve(ROOT, "main.ts"),
  ];
}

/** The folders that the product writes to: its data folder and that of an own SQLite file. */
function dataFolders(config: Config): readonly string[] {
  const folders = [resolve(config.dataDir)];
  const url = config.database.url?.reveal() ?? "";
  if (url.startsWith("sqlite:")) {
    const path = url.slice("sqlite:".length);
    if (path !== ":memory:") {
      folders.push(dirname(isAbsolute(path) ? path : resolve(path)));
    }
  }
  return folders;
}
