import type { ComponentType } from "preact";
import { setBuildId } from "../shared/build_id.ts";
import type { RouteConfig } from "./types.ts";

/** Exports of a module that is loaded at run time. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** A route file as a build knows it. */
export interface FsRouteFile {
  /** Path under the routes folder, with a leading slash and without the extension. */
  readonly id: string;
  /** The module, or a function that loads it at the first request. */
  readonly mod: ModuleExports | (() => Promise<ModuleExports>);
  /** Settings needed before the module is loaded. */
  readonly config?: RouteConfig;
}

/** An island file as a build knows it. */
export interface IslandFile {
  /** Name unique among the islands, usable as an identifier. */
  readonly name: string;
  /** URL path of its browser chunk. */
  readonly url: string;
  /** URL paths of the chunks it imports, to be fetched along with it. */
  readonly preload: readonly string[];
  readonly load: () => Promise<ModuleExports>;
}

/** An encoding that a static file was compressed with when it was built. */
export type ContentEncoding = "br" | "gzip";

/** A static file as a build knows it. */
export interface FileSnapshot {
  /** Path on disk, relative to the project's root or absolute. */
  readonly filePath: string;
  readonly contentType: string;
  /** Digest of the content. */
  readonly hash: string;
  readonly size: number;
  /** Paths of its compressed forms. */
  readonly encodings?: Readonly<Partial<Record<ContentEncoding, string>>>;
  /** The content, in builds that stay in memory. */
  readonly content?: Uint8Array<ArrayBuffer>;
}

/** Everything that a build hands to the server. */
export interface BuildSnapshot {
  /** Digest of what browsers get; part of every asset's address. */
  readonly version: string;
  readonly mode: "development" | "production";
  /** URL path of the script that brings islands to life. */
  readonly clientEntry: string;
  readonly fsRoutes: readonly FsRouteFile[];
  readonly islands: readonly IslandFile[];
  readonly staticFiles: ReadonlyMap<string, FileSnapshot>;
}

/** An exported component of an island file. */
export interface Island {
  readonly name: string;
  readonly exportName: string;
  readonly file: string;
  readonly preload: readonly string[];
}

/** Islands by the function that renders them. */
export type IslandRegistry = ReadonlyMap<unknown, Island>;

/** What an application asks of a build. */
export interface BuildCache {
  readonly root: string;
  readonly version: string;
  readonly mode: "development" | "production";
  readonly clientEntry: string;
  readonly fsRoutes: readonly FsRouteFile[];
  /** The islands once they are loaded; null before. */
  readonly islands: IslandRegistry | null;
  loadIslands(): Promise<IslandRegistry>;
  findFile(pathname: string): FileSnapshot | null;
  /** Absolute path of a file named by a snapshot. */
  resolve(filePath: string): string;
}

async function registerIslands(files: readonly IslandFile[]): Promise<IslandRegistry> {
  const registry = new Map<unknown, Island>();
  const taken = new Set<string>();
  const modules = await Promise.all(files.map((file) => file.load()));
  modules.forEach((exports, index) => {
    const file = files[index];
    for (const [exportName, component] of Object.entries(exports)) {
      if (!file || typeof component !== "function") continue;
      const wanted = exportName === "default" ? file.name : exportName;
      let name = wanted;
      for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
      taken.add(name);
      const island = { name, exportName, file: file.url, preload: file.preload };
      registry.set(component as ComponentType, island);
    }
  });
  return registry;
}

/** The output of a build, as the server reads it. */
export class ProdBuildCache implements BuildCache {
  readonly root: string;
  readonly #snapshot: BuildSnapshot;
  #islands: IslandRegistry | null = null;
  #loading: Promise<IslandRegistry> | null = null;

  constructor(root: string, snapshot: BuildSnapshot) {
    this.root = root;
    this.#snapshot = snapshot;
    setBuildId(snapshot.version);
  }

  get version(): string {
    return this.#snapshot.version;
  }

  get mode(): "development" | "production" {
    return this.#snapshot.mode;
  }

  get clientEntry(): string {
    return this.#snapshot.clientEntry;
  }

  get fsRoutes(): readonly FsRouteFile[] {
    return this.#snapshot.fsRoutes;
  }

  get islands(): IslandRegistry | null {
    return this.#islands;
  }

  loadIslands(): Promise<IslandRegistry> {
    this.#loading ??= registerIslands(this.#snapshot.islands).then((islands) =>
      this.#islands = islands
    );
    return this.#loading;
  }

  findFile(pathname: string): FileSnapshot | null {
    return this.#snapshot.staticFiles.get(pathname) ?? null;
  }

  resolve(filePath: string): string {
    return /^(\/|[A-Za-z]:)/.test(filePath) ? filePath : `${this.root}/${filePath}`;
  }
}

/** The cache of an application that was given no build: no files, no islands. */
export function emptyBuildCache(): BuildCache {
  return new ProdBuildCache(".", {
    version: "unbuilt",
    mode: "production",
    clientEntry: "",
    fsRoutes: [],
    islands: [],
    staticFiles: new Map(),
  });
}
