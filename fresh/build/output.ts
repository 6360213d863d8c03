import { relative } from "node:path/posix";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { ContentEncoding } from "../server/build_cache.ts";
import { BUILD_ID_PLACEHOLDER } from "../shared/build_id.ts";
import type { Bundle, BundleOptions } from "./bundle.ts";
import { contentTypeOf, isCompressible } from "./content_types.ts";
import { type Folders, type IslandSource, listFiles, type RouteSource } from "./crawl.ts";
import { digest } from "./digest.ts";
import { applyTransforms, type StaticInput, type StaticTransform } from "./static_transforms.ts";

/** Smaller files gain nothing from compression. */
const MIN_COMPRESSED_BYTES = 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/** A file that browsers may ask for. */
export interface OutputFile {
  readonly path: string;
  readonly content: Bytes;
  readonly contentType: string;
  readonly hash: string;
  readonly encoded: Readonly<Partial<Record<ContentEncoding, Bytes>>>;
}

/** An island with the addresses of its scripts. */
export interface OutputIsland extends IslandSource {
  readonly url: string;
  readonly preload: readonly string[];
}

/** All that a build makes. */
export interface BuildOutput {
  readonly version: string;
  readonly mode: "development" | "production";
  readonly clientEntry: string;
  readonly routes: readonly RouteSource[];
  readonly islands: readonly OutputIsland[];
  readonly files: readonly OutputFile[];
}

/** The placeholder in scripts gives way to the build's id, which is of the same length. */
function stampBuildId(content: Bytes, id: string): Bytes {
  const text = new TextDecoder().decode(content);
  if (!text.includes(BUILD_ID_PLACEHOLDER)) return content;
  return new TextEncoder().encode(text.replaceAll(BUILD_ID_PLACEHOLDER, id));
}

async function compress(content: Bytes, contentType: string): Promise<OutputFile["encoded"]> {
  if (content.length < MIN_COMPRESSED_BYTES || !isCompressible(contentType)) return {};
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    }),
    promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  return {
    ...(br.length < content.length ? { br: new Uint8Array(br) } : {}),
    ...(gz.length < content.length ? { gzip: new Uint8Array(gz) } : {}),
  };
}

async function toOutputFile(
  { path, content }: StaticInput,
  mode: BuildOutput["mode"],
): Promise<OutputFile> {
  const contentType = contentTypeOf(path);
  const [hash, encoded] = await Promise.all([
    digest(content),
    mode === "production" ? compress(content, contentType) : {},
  ]);
  return { path, content, contentType, hash, encoded };
}

/** The static files after the transforms, by path. */
async function readStaticFiles(
  { staticDir, ignore }: Folders,
  { transforms, target, mode }: {
    transforms: readonly StaticTransform[];
    target: BundleOptions["target"];
    mode: BuildOutput["mode"];
  },
): Promise<StaticInput[]> {
  const files = (await listFiles(staticDir)).filter((file) =>
    !ignore.some((pattern) => pattern.test(file))
  );
  const made = await Promise.all(files.map(async (file) => {
    const input = { path: `/${relative(staticDir, file)}`, content: await Deno.readFile(file) };
    return await applyTransforms(input, { transforms, target, mode });
  }));
  return made.flat();
}

/** Puts together all that a build makes. Its version is a digest of what browsers get. */
export async function makeOutput(
  bundle: Bundle,
  { folders, routes, islands, transforms, target, mode }: {
    folders: Folders;
    routes: readonly RouteSource[];
    islands: readonly IslandSource[];
    transforms: readonly StaticTransform[];
    target: BundleOptions["target"];
    mode: BuildOutput["mode"];
  },
): Promise<BuildOutput> {
  const statics = await readStaticFiles(folders, { transforms, target, mode });
  const made = [...bundle.files, ...bundle.workers];
  const parts = [
    mode,
    ...routes.map(({ id, isEager }) => `${id} ${isEager}`),
    ...await Promise.all(made.map(async (file) => file.name + await digest(file.content))),
    ...await Promise.all(statics.map(async (file) => file.path + await digest(file.content))),
  ];
  const version = await digest(parts.join("\n"));
  const prefix = `/_fresh/js/${version}/`;
  const scripts = made.map(({ name, content }) => ({
    // A worker's path is its own; all other scripts are found through the build.
    path: name.startsWith("/") ? name : prefix + name,
    content: stampBuildId(content, version),
  }));
  const chunks = new Map(bundle.islands.map((island) => [island.name, island]));
  return {
    version,
    mode,
    clientEntry: prefix + bundle.entry,
    routes,
    islands: islands.map((island) => {
      const { chunk = "", preload = [] } = chunks.get(island.name) ?? {};
      return { ...island, url: prefix + chunk, preload: preload.map((name) => prefix + name) };
    }),
    files: await Promise.all([...scripts, ...statics].map((file) => toOutputFile(file, mode))),
  };
}
