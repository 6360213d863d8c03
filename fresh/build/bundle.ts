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

/** The browser scripts of a project. */
export interface Bundle {
  readonly files: readonly { readonly name: string; readonly content: Uint8Array<ArrayBuffer> }[];
  readonly entry: string;
  readonly islands: readonly BundledIsland[];
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

function toBundle(
  { outputFiles, metafile }: esbuild.BuildResult<{ write: false; metafile: true }>,
  { config, islands }: BundleOptions,
): Bundle {
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
  const inputs = Object.keys(metafile.inputs)
    .filter((path) => !path.includes("node_modules/"))
    .map((path) => fileURLToPath(new URL(path, `file://${config.root}/`)));
  return {
    files: outputFiles.map(({ path, contents }) => ({
      name: relative(OUT_DIR, path),
      content: contents as Uint8Array<ArrayBuffer>,
    })),
    entry: `${ENTRY}.js`,
    islands: islands.map(({ name }) => ({
      name,
      chunk: `island-${name}.js`,
      preload: [...staticImports(`island-${name}.js`), ...staticImports(`${ENTRY}.js`)],
    })),
    inputs,
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

async function runBundler(options: BundleOptions): Promise<Bundle> {
  const { config, islands, mode, target, sourceMap, publicEnv } = options;
  const define = Object.fromEntries(
    Object.entries(publicEnv).map(([name, value]) => [
      `process.env.${name}`,
      JSON.stringify(value),
    ]),
  );
  const result = await esbuild.build({
    entryPoints: {
      [ENTRY]: fileURLToPath(new URL("../browser/boot.ts", import.meta.url)),
      ...Object.fromEntries(islands.map(({ name, file }) => [`island-${name}`, file])),
    },
    absWorkingDir: config.root,
    bundle: true,
    define,
    format: "esm",
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
    splitting: true,
    target: [target].flat(),
    write: false,
  });
  return toBundle(result, options);
}
