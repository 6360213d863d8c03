import { StartupError } from "@/services/kernel/errors.ts";

/** The registry that is seeded, from the project's root, where tasks run. */
export const REGISTRY_FILE = "registry/assets.json";
/** Where each of its contracts and provider ids was seen. */
export const EVIDENCE_FILE = "registry/evidence.json";

/** A file's text. Throws `StartupError` with one sentence if it can't be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new StartupError(`Cannot find file "${path}"`, { cause: error });
    }
    throw new StartupError(`Cannot read file "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A file's JSON. Throws `StartupError` with one sentence if it holds none. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartupError(`Cannot read file "${path}": expected JSON`, { cause: error });
  }
}
