import { basename, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import type { IslandSource } from "./crawl.ts";
import type { ProjectConfig } from "./import_map.ts";

/** Settings of source maps. */
export interface SourceMapOptions {
  readonly kind?: boolean | "linked" | "inline" | "external" | "both";
  readonly sourceRoot?: string;
  readonly sourcesContent?: boolean;
}

/** What is bundled, and how. */
export interface BundleOptions {
  readonly config: ProjectConfig;
  readonly islands: readonly IslandSource[];
  /** Scripts of workers by the path they are served at. */
  readonly workers: Readonly<Record<string, string>>;
  readonly mode: "development" | "production";
  readonly target: string | readonly string[];
  readonly sourceMap?: SourceMapOptions | undefined;
  /** Values of `FRESH_PUBLIC_*` variables, written into the code. */
  readonly publicEnv: Readonly<Record<string, string>>;
}

/** A browser script with the scripts it imports, by name. */
export interface BundledIsland {
  readonly name: string;
  readonly chunk: string;
  readonly preload: readonly string[];
}

/** A script as the bundler made it. */
export interface BundledFile {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** The browser scripts of a project. */
export interface Bundle {
  readonly files: readonly BundledFile[];
  readonly entry: string;
  readonly islands: readonly BundledIsland[];
  /** Scripts of workers, each whole in itself; `name` is the path that it is served at. */
  readonly workers: readonly BundledFile[];
  /** Absolute paths of the sources that went in, packages left out. */
  readonly inputs: readonly string[];
}

const ENTRY = "fresh-runtime";
const OUT_DIR = "/out";
const PUBLIC_VARIABLE = /Deno\.env\.get\(\s*(["'`])(FRESH_PUBLIC_\w+)\1\s*\)/g;
const RESOLVED = Symbol("resolved");

/** Resolves imports as `deno.json` says. Packages are looked up from the root: one copy of each. */
function resolveImports(config: ProjectConfig): esbuild.Plugin {
  return {
    name: "fresh-imports",
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.pluginData === RESOLVED || args.kind === "entry-point") return null;
        const isPackage = args.importer.includes("/node_modules/");
        const path = isPackage ? null : config.resolve(args.path);
        if (path?.startsWith("/")) return { path };
        return await build.resolve(path ?? args.path, {
          kind: args.kind,
          resolveDir: isPackage ? args.resolveDir : config.root,
          pluginData: RESOLVED,
        });
      });
    },
  };
}

function inlinePublicEnv(env: Readonly<Record<string, string>>): esbuild.Plugin {
  return {
    name: "fresh-public-env",
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        if (path.includes("/node_modules/")) return null;
        const source = await Deno.readTextFile(path);
        if (!source.includes("FRESH_PUBLIC_")) return null;
        const contents = source.replace(
          PUBLIC_VARIABLE,
          (_, _quote, name: string) => JSON.stringify(env[name]) ?? "undefined",
        );
        return { contents, loader: /x$/.test(path) ? "tsx" : "ts" };
      });
    },
  };
}

type BundlerResult = esbuild.BuildResult<{ write: false; metafile: true }>;

function toFiles({ outputFiles }: BundlerResult): BundledFile[] {
  return outputFiles.map(({ path, contents }) => ({
    name: relative(OUT_DIR, path),
    content: contents as Uint8Array<ArrayBuffer>,
  }));
}

/** Absolute paths of our own sources in a bundle. */
function inputsOf({ metafile }: BundlerResult, { config }: BundleOptions): string[] {
  return Object.keys(metafile.inputs)
    .filter((path) => !path.includes("node_modules/"))
    .map((path) => fileURLToPath(new URL(path, `file://${config.root}/`)));
}

function toBundle(
  result: BundlerResult,
  options: BundleOptions,
): Omit<Bundle, "workers"> {
  const { metafile } = result;
  const { islands } = options;
  const outputs = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]),
  );
  /** The scripts that `name` cannot run without, directly or through others. */
  function staticImports(name: string, seen = new Set<string>()): Set<string> {
    for (const { path, kind } of outputs.get(name)?.imports ?? []) {
      const chunk = basename(path);
      if (kind !== "import-statement" || seen.has(chunk)) continue;
      seen.add(chunk);
      staticImports(chunk, seen);
    }
    return seen;
  }
  return {
    files: toFiles(result),
    entry: `${ENTRY}.js`,
    islands: islands.map(({ name }) => ({
      name,
      chunk: `island-${name}.js`,
      preload: [...staticImports(`island-${name}.js`), ...staticImports(`${ENTRY}.js`)],
    })),
    inputs: inputsOf(result, options),
  };
}

let running = 0;

/** Bundles the islands: a chunk each, shared code and dynamic imports in chunks of their own. */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  running++;
  try {
    return await runBundler(options);
  } finally {
    // The bundler is a process of its own, shared by all builds under way.
    if (--running === 0) await esbuild.stop();
  }
}

/** What both kinds of scripts are made with. */
function sharedSettings(options: BundleOptions) {
  const { config, mode, target, sourceMap, publicEnv } = options;
  const define = Object.fromEntries(
    Object.entries(publicEnv).map(([name, value]) => [
      `process.env.${name}`,
      JSON.stringify(value),
    ]),
  );
  return {
    absWorkingDir: config.root,
    bundle: true,
    define,
    jsx: "automatic",
    jsxImportSource: config.jsxImportSource,
    logLevel: "silent",
    metafile: true,
    minify: mode === "production",
    outdir: OUT_DIR,
    platform: "browser",
    plugins: [inlinePublicEnv(publicEnv), resolveImports(config)],
    sourcemap: sourceMap?.kind ?? mode === "development",
    ...(sourceMap?.sourceRoot === undefined ? {} : { sourceRoot: sourceMap.sourceRoot }),
    ...(sourceMap?.sourcesContent === undefined
      ? {}
      : { sourcesContent: sourceMap.sourcesContent }),
    target: [target].flat(),
    write: false,
  } satisfies esbuild.BuildOptions;
}

async function runBundler(options: BundleOptions): Promise<Bundle> {
  const { islands } = options;
  const settings = sharedSettings(options);
  const [result, workers] = await Promise.all([
    esbuild.build({
      ...settings,
      entryPoints: {
        [ENTRY]: fileURLToPath(new URL("../browser/boot.ts", import.meta.url)),
        ...Object.fromEntries(islands.map(({ name, file }) => [`island-${name}`, file])),
      },
      format: "esm",
      splitting: true,
    }),
    bundleWorkers(options, settings),
  ]);
  const bundled = toBundle(result, options);
  const inputs = [...new Set([...bundled.inputs, ...workers.inputs])];
  return { ...bundled, workers: workers.files, inputs };
}

/** A worker is one classic script: nothing has to be fetched before it can answer. */
async function bundleWorkers(
  options: BundleOptions,
  settings: ReturnType<typeof sharedSettings>,
): Promise<{ files: readonly BundledFile[]; inputs: readonly string[] }> {
  const entries = Object.entries(options.workers);
  if (entries.length === 0) return { files: [], inputs: [] };
  const result = await esbuild.build({
    ...settings,
    entryPoints: Object.fromEntries(
      entries.map(([path, file]) => [path.slice(1).replace(/\.js$/, ""), file]),
    ),
    format: "iife",
  });
  const files = toFiles(result).map(({ name, content }) => ({ name: `/${name}`, content }));
  return { files, inputs: inputsOf(result, options) };
}
