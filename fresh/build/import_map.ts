import { dirname, join } from "node:path/posix";

/** The part of a `deno.json` that says how imports resolve. */
interface DenoConfig {
  readonly name?: string;
  readonly imports?: Readonly<Record<string, string>>;
  readonly exports?: string | Readonly<Record<string, string>>;
  readonly workspace?: readonly string[];
  readonly compilerOptions?: { readonly jsxImportSource?: string };
}

/** How a project's imports resolve. */
export interface ProjectConfig {
  /** Folder of the configuration file: where packages are installed. */
  readonly root: string;
  readonly jsxImportSource: string;
  /** Turns an import into a file's absolute path or a package's name; null to leave it alone. */
  resolve(specifier: string): string | null;
}

async function readConfig(folder: string): Promise<DenoConfig | null> {
  try {
    return JSON.parse(await Deno.readTextFile(join(folder, "deno.json"))) as DenoConfig;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The import map entries of a workspace's packages, by the names they are published under. */
async function workspaceExports(root: string, members: readonly string[]): Promise<string[][]> {
  const entries: string[][] = [];
  for (const member of members) {
    const folder = join(root, member);
    const config = await readConfig(folder);
    if (!config?.name || !config.exports) continue;
    const exports = typeof config.exports === "string" ? { ".": config.exports } : config.exports;
    for (const [path, file] of Object.entries(exports)) {
      entries.push([config.name + path.slice(1), join(folder, file)]);
    }
  }
  return entries;
}

/** `npm:@scope/name@1.2.3/path` and `jsr:…` without scheme and version. */
function bareName(specifier: string): string {
  return specifier.replace(/^(?:npm|jsr):\/?((?:@[^/]+\/)?[^@/]+)(?:@[^/]+)?/, "$1");
}

/** Reads the nearest `deno.json` that names imports, from `folder` upwards. */
export async function readProjectConfig(folder: string): Promise<ProjectConfig> {
  let root = folder;
  let config = await readConfig(root);
  while (!config?.imports && root !== dirname(root)) {
    root = dirname(root);
    config = await readConfig(root) ?? config;
  }
  const imports = Object.entries(config?.imports ?? {})
    .sort(([a], [b]) => b.length - a.length);
  const packages = new Map(
    (await workspaceExports(root, config?.workspace ?? [])) as [string, string][],
  );
  function lookUp(specifier: string): string | null {
    for (const [name, target] of imports) {
      const isFolder = name.endsWith("/");
      const isMatch = specifier === name ||
        specifier.startsWith(isFolder ? name : `${name}/`);
      if (isMatch) return target + specifier.slice(name.length);
    }
    return null;
  }
  return {
    root,
    jsxImportSource: config?.compilerOptions?.jsxImportSource ?? "preact",
    resolve(specifier) {
      const target = lookUp(specifier) ?? specifier;
      if (target.startsWith("./") && target !== specifier) return join(root, target);
      const bare = bareName(target);
      return packages.get(bare) ?? (bare === specifier ? null : bare);
    },
  };
}
