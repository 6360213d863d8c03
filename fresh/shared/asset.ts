import { buildId } from "./build_id.ts";

/** The query parameter that ties a static file's address to one build. */
export const ASSET_CACHE_BUST_KEY = "__frsh_c";

/**
 * The address of a static file with the build's id in it, so that browsers may keep it for a year.
 * Addresses on other hosts, and those that already carry an id, come back as they are.
 */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//") || path.includes(ASSET_CACHE_BUST_KEY)) {
    return path;
  }
  const hashAt = path.indexOf("#");
  const address = hashAt < 0 ? path : path.slice(0, hashAt);
  const fragment = hashAt < 0 ? "" : path.slice(hashAt);
  const separator = address.includes("?") ? "&" : "?";
  return `${address}${separator}${ASSET_CACHE_BUST_KEY}=${buildId()}${fragment}`;
}

/** A `srcset` whose every address went through `asset()`. */
export function assetSrcSet(srcset: string): string {
  // Parentheses make candidates ambiguous to split; such a set is left alone.
  if (srcset.includes("(")) return srcset;
  return srcset
    .split(",")
    .map((candidate) => candidate.replace(/\S+/, (address) => asset(address)))
    .join(",");
}
