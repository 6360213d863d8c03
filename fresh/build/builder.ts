import { isAbsolute, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { type App, type ListenOptions, setBuildCache } from "../server/app.ts";
import { type BuildCache, ProdBuildCache } from "../server/build_cache.ts";
import type { SourceMapOptions } from "./bundle.ts";
import { crawl, type Folders } from "./crawl.ts";
import { type BuildSettings, digestInputs } from "./freshness.ts";
import { readProjectConfig } from "./import_map.ts";
import { type BuildOutput, makeOutput } from "./output.ts";
import { memorySnapshot, writeSnapshot } from "./snapshot.ts";
import type { OnTransformOptions, StaticTransform, TransformFn } from "./static_transforms.ts";

/** Settings of a builder; relative paths start at `root`. */
export interface BuildOptions {
  /** Oldest browsers that the scripts must run in, in esbuild's words. */
  readonly target?: string | readonly string[];
  /** Folder of the project. Default: the working directory. */
  readonly root?: string;
  /** Module that exports `app`. Default: `main.ts`. */
  readonly serverEntry?: string;
  /** Where builds are written. Default: `_fresh`. */
  readonly outDir?: string;
  /** Default: `static`. */
  readonly staticDir?: string;
  /** Default: `islands`. */
  readonly islandDir?: string;
  /** Default: `routes`. */
  readonly routeDir?: string;
  /** Scripts of workers by the path they are served at: `{ "/workers/a.js": "lib/a.ts" }`. */
  readonly workers?: Readonly<Record<string, string>>;
  /** Files to leave out. */
  readonly ignore?: readonly RegExp[];
  /** Source maps; development builds have them anyway. */
  readonly sourceMap?: SourceMapOptions;
}

/** What one build is for. */
export interface BuildRun {
  readonly mode?: "development" | "production";
  /** Keep the build in memory instead of writing it. */
  readonly snapshot?: "disk" | "memory";
}

const DEFAULT_TARGET = ["chrome111", "edge111", "firefox114", "safari16.4"];
const PUBLIC_PREFIX = "FRESH_PUBLIC_";

function readPublicEnv(): Record<string, string> {
  const entries = Object.entries(Deno.env.toObject());
  return Object.fromEntries(entries.filter(([name]) => name.startsWith(PUBLIC_PREFIX)));
}

/** Builds an application for browsers: islands bundled, static files hashed and compressed. */
export class Builder {
  readonly #options: BuildOptions;
  readonly #islands: string[] = [];
  readonly #transforms: StaticTransform[] = [];

  constructor(options: BuildOptions = {}) {
    this.#options = options;
  }

  /** Adds a file outside the islands folder whose components are islands. */
  registerIsland(specifier: string): void {
    this.#islands.push(specifier);
  }

  /** Changes the static files that match while they are built. */
  onTransformStaticFile(options: OnTransformOptions, transform: TransformFn): void {
    this.#transforms.push({ ...options, transform });
  }

  /** Builds, and returns a function that gives the build to an application. */
  async build(
    { mode = "production", snapshot = "disk" }: BuildRun = {},
  ): Promise<<State>(app: App<State>) => void> {
    const settings = this.settings(mode);
    const { output, sources } = await this.#bundle(settings);
    if (snapshot === "disk") {
      const inputs = await digestInputs(settings, sources);
      const { root } = settings;
      await writeSnapshot(output, {
        root,
        outDir: this.outDir,
        serverEntry: this.#path(this.#options.serverEntry ?? "main.ts"),
        record: { mode, version: output.version, inputs, sources },
      });
    }
    let build: BuildCache | null = null;
    const loaded = snapshot === "memory" ? await memorySnapshot(output) : null;
    return (app) => {
      if (!loaded) throw new TypeError("Cannot apply a build on disk: import its snapshot.js");
      build ??= new ProdBuildCache(settings.root, loaded);
      setBuildCache(app, build, mode);
    };
  }

  /** Serves the application that `importApp` loads, and reloads pages after each change. */
  async listen(
    importApp: () => Promise<{ app: App<unknown> }>,
    options: ListenOptions = {},
  ): Promise<void> {
    const { serveDevelopment } = await import("./dev_server.ts");
    await serveDevelopment(importApp, { builder: this, options });
  }

  /** Where builds are written. */
  get outDir(): string {
    return this.#path(this.#options.outDir ?? "_fresh");
  }

  /** What a build in `mode` depends on, by which a finished build can be checked. */
  settings(mode: "development" | "production"): BuildSettings {
    const { target = DEFAULT_TARGET, ignore = [] } = this.#options;
    const folders: Folders = {
      routeDir: this.#path(this.#options.routeDir ?? "routes"),
      islandDir: this.#path(this.#options.islandDir ?? "islands"),
      staticDir: this.#path(this.#options.staticDir ?? "static"),
      ignore,
    };
    const islands = this.#islands.map((specifier) => this.#path(specifier));
    const workers = Object.fromEntries(
      Object.entries(this.#options.workers ?? {}).map(([path, file]) => [path, this.#path(file)]),
    );
    const publicEnv = readPublicEnv();
    return { root: this.#root, folders, mode, target, islands, workers, publicEnv };
  }

  get #root(): string {
    const { root = Deno.cwd() } = this.#options;
    const path = root.startsWith("file:") ? fileURLToPath(root) : root;
    return (isAbsolute(path) ? path : join(Deno.cwd(), path)).replace(/\/$/, "");
  }

  #path(path: string): string {
    if (path.startsWith("file:")) return fileURLToPath(path);
    return isAbsolute(path) ? path : join(this.#root, path);
  }

  async #bundle(settings: BuildSettings): Promise<{ output: BuildOutput; sources: string[] }> {
    const { root, folders, mode, target, workers, publicEnv } = settings;
    const { routes, islands } = await crawl(folders, settings.islands);
    const config = await readProjectConfig(root);
    // The bundler is loaded only when there is something to bundle with it.
    const { bundle } = await import("./bundle.ts");
    const { sourceMap } = this.#options;
    const options = { config, islands, workers, mode, target, sourceMap, publicEnv };
    const bundled = await bundle(options);
    const transforms = this.#transforms;
    const output = await makeOutput(bundled, {
      folders,
      routes,
      islands,
      transforms,
      target,
      mode,
    });
    return { output, sources: bundled.inputs.map((file) => relative(root, file)) };
  }
}
