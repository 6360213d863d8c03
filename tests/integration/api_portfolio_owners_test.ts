import { mountTable } from "@/routes/(_api)/mod.ts";
import type { Endpoint } from "@/routes/(_api)/endpoint.ts";
import { AnalyticsService, RiskService } from "@/services/analytics/mod.ts";
import { HealthService } from "@/services/ops/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import type { ApiHarness } from "./api_harness.ts";
import { ask, LEDGER_CSV, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

type Method = Endpoint["method"];
type Ids = Readonly<Record<string, string>>;

const NOBODY = "019b76da-a800-7000-8000-000000000001";
const ROW = {
  timestamp: "2025-01-01T00:00:00Z",
  action: "BUY",
  asset_id: "bitcoin",
  quantity: "1",
  unit_price_usd: "1",
};

/** What each change brings; a path without one brings nothing. */
const BODIES: Readonly<Record<string, { readonly json?: unknown; readonly body?: BodyInit }>> = {
  "PUT /api/portfolio/{portfolio_id}": { json: { name: "Mine now" } },
  "POST /api/portfolio/{portfolio_id}/assets": {
    json: { timestamp: ROW.timestamp, asset_id: "bitcoin", quantity: "1" },
  },
  "POST /api/portfolio/{portfolio_id}/transactions": { json: ROW },
  "PUT /api/portfolio/{portfolio_id}/transactions/{transaction_id}": { json: { quantity: "9" } },
  "POST /api/portfolio/{portfolio_id}/import": { body: LEDGER_CSV },
  "PUT /api/watchlist/{watchlist_id}": { json: { name: "Mine now" } },
  "POST /api/watchlist/{watchlist_id}/items": { json: { asset: "bitcoin" } },
};

/** Routes that name nobody's rows: they answer each owner with its own. */
const UNNAMED: readonly string[] = [
  "GET /api/portfolio",
  "POST /api/portfolio",
  "GET /api/portfolio/import/formats",
  "POST /portfolio/holdings/import",
  "GET /api/watchlist",
  "POST /api/watchlist",
];

/** Every route of portfolios and watchlists, as the mount table has them. */
function ownedRoutes(
  { market, jobs, ops, clock, log, portfolio }: ApiHarness,
): readonly { readonly method: Method; readonly path: string; readonly route: string }[] {
  const health = new HealthService({ clock, versions: {}, probes: [], capabilities: {} });
  const analytics = new AnalyticsService({ market });
  const risk = new RiskService({ market, clock });
  const changes = { current: () => 0, subscribe: () => () => {} };
  return mountTable({
    ...{ market, analytics, risk, health, jobs, ops, clock, changes, log, portfolio, version: "1" },
  }).filter(({ path }) =>
    /^\/(api\/)?(portfolio|watchlist)/.test(path) || /\{(portfolio|watchlist)_id\}/.test(path)
  )
    .map(({ method, path }) => ({ method, path, route: `${method} ${path}` }));
}

/** A portfolio and a watchlist of Ann's, with something of every kind in them. */
async function annsThings(harness: ApiHarness): Promise<Ids> {
  const base = await makePortfolio(harness, "ann");
  const imported = await ask(harness, ["POST", `${base}/import`], {
    owner: "ann",
    body: LEDGER_CSV,
  });
  const rows = await ask(harness, ["GET", `${base}/transactions?order=oldest`], { owner: "ann" });
  const entered = await ask(harness, ["POST", `${base}/transactions`], { owner: "ann", json: ROW });
  const removed_id = entered.data.transaction.id;
  await ask(harness, ["DELETE", `${base}/transactions/${removed_id}`], { owner: "ann" });
  const list = await ask(harness, ["POST", "/api/watchlist"], {
    owner: "ann",
    json: { name: "Later", assets: ["bitcoin"] },
  });
  const portfolio_id = base.split("/").at(-1) ?? "";
  const task = await harness.jobStore.enqueue({
    name: "import_ledger",
    key: `import_ledger ${portfolio_id}`,
    payload: { owner_id: "ann", portfolio_id },
    maxAttempts: 1,
    timeoutMs: 1_000,
  });
  return {
    portfolio_id,
    transaction_id: rows.data[0].id,
    removed_id,
    import_id: imported.data.import_id,
    watchlist_id: list.data.watchlist_id,
    asset_id: "bitcoin",
    task_id: task.id,
    figure: "nav",
  };
}

function pathFor(path: string, ids: Ids): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? NOBODY);
}

