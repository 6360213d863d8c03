import { dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { crawl, type Folders, listFiles } from "./crawl.ts";
import { digest } from "./digest.ts";

/** What a build was made from. */
export interface BuildRecord {
  readonly mode: "development" | "production";
  readonly version: string;
  /** Digest of everything that the build depends on. */
  readonly inputs: string;
  /** Sources that islands import, relative to the project's root. */
  readonly sources: readonly string[];
}

/** What a build depends on besides its files. */
export interface BuildSettings {
  readonly root: string;
  readonly folders: Folders;
  readonly mode: "development" | "production";
  readonly target: string | readonly string[];
  readonly islands: readonly string[];
  /** Scripts of workers by the path they are served at. */
  readonly workers: Readonly<Record<string, string>>;
  readonly publicEnv: Readonly<Record<string, string>>;
}

const FRESH_FOLDER = dirname(dirname(fileURLToPath(import.meta.url)));
const CONFIG_FILES = ["deno.json", "deno.lock"];

async function digestFile(file: string): Promise<string> {
  try {
    return `${file} ${await digest(await Deno.readFile(file))}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${file} missing`;
    throw error;
  }
}

/** The sources of this package: a change in how builds are made makes old builds stale. */
async function frameworkFiles(): Promise<string[]> {
  const files = await listFiles(FRESH_FOLDER);
  return files.filter((file) =>
    file.endsWith(".ts") && !relative(FRESH_FOLDER, file).startsWith("tests/")
  );
}

/** Digest of everything that a build with these settings depends on. */
export async function digestInputs(
  settings: BuildSettings,
  sources: readonly string[],
): Promise<string> {
  const { root, folders, mode, target, islands: registered, workers, publicEnv } = settings;
  const { routes, islands } = await crawl(folders, registered);
  const files = new Set([
    ...CONFIG_FILES.map((name) => join(root, name)),
    ...sources.map((path) => join(root, path)),
    ...islands.map(({ file }) => file),
    ...await listFiles(folders.staticDir),
    ...await frameworkFiles(),
  ]);
  const facts = [
    mode,
    JSON.stringify(target),
    JSON.stringify(Object.entries(workers).sort()).replaceAll(`${root}/`, ""),
    JSON.stringify(Object.entries(publicEnv).sort()),
    ...routes.map(({ id, isEager }) => `${id} ${isEager}`),
    ...(await Promise.all([...files].sort().map(digestFile))).map((line) =>
      line.replace(`${root}/`, "")
    ),
  ];
  return await digest(facts.join("\n"));
}

/** What the build in `outDir` was made from; null if there is none. */
export async function readBuildRecord(outDir: string): Promise<BuildRecord | null> {
  try {
    return JSON.parse(await Deno.readTextFile(join(outDir, "build.json"))) as BuildRecord;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whether the build in `outDir` is what a build with these settings would make now. */
export async function isUpToDate(settings: BuildSettings, outDir: string): Promise<boolean> {
  const record = await readBuildRecord(outDir);
  if (record?.mode !== settings.mode) return false;
  return await digestInputs(settings, record.sources) === record.inputs;
}
