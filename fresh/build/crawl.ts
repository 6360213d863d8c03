import { basename, join, relative } from "node:path/posix";
import { compareRouteIds, placeOf } from "../server/route_files.ts";

const SOURCE = /\.[cm]?[jt]sx?$/;
const TEST = /[._]test\.[cm]?[jt]sx?$/;

/** Folders and rules of a project's files. */
export interface Folders {
  readonly routeDir: string;
  readonly islandDir: string;
  readonly staticDir: string;
  readonly ignore: readonly RegExp[];
}

/** A file under the routes folder. */
export interface RouteSource {
  /** Path under the folder with a leading slash, without the extension. */
  readonly id: string;
  readonly file: string;
  /** Whether it is loaded when the server starts. */
  readonly isEager: boolean;
}

/** An island file with the name its chunk gets. */
export interface IslandSource {
  readonly name: string;
  readonly file: string;
}

/** All files of a folder and those below it, sorted by path; none if there is no such folder. */
export async function listFiles(folder: string): Promise<string[]> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  const nested = await Promise.all(entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory ? listFiles(path) : [path];
  }));
  return nested.flat();
}

function isSource(file: string, ignore: readonly RegExp[]): boolean {
  return SOURCE.test(file) && !TEST.test(file) && !ignore.some((pattern) => pattern.test(file));
}

/** Islands are components; modules beside them that hold none get no chunk of their own. */
function isIsland(file: string): boolean {
  return /\.[jt]sx$/.test(file) || /^[A-Z]/.test(basename(file));
}

/** Gives every island file a name that is unique and usable as an identifier. */
function nameIslands(files: readonly string[]): IslandSource[] {
  const taken = new Set(["boot"]);
  return files.map((file) => {
    const base = basename(file).replace(SOURCE, "").replace(/\W/g, "_").replace(/^(?=\d)/, "_");
    let name = base;
    for (let count = 1; taken.has(name); count++) name = `${base}_${count}`;
    taken.add(name);
    return { name, file };
  });
}

/** Wrappers are needed by the first request anyway; a route's own pattern before any. */
async function needsLoading(id: string, file: string): Promise<boolean> {
  return placeOf(id).kind !== "route" || (await Deno.readTextFile(file)).includes("routeOverride");
}

/** The route files in the order they apply, and the islands of both places that may hold them. */
export async function crawl(
  { routeDir, islandDir, ignore }: Folders,
  registered: readonly string[] = [],
): Promise<{ routes: RouteSource[]; islands: IslandSource[] }> {
  const [routeFiles, islandFiles] = await Promise.all([listFiles(routeDir), listFiles(islandDir)]);
  const sources = routeFiles.filter((file) => isSource(file, ignore));
  const isLocalIsland = (file: string) => relative(routeDir, file).includes("(_islands)/");
  const isPrivate = (file: string) => /(^|\/)\(_[^)]*\)\//.test(relative(routeDir, file));
  const routes = await Promise.all(
    sources.filter((file) => !isPrivate(file)).map(async (file) => {
      const id = `/${relative(routeDir, file).replace(SOURCE, "")}`;
      return { id, file, isEager: await needsLoading(id, file) };
    }),
  );
  routes.sort((a, b) => compareRouteIds(a.id, b.id));
  const islands = [
    ...islandFiles.filter((file) => isSource(file, ignore) && isIsland(file)),
    ...sources.filter((file) => isLocalIsland(file) && isIsland(file)),
    ...registered,
  ];
  return { routes, islands: nameIslands([...new Set(islands)]) };
}
