import fc from "fast-check";
import { App } from "fresh";
import { ProdBuildCache, setBuildCache } from "fresh/internal";
import { assertEquals, assertThrows } from "@/tests/assert.ts";
import { compilePathPattern } from "../server/path_pattern.ts";
import { requestPath } from "../server/request_path.ts";
import { compareRouteIds, joinPaths, placeOf } from "../server/route_files.ts";

const PLACES: [id: string, kind: string, scope: string, pattern: string][] = [
  ["/index", "route", "/", "/"],
  ["/about", "route", "/", "/about"],
  ["/blog/index", "route", "/blog", "/blog"],
  ["/blog/[slug]", "route", "/blog", "/blog/:slug"],
  ["/blog/[slug]/comments", "route", "/blog/:slug", "/blog/:slug/comments"],
  ["/old/[...path]", "route", "/old", "/old/:path*"],
  ["/docs/[[version]]/index", "route", "/docs{/:version}?", "/docs{/:version}?"],
  ["/(group)/about", "route", "/(group)", "/about"],
  ["/(group)/_layout", "layout", "/(group)", "/"],
  ["/_app", "app", "/", "/"],
  ["/a/_middleware", "middleware", "/a", "/a"],
  ["/_500", "error", "/", "/"],
  ["/_404", "not_found", "/", "/"],
  ["/toString", "route", "/", "/toString"],
];
for (const [id, kind, scope, pattern] of PLACES) {
  Deno.test(`placeOf() reads ${id} as ${kind} at ${pattern} in ${scope}`, () => {
    assertEquals(placeOf(id), { kind, scope, pattern } as ReturnType<typeof placeOf>);
  });
}

Deno.test("compareRouteIds() puts wrappers first, then fixed names, parameters and rests", () => {
  const sorted = [
    "/_app",
    "/_layout",
    "/_middleware",
    "/_500",
    "/_error",
    "/_404",
    "/index",
    "/about",
    "/blog/_layout",
    "/blog/_middleware",
    "/blog/index",
    "/blog/new",
    "/blog/[slug]",
    "/blog/[...rest]",
    "/[page]",
    "/[[version]]",
    "/[...all]",
  ];
  assertEquals(sorted.toReversed().sort(compareRouteIds), sorted);
});

Deno.test("a _404 below the root is refused, as it could not be nested", () => {
  const app = new App().fsRoutes();
  const snapshot = {
    version: "1",
    mode: "production" as const,
    clientEntry: "",
    islands: [],
    staticFiles: new Map(),
    fsRoutes: [{ id: "/blog/_404", mod: { default: () => null } }],
  };
  setBuildCache(app, new ProdBuildCache(".", snapshot), "production");
  assertThrows(() => app.handler(), { type: TypeError, pattern: /routes\/blog\/_404/ });
});

const JOINED: [base: string, path: string, joined: string][] = [
  ["", "/", "/"],
  ["*", "/a", "/a"],
  ["/", "/a", "/a"],
  ["/base", "/", "/base"],
  ["/base", "*", "/base"],
  ["/base/*", "/a", "/base/a"],
  ["/base", "{/:a}?", "/base{/:a}?"],
];
for (const [base, path, joined] of JOINED) {
  Deno.test(`joinPaths() joins "${base}" and "${path}" to "${joined}"`, () => {
    assertEquals(joinPaths(base, path), joined);
  });
}

// Dots alone are steps in a path, which are taken before anything is matched.
const segment = fc.stringMatching(/^[a-z0-9.~-]{1,4}$/).filter((text) => !/^\.+$/.test(text));
const patternPart = fc.oneof(
  segment.map((text) => `/${text}`),
  fc.constantFrom("/:a", "/:b", "/x-:c"),
);
const lastPart = fc.constantFrom("", "/:d*", "/:d+", "/:d?", "{/:d}?", "/*");

Deno.test("compilePathPattern() agrees with URLPattern", () => {
  const pattern = fc.tuple(fc.uniqueArray(patternPart, { maxLength: 3 }), lastPart)
    .map(([parts, last]) => parts.join("") + last || "/");
  const path = fc.array(fc.oneof(segment, fc.constantFrom("x-1", "x-")), { maxLength: 4 })
    .map((parts) => `/${parts.join("/")}`);
  fc.assert(fc.property(pattern, path, (pattern, path) => {
    const reference = new URLPattern({ pathname: pattern }).exec({ pathname: path });
    const groups = Object.entries(reference?.pathname.groups ?? {})
      .filter(([, value]) => value !== undefined).sort();
    const own = compilePathPattern(pattern)(new URL(path, "http://x").pathname);
    assertEquals(own && Object.entries(own).sort(), reference && groups as [string, string][]);
  }));
});

Deno.test("requestPath() agrees with URL, repeated slashes made one", () => {
  const path = fc.string({ unit: fc.constantFrom(..."ab/.%2?#\\é:@-~ ") });
  fc.assert(fc.property(path, (path) => {
    const { href, pathname } = new URL(`http://localhost:8000/${path}`);
    assertEquals(requestPath(href), pathname.replace(/\/{2,}/g, "/"));
  }));
});