/** All that Ann can see, to tell whether something of it changed. */
async function annsView(harness: ApiHarness, ids: Ids): Promise<string> {
  const texts = [];
  for (const path of ["", "/transactions", "/removed", "/imports", "/lots"]) {
    const at = `/api/portfolio/${ids.portfolio_id}${path}`;
    texts.push(JSON.stringify((await ask(harness, ["GET", at], { owner: "ann" })).data));
  }
  texts.push(
    JSON.stringify((await ask(harness, ["GET", "/api/watchlist"], { owner: "ann" })).data),
  );
  return texts.join("\n");
}

Deno.test("somebody else's rows are answered like missing ones, on every route", async () => {
  await using harness = await openPricedApi();
  const ids = await annsThings(harness);
  const before = await annsView(harness, ids);
  const named = ownedRoutes(harness).filter(({ route }) => !UNNAMED.includes(route));
  assert(named.length >= 25, "the mount table has the routes of portfolios");
  for (const { method, path, route } of named) {
    assert(/\{(portfolio|watchlist)_id\}/.test(path), `${route} names what it is of`);
    const send = (ids: Ids) =>
      harness.send(method, pathFor(path, ids), { owner: "bob", ...BODIES[route] });
    const foreign = await send(ids);
    const body = await foreign.text();
    assertEquals([route, foreign.status], [route, 404]);
    const missing = await send({ asset_id: "bitcoin", figure: "nav" });
    // Word for word but for the ids that the asker named.
    assertEquals(withoutIds(body), withoutIds(await missing.text()), route);
  }
  assertEquals(await annsView(harness, ids), before);
});

Deno.test("every route that names rows answers their owner", async () => {
  await using harness = await openPricedApi();
  for (const { method, path, route } of ownedRoutes(harness)) {
    if (UNNAMED.includes(route)) continue;
    const ids = await annsThings(harness);
    // A row that an import brought can be changed, or the import undone, but not both.
    const response = await harness.send(method, pathFor(path, ids), {
      owner: "ann",
      ...BODIES[route],
    });
    const text = await response.text();
    assert([200, 201].includes(response.status), `${route}: ${response.status} ${text}`);
  }
});

Deno.test("lists hold what is the asker's own, and nothing of others", async () => {
  await using harness = await openPricedApi();
  await annsThings(harness);
  for (const path of ["/api/portfolio", "/api/portfolio?deleted=true", "/api/watchlist"]) {
    assertEquals((await ask(harness, ["GET", path], { owner: "bob" })).data, []);
    assertEquals((await ask(harness, ["GET", path], { owner: "ann" })).data.length, 1);
  }
  const imported = await ask(harness, ["POST", "/portfolio/holdings/import"], {
    owner: "bob",
    body: LEDGER_CSV,
  });
  assertEquals([imported.status, imported.data.accepted], [200, 7]);
  const [own] = (await ask(harness, ["GET", "/api/portfolio"], { owner: "bob" })).data;
  assertEquals([own.name, own.ledger_version], ["Portfolio", 1]);
});

Deno.test("the import of somebody else's file is no task of mine", async () => {
  await using harness = await openPricedApi();
  const { task_id } = await annsThings(harness);
  const path = `/api/tasks/${task_id}`;
  assertEquals((await ask(harness, ["GET", path], { owner: "bob" })).status, 404);
  assertEquals((await ask(harness, ["GET", path], { owner: "ann" })).status, 200);
  assertEquals((await ask(harness, ["GET", "/api/tasks"], { owner: "bob" })).data, []);
  assertEquals((await ask(harness, ["GET", "/api/tasks"], { owner: "ann" })).data.length, 1);
});

function withoutIds(text: string): string {
  return text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID");
}
