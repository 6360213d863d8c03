/** What a file under `routes/` is, by its name. */
export type RouteFileKind = "app" | "layout" | "middleware" | "error" | "not_found" | "route";

const KINDS: Readonly<Record<string, RouteFileKind>> = {
  _app: "app",
  _layout: "layout",
  _middleware: "middleware",
  _error: "error",
  _500: "error",
  _404: "not_found",
};
/** Wrappers come before what they wrap; a folder's `_error` replaces its `_500`. */
const KIND_ORDER = ["_app", "_layout", "_middleware", "_500", "_error", "_404"];

/** A route file's place: the folder that wraps it and the pattern it answers. */
export interface RoutePlace {
  readonly kind: RouteFileKind;
  /** Path of its folder; groups are kept, so that each has its own layouts. */
  readonly scope: string;
  /** Pattern of the URL path, without groups. */
  readonly pattern: string;
}

function segmentPattern(segment: string): string {
  const optional = /^\[\[(\w+)\]\]$/.exec(segment);
  if (optional) return `{/:${optional[1]}}?`;
  const rest = /^\[\.\.\.(\w+)\]$/.exec(segment);
  if (rest) return `/:${rest[1]}*`;
  return `/${segment.replace(/\[(\w+)\]/g, ":$1")}`;
}

/** Whether a path segment is a route group, a folder that is no part of the URL. */
export function isGroup(segment: string): boolean {
  return segment.startsWith("(") && segment.endsWith(")");
}

/** Reads the place of a route file from its path under `routes/`, without the extension. */
export function placeOf(id: string): RoutePlace {
  const segments = id.split("/").filter((segment) => segment !== "");
  const name = segments.pop() ?? "index";
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] ?? "route" : "route";
  const scope = segments.map((segment) =>
    isGroup(segment) ? `/${segment}` : segmentPattern(segment)
  )
    .join("");
  const path = kind !== "route" || name === "index" ? segments : [...segments, name];
  const pattern = path.filter((segment) => !isGroup(segment)).map(segmentPattern).join("");
  return { kind, scope: scope || "/", pattern: pattern || "/" };
}

function segmentRank(segment: string, isLast: boolean): number {
  if (isLast && KIND_ORDER.includes(segment)) return KIND_ORDER.indexOf(segment) - 10;
  if (isLast && segment === "index") return 0;
  if (segment.startsWith("[...")) return 5;
  if (segment.startsWith("[[")) return 4;
  if (/^\[\w+\]$/.test(segment)) return 3;
  return segment.includes("[") ? 2 : 1;
}

/**
 * Orders route files by their ids: a folder's wrappers before its routes, fixed names before
 * parameters, parameters before rests, otherwise by name.
 */
export function compareRouteIds(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [left[at] ?? "", right[at] ?? ""];
    if (one === other) continue;
    const rank = segmentRank(one, at === left.length - 1) -
      segmentRank(other, at === right.length - 1);
    return rank || (one < other ? -1 : 1);
  }
  return left.length - right.length;
}

/** Joins a base path and a pattern; the root pattern under a base is the base itself. */
export function joinPaths(base: string, path: string): string {
  const prefix = base === "*" || base === "/" ? "" : base.replace(/\/\*?$/, "");
  if (path === "*" || path === "/" || path === "") return prefix || "/";
  return prefix + (/^[/{]/.test(path) ? path : `/${path}`);
}
