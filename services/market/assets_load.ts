import { StartupError } from "../kernel/errors.ts";
import type { Registry } from "./assets.ts";
import { registryChecksum } from "./assets_checksum.ts";
import { REGISTRY_TABLES } from "./assets_tables.ts";

/**
 * Reads a registry that was checked before it was shipped: only its checksum and tables are looked
 * at, which takes a few milliseconds at each start. Throws `StartupError` if it was altered.
 */
export function loadRegistry(text: string): Registry {
  const json = parseJson(text);
  if (!hasTables(json)) throw refusal("it lacks tables");
  const checksum = registryChecksum(json);
  if (json.checksum !== checksum) {
    throw refusal(`its checksum is ${checksum}, but it says ${json.checksum}`);
  }
  return json;
}

function refusal(why: string): StartupError {
  return new StartupError(
    `Cannot use the asset registry as ${why}: restore registry/assets.json, ` +
      "or run deno task assets:validate and deno task assets:checksum --write after a change",
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartupError("Cannot read the asset registry: expected JSON", { cause: error });
  }
}

function hasTables(json: unknown): json is Registry {
  if (typeof json !== "object" || json === null) return false;
  const fields = json as Readonly<Record<string, unknown>>;
  return typeof fields.version === "string" && typeof fields.checksum === "string" &&
    REGISTRY_TABLES.every(({ name }) => Array.isArray(fields[name]));
}
