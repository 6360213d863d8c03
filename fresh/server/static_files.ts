import { ASSET_CACHE_BUST_KEY } from "../shared/asset.ts";
import type { BuildCache, ContentEncoding, FileSnapshot } from "./build_cache.ts";
import { type Context, internals } from "./context.ts";
import type { Middleware } from "./middleware.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";
/** Stored, but asked for again each time: an unchanged file costs a 304. */
const REVALIDATE = "no-cache";
/** Larger files are streamed from disk. */
const MAX_CACHED_FILE_BYTES = 1024 * 1024;
/** Limit of all files kept in memory. */
const MAX_CACHED_BYTES = 32 * 1024 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/** Files read before, so that most requests need no disk. */
class FileCache {
  readonly #contents = new Map<string, Promise<Bytes>>();
  #sizeBytes = 0;

  /** The content of a file; null if it is too large to be kept. */
  read(path: string, sizeBytes: number): Promise<Bytes> | null {
    const known = this.#contents.get(path);
    if (known) return known;
    if (sizeBytes > MAX_CACHED_FILE_BYTES) return null;
    if (this.#sizeBytes + sizeBytes > MAX_CACHED_BYTES) return null;
    const content = Deno.readFile(path);
    this.#contents.set(path, content);
    this.#sizeBytes += sizeBytes;
    content.catch(() => {
      this.#contents.delete(path);
      this.#sizeBytes -= sizeBytes;
    });
    return content;
  }
}

/** The best encoding that the client takes and the build has; null for the plain file. */
function chooseEncoding(accepted: string | null, file: FileSnapshot): ContentEncoding | null {
  if (!accepted || !file.encodings) return null;
  const refused = /\b(br|gzip)\s*;\s*q=0(?:\.0*)?\s*(?:,|$)/g;
  const usable = accepted.replace(refused, "");
  for (const encoding of ["br", "gzip"] as const) {
    const isOffered = new RegExp(`\\b${encoding}\\b`).test(usable);
    if (isOffered && file.encodings[encoding] !== undefined) return encoding;
  }
  return null;
}

function matchesETag(header: string | null, etag: string): boolean {
  if (!header) return false;
  return header.split(",").some((tag) => {
    const value = tag.trim();
    return value === "*" || value.replace(/^W\//, "") === etag.replace(/^W\//, "");
  });
}

async function bodyOf(
  file: FileSnapshot,
  { build, cache, encoding }: {
    build: BuildCache;
    cache: FileCache;
    encoding: ContentEncoding | null;
  },
): Promise<BodyInit> {
  if (file.content) return file.content;
  const path = build.resolve((encoding && file.encodings?.[encoding]) ?? file.filePath);
  const cached = cache.read(path, file.size);
  return cached ? await cached : (await Deno.open(path)).readable;
}

/** The path of a request inside the application's base path; null if it lies outside. */
function filePathOf<State>(ctx: Context<State>): string | null {
  const { pathname } = ctx[internals];
  const { basePath } = ctx.config;
  if (!pathname.startsWith(basePath)) return null;
  const path = basePath === "" ? pathname : pathname.slice(basePath.length);
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

async function serve<State>(
  ctx: Context<State>,
  { path, file, cache }: { path: string; file: FileSnapshot; cache: FileCache },
): Promise<Response> {
  const { build } = ctx[internals];
  const { req } = ctx;
  if (req.method !== "GET" && req.method !== "HEAD") {
    return new Response("Method Not Allowed", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  const key = ctx.url.searchParams.get(ASSET_CACHE_BUST_KEY);
  if (key !== null && key !== build.version) {
    // A page of another build asks: it gets today's file, but must not keep it for a year.
    const search = new URLSearchParams(ctx.url.search);
    search.delete(ASSET_CACHE_BUST_KEY);
    return ctx.redirect(ctx.url.pathname + (search.size > 0 ? `?${search}` : ""), 307);
  }
  const isImmutable = key !== null || path.startsWith(`/_fresh/js/${build.version}/`);
  const encoding = chooseEncoding(req.headers.get("accept-encoding"), file);
  const etag = `"${file.hash}${encoding ? `-${encoding}` : ""}"`;
  const headers = new Headers({
    "content-type": file.contentType,
    "cache-control": isImmutable ? IMMUTABLE : REVALIDATE,
    etag,
  });
  if (file.encodings) headers.set("vary", "accept-encoding");
  if (encoding) headers.set("content-encoding", encoding);
  if (matchesETag(req.headers.get("if-none-match"), etag)) {
    headers.delete("content-encoding");
    return new Response(null, { status: 304, headers });
  }
  if (req.method === "HEAD") return new Response(null, { headers });
  return new Response(await bodyOf(file, { build, cache, encoding }), { headers });
}

/**
 * Serves the files of `static/` and the scripts of islands. Files asked for through `asset()` may
 * be kept for a year, others are revalidated by their `ETag`.
 */
export function staticFiles<State>(): Middleware<State> {
  const cache = new FileCache();
  return (ctx) => {
    const path = filePathOf(ctx);
    const file = path === null ? null : ctx[internals].build.findFile(path);
    if (path === null || file === null) return ctx.next();
    return serve(ctx, { path, file, cache });
  };
}
