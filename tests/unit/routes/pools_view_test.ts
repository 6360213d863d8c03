import fc from "fast-check";
import { POOL_COLUMN_KEYS } from "@/components/pools/pool_columns.ts";
import { parsePoolView, poolViewHref, rangeStart } from "@/routes/pools/(_components)/pool_view.ts";
import {
  parsePoolsView,
  poolsHref,
  usualColumns,
} from "@/routes/pools/(_components)/pools_view.ts";
import { keepColumns, readKeptColumns } from "@/routes/pools/(_components)/read_pools.ts";
import { POOL_SORTS } from "@/services/defi/mod.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";

const parse = (query: string) => parsePoolsView(new URL(`http://t/pools?${query}`));

Deno.test("parsePoolsView() has the default of all that it can't read", () => {
  const usual = parse("");
  assertEquals(
    parse("sort=luck&order=up&method=v9&min_tvl=-1&page=0&stable=x&col=y&gone=1"),
    usual,
  );
  assertEquals([usual.sort, usual.order, usual.method, usual.page], ["score", "desc", "v1", 1]);
  assertEquals(poolsHref(usual), "/pools");
  assertEquals(parse("sort=symbol").order, "asc");
  assertEquals(parse("min_tvl=1e999").minTvl, 0);
});

Deno.test("poolsHref() is read back as the view that it was made of", () => {
  const view = fc.record({
    query: fc.constantFrom("", "usd c", "<b>&"),
    chain: fc.constantFrom("", "ethereum"),
    protocol: fc.constantFrom("", "aave-v3"),
    asset: fc.constantFrom("", "weth"),
    minTvl: fc.constantFrom(0, 1_000_000),
    stable: fc.constantFrom("" as const, "only" as const, "none" as const),
    gone: fc.constantFrom("" as const, "show" as const),
    closed: fc.constantFrom("" as const, "show" as const),
    method: fc.constantFrom("v0" as const, "v1" as const),
    sort: fc.constantFrom(...POOL_SORTS),
    order: fc.constantFrom("asc" as const, "desc" as const),
    page: fc.constantFrom(1, 3),
    asof: fc.constantFrom(null, "2026-04-21"),
    columns: fc.constantFrom(null, [...POOL_COLUMN_KEYS], ["chain" as const, "score" as const]),
  });
  fc.assert(fc.property(view, (view) => {
    const href = poolsHref(view, { page: view.page });
    assertEquals(parsePoolsView(new URL(href, "http://t")), { ...view });
    // Another view of the board begins at its first page.
    assertEquals(parsePoolsView(new URL(poolsHref(view), "http://t")).page, 1);
  }));
});

Deno.test("columns that were chosen are kept by the browser, the usual ones by forgetting", () => {
  const chosen = keepColumns(parse("col=chain&col=score"));
  assertEquals(
    chosen,
    "tokenlysis_pool_columns=chain.score; Path=/pools; Max-Age=31536000; SameSite=Lax",
  );
  assertEquals(
    readKeptColumns(new Headers({ cookie: `a=b; ${chosen.split(";")[0]}` })),
    "chain.score",
  );
  assertEquals(readKeptColumns(new Headers()), null);
  const usual = usualColumns("v1").map((key) => `col=${key}`).join("&");
  assertEquals(keepColumns(parse(usual)).includes("Max-Age=0"), true);
});

Deno.test("parsePoolView() and poolViewHref() agree, and a range ends at the newest reading", () => {
  const view = parsePoolView(new URL("http://t/pools/x?range=1y&table=tvl&asof=2026-04-21"), "x");
  assertEquals(poolViewHref(view), "/pools/x?range=1y&table=tvl&asof=2026-04-21");
  const usual = parsePoolView(new URL("http://t/pools/x?range=9y&table=all"), "x");
  assertEquals(poolViewHref(usual), "/pools/x");
  assertEquals(poolViewHref(usual, { path: "/history.csv" }), "/pools/x/history.csv");
  assertEquals(rangeStart({ range: "30d" }, 100 * DAY_MS), 70 * DAY_MS);
  assertEquals(rangeStart({ range: "all" }, 100 * DAY_MS), -Infinity);
});
