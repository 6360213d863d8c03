import { StartupError } from "../../kernel/errors.ts";

/** Files of one folder beyond which it is no folder of candles. */
const MAX_FILES = 100_000;

/**
 * The files below a folder, sorted by path, hidden ones left out; symbolic links are not followed.
 */
export async function listFiles(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const folders = [folder.replace(/\/+$/, "") || "/"];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for await (const entry of readFolder(next)) {
      if (entry.name.startsWith(".")) continue;
      const path = `${next}/${entry.name}`;
      if (entry.isDirectory) folders.push(path);
      else if (entry.isFile) files.push(path);
      if (files.length > MAX_FILES) {
        throw new StartupError(`Cannot import "${folder}": it holds more than ${MAX_FILES} files`);
      }
    }
  }
  return files.sort();
}

/** Whether a file's name says CSV, plain or gzip. */
export function isCsvName(path: string): boolean {
  return /\.csv(\.gz)?$/i.test(path);
}

async function* readFolder(folder: string): AsyncIterable<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
    throw new StartupError(`Cannot read the folder "${folder}": it does not exist`, {
      cause: error,
    });
  }
}
