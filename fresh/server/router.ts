import { compilePathPattern, isDynamic, type PathMatcher } from "./path_pattern.ts";

/** The methods an application can answer. */
export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "HEAD" | "OPTIONS";

/** Every method, in the order in which `Allow` lists them. */
export const METHODS: readonly Method[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
];

/** What a path and a method lead to. */
export interface Match<T> {
  /** What was registered; null if nothing answers this method here. */
  readonly item: T | null;
  /** The first pattern that the path fits; null if there is none. */
  readonly pattern: string | null;
  /** Decoded parameters of the pattern. */
  readonly params: Record<string, string>;
  /** Methods answered here, filled only if `item` is null. */
  readonly allowed: readonly string[];
}

interface Entry<T> {
  readonly pattern: string;
  readonly matches: PathMatcher;
  readonly byMethod: Map<string, T>;
}

const NO_MATCH: Match<never> = { item: null, pattern: null, params: {}, allowed: [] };

/** The `Allow` list of the methods registered; `HEAD` comes with `GET`. */
export function allowedMethods(registered: Iterable<string>): string[] {
  const known = new Set(registered);
  if (known.has("GET")) known.add("HEAD");
  known.add("OPTIONS");
  return METHODS.filter((method) => known.has(method));
}

function pick<T>({ byMethod }: Entry<T>, method: string): T | undefined {
  return byMethod.get(method) ?? (method === "HEAD" ? byMethod.get("GET") : undefined);
}

/**
 * Finds what answers a request: fixed paths by one look-up, then patterns in the order in which
 * they were added. The first item added for a method and a pattern stays.
 */
export class Router<T> {
  readonly #fixed = new Map<string, Entry<T>>();
  readonly #dynamic: Entry<T>[] = [];

  /** Registers `item` for the methods at a pattern. */
  add(pattern: string, { methods, item }: { methods: readonly string[]; item: T }): void {
    const { byMethod } = this.#entry(pattern);
    for (const method of methods) {
      if (!byMethod.has(method)) byMethod.set(method, item);
    }
  }

  /** Throws a `URIError` if a parameter is not valid percent-encoding. */
  match(method: string, pathname: string): Match<T> {
    const fixed = this.#fixed.get(pathname);
    let nearest: Entry<T> | undefined;
    if (fixed) {
      const item = pick(fixed, method);
      if (item !== undefined) return { item, pattern: fixed.pattern, params: {}, allowed: [] };
      nearest = fixed;
    }
    for (const entry of this.#dynamic) {
      const params = entry.matches(pathname);
      if (!params) continue;
      const item = pick(entry, method);
      if (item === undefined) {
        nearest ??= entry;
        continue;
      }
      for (const name in params) {
        const value = params[name];
        if (value?.includes("%")) params[name] = decodeURIComponent(value);
      }
      return { item, pattern: entry.pattern, params, allowed: [] };
    }
    if (!nearest) return NO_MATCH;
    const allowed = allowedMethods(nearest.byMethod.keys());
    return { item: null, pattern: nearest.pattern, params: {}, allowed };
  }

  #entry(pattern: string): Entry<T> {
    const isPattern = isDynamic(pattern);
    const known = isPattern
      ? this.#dynamic.find((entry) => entry.pattern === pattern)
      : this.#fixed.get(pattern);
    if (known) return known;
    const matches = isPattern ? compilePathPattern(pattern) : () => ({});
    const entry: Entry<T> = { pattern, matches, byMethod: new Map() };
    if (isPattern) this.#dynamic.push(entry);
    else this.#fixed.set(pattern, entry);
    return entry;
  }
}
