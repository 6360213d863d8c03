import { compose, type Product } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { build } from "@/tools/build.ts";

/** What no address of a page holds, as it stands in a path. */
const HOSTILE: readonly string[] = [
  ...["%", "%25", "%2525", "%00", "%E0%A4%A", "%ff", "%F0%9F%92%A5", "%0d%0ax:%20y"],
  ...["..%2f", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c", "%22%3E%3Cscript%3E", "'%20or%201=1--"],
  ...["__proto__", "constructor", "toString", "-1", "1e999", "NaN", "%20", "x".repeat(5_000)],
];

/** Values with which a route has a page, so that those beside a hostile one are in order. */
const KNOWN: Readonly<Record<string, string>> = {
  asset: "bitcoin",
  figure: "price",
  table: "positions",
  gauge: "gas",
  number: "1",
};

interface PageRoute {
  readonly pattern: string;
  readonly params: readonly string[];
}

/** The routes with parameters, as the router has them. */
async function pageRoutes(): Promise<readonly PageRoute[]> {
  await build({ ifStale: true });
  const snapshot = new URL("../../_fresh/snapshot.js", import.meta.url);
  const { fsRoutes }: { fsRoutes: readonly { readonly id: string }[] } = await import(
    snapshot.href
  );
  return fsRoutes.map(({ id }) => ({
    pattern: id.replace(/\/index$/, ""),
    params: [...id.matchAll(/\[(\w+)\]/g)].map(([, name = ""]) => name),
  })).filter(({ params }) => params.length > 0);
}

function pathOf({ pattern }: PageRoute, values: Readonly<Record<string, string>>): string {
  return pattern.replaceAll(/\[(\w+)\]/g, (_, name) => values[name] ?? "x");
}

/** Paths with something hostile in one parameter, and in all of them. */
function hostilePaths(route: PageRoute, known: Readonly<Record<string, string>>): Set<string> {
  const paths = HOSTILE.flatMap((text) => [
    ...route.params.map((name) => pathOf(route, { ...known, [name]: text })),
    pathOf(route, Object.fromEntries(route.params.map((name) => [name, text]))),
  ]);
  return new Set(paths);
}

async function firstPortfolio(product: Product): Promise<string> {
  const response = await product.fetch(
    new Request("http://127.0.0.1/api/portfolio", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "Savings" }),
    }),
  );
  assertEquals(response.status, 201);
  const { data } = await response.json();
  return data.portfolio_id;
}

Deno.test("pages: a parameter that nothing has is refused with a page, whatever it holds", async () => {
  const routes = await pageRoutes();
  assert(routes.length >= 15, "the router has the routes with parameters");
  const clock = new FakeClock(Date.UTC(2026, 0, 10));
  const log = new RecordingLog();
  await using database = await openTestDatabase({ clock });
  const config = loadConfig({ TOKENLYSIS_NETWORK: "off" });
  await using product = await compose(config, { clock, log, database });
  const portfolioId = await firstPortfolio(product);
  for (const route of routes) {
    const known = {
      ...KNOWN,
      id: route.pattern.startsWith("/portfolio") ? portfolioId : "bitcoin",
    };
    for (const path of hostilePaths(route, known)) {
      for (const method of ["GET", "POST"]) {
        const response = await product.fetch(new Request(`http://127.0.0.1${path}`, { method }));
        const text = await response.text();
        const shown = `${method} ${path.slice(0, 120)} (${route.pattern}): ${response.status}`;
        assert(response.status >= 400 && response.status < 500, shown);
        if (method === "GET") {
          assertMatch(response.headers.get("content-type") ?? "", /^text\/html/, shown);
          assert(!text.includes("<script>"), `${shown} repeats what was sent`);
        }
      }
    }
  }
  assertEquals(log.lines.filter(({ level }) => level === "error"), []);
});
