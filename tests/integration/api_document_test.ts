import fc from "fast-check";
import { mountTable } from "@/routes/(_api)/mod.ts";
import type { Endpoint } from "@/routes/(_api)/endpoint.ts";
import type { Json, JsonObject } from "@/routes/(_api)/openapi.ts";
import { STREAMS } from "@/routes/(_api)/stream_document.ts";
import { AnalyticsService, RiskService } from "@/services/analytics/mod.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { HealthService } from "@/services/ops/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { type ApiHarness, dailyCandles, openTestApi } from "@/tests/integration/api_harness.ts";
import { sampleDays, samplePool } from "@/tests/unit/defi/pool_sample.ts";

/** They stand beside the routes, and are tested with the streams. */
const STREAM_PATHS = STREAMS.map(({ path }) => path);
const TASK_ID = uuidOfMoment(0, "a task");

/** One honest request for each route; the test below fails for a route without. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "/assets/{asset_id}/candles": "/assets/bitcoin/candles?interval=1w",
  "/assets/{asset_id}/metrics": "/assets/bitcoin/metrics?period=90d",
  "/api/assets": "/api/assets?limit=2",
  "/api/assets/{asset_id}": "/api/assets/bitcoin",
  "/api/market/price/{coin_id}": "/api/market/price/bitcoin",
  "/api/market/prices": "/api/market/prices?coins=bitcoin,ethereum",
  "/api/market/overview": "/api/market/overview?sparkline=true",
  "/api/market/chart/{coin_id}": "/api/market/chart/bitcoin?indicators=macd:12-26-9,rsi:14",
  "/api/analytics/indicators/{coin_id}":
    "/api/analytics/indicators/bitcoin?names=sma:5,bb:20-2,atr:14",
  "/api/analytics/moving-average/{coin_id}": "/api/analytics/moving-average/bitcoin",
  "/api/analytics/volatility/{coin_id}": "/api/analytics/volatility/bitcoin?period=7d",
  "/api/analytics/risk/{coin_id}": "/api/analytics/risk/bitcoin?period=90d",
  "/api/analytics/risk": "/api/analytics/risk?coins=bitcoin,ethereum&risk_free=0.04",
  "/api/analytics/drawdown/{coin_id}": "/api/analytics/drawdown/bitcoin",
  "/api/analytics/correlation": "/api/analytics/correlation?coin_1=bitcoin&coin_2=ethereum",
  "/api/analytics/correlation/rolling":
    "/api/analytics/correlation/rolling?coin_1=bitcoin&coin_2=BTC",
  "/api/analytics/correlation/matrix": "/api/analytics/correlation/matrix?coins=bitcoin,ethereum",
  "/api/analytics/compare": "/api/analytics/compare?coins=bitcoin,ethereum&start=2021-02-01",
  "/api/scores": "/api/scores?asof=2025-12-30&theme=defi&sort=market",
  "/api/scores/methods": "/api/scores/methods",
  "/api/scores/changes": "/api/scores/changes",
  "/api/scores/honesty": "/api/scores/honesty",
  "/api/scores/{asset_id}": "/api/scores/bitcoin",
  "/api/explain/{figure}/{asset_id}": "/api/explain/volume_24h/bitcoin",
  "/health": "/health",
  "/healthz": "/healthz",
  "/capabilities": "/capabilities",
  "/api/pools": "/api/pools?sort=tvl_usd",
  "/api/pools/{pool_id}": "/api/pools/aave-v3-ethereum-0xusdc",
  "/api/pools/{pool_id}/explain/{figure}":
    "/api/pools/aave-v3-ethereum-0xusdc/explain/kink_distance",
  "/api/simulations/autopilot": "/api/simulations/autopilot?max_weight=0.5",
  "/api/simulations/autopilot/explain/decision/{number}":
    "/api/simulations/autopilot/explain/decision/1",
  "/api/simulations/autopilot/explain/{figure}": "/api/simulations/autopilot/explain/gain",
  "/api/simulations/autopilot/run": "/api/simulations/autopilot/run?max_weight=0.5",
  "/api/onchain/eth/gas": "/api/onchain/eth/gas",
  "/api/onchain/btc/mempool": "/api/onchain/btc/mempool",
  "/onchain/eth/gas": "/onchain/eth/gas",
  "/onchain/btc/mempool": "/onchain/btc/mempool",
  "/api/tasks": "/api/tasks?limit=1",
  "/api/tasks/{task_id}": `/api/tasks/${TASK_ID}`,
  "/api/ops/overview": "/api/ops/overview",
  "/api/ops/pools": "/api/ops/pools?limit=5",
  "/api/ops/providers": "/api/ops/providers",
  "/api/ops/streams": "/api/ops/streams",
  "/api/ops/coverage": "/api/ops/coverage",
  "/api/ops/jobs": "/api/ops/jobs?state=queued",
  "/api/ops/logs": "/api/ops/logs?level=info",
  "/api/ops/fx": "/api/ops/fx",
  "/api/ops/held": "/api/ops/held",
  "/api/ops/audit": "/api/ops/audit",
};

async function filledHarness(): Promise<ApiHarness> {
  const harness = await openTestApi();
  const closes = Array.from({ length: 120 }, (_, at) => 100 + at);
  await harness.write({ candles: dailyCandles(closes) });
  const task = { name: "count", key: "count", maxAttempts: 1, timeoutMs: 1_000 };
  await harness.jobStore.enqueue({ ...task, id: TASK_ID });
  await harness.ops.setBreaker("binance", { actor: "owner", state: "open" });
  return harness;
}

function endpointsOf(
  { market, jobs, ops, scores, clock, log, poolParts, gauges }: ApiHarness,
): readonly Endpoint[] {
  const analytics = new AnalyticsService({ market });
  const risk = new RiskService({ market, clock });
  const health = new HealthService({ clock, versions: {}, probes: [], capabilities: {} });
  const changes = { current: () => 0, subscribe: () => () => {} };
  const recalculate = () => Promise.reject(new Error("Nothing is queued"));
  const scoring = { scores, recalculate };
  return mountTable({
    ...{ market, analytics, risk, health, jobs, ops, scoring, clock, changes, log, version: "1" },
    ...{ poolParts, gauges },
  });
}

Deno.test("every route answers what its schema says, field by field", async () => {
  await using harness = await filledHarness();
  await harness.poolStore.upsertPools([samplePool()]);
  await harness.poolStore.recordSnapshots(sampleDays([{}, {}, {}]));
  for (const { method, path, response: schema, isBare } of endpointsOf(harness)) {
    // The controls are walked through where their audit entries are.
    if (method === "POST") continue;
    const example = EXAMPLES[path];
    assert(example, `No example request for ${path}`);
    const response = await harness.get(example);
    const body = await response.json();
    assertEquals([path, response.status], [path, 200]);
    const data = isBare ? body : body.data;
    // Parsing drops what the schema does not name, so equality finds undocumented fields.
    assertEquals(schema.parse(data), data, path);
    if (!isBare) assertEquals([body.success, typeof body.meta.timestamp], [true, "string"]);
  }
});

Deno.test("GET /openapi.json describes every route as OpenAPI 3.1", async () => {
  await using harness = await openTestApi();
  const document = await (await harness.get("/openapi.json")).json();
  assertEquals(document.openapi, "3.1.0");
  // What has an owner is walked through where the owners are.
  const reading = Object.keys(document.paths)
    .filter((path) =>
      document.paths[path].get && !/^\/api\/(stream\/)?(portfolio|watchlist)/.test(path)
    );
  assertEquals(reading.sort(), [...Object.keys(EXAMPLES), ...STREAM_PATHS, "/openapi.json"].sort());
  assertEquals(document, JSON.parse(JSON.stringify(harness.api.describe())));
  const { parameters } = document.paths["/assets/{asset_id}/candles"].get;
  const limit = parameters.find(({ name }: { name: string }) => name === "limit");
  assertEquals(limit.schema, { type: "integer", minimum: 1, maximum: 5000, default: 5000 });
  const operations = Object.values(document.paths as Record<string, JsonObject>)
    .flatMap((methods) => Object.values(methods) as readonly JsonObject[]);
  const ids = operations.map(({ operationId }) => operationId);
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("GET /openapi.json refers to components that it has", async () => {
  await using harness = await openTestApi();
  const text = JSON.stringify(harness.api.describe());
  const { components } = JSON.parse(text);
  for (const [, name = ""] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
    assert(name.startsWith("#/components/schemas/"), name);
    assert(Object.hasOwn(components.schemas, name.slice(21)), name);
  }
});

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly enum?: readonly Json[] };
}

/** Texts that have broken parsers before, and some that mean something here. */
const AWKWARD = [
  ...["", " ", "0", "-1", "1e9", "NaN", "null", "undefined", "true", "[]", "{}", "%00", "\0"],
  ...["__proto__", "constructor", "toString", "../..", "'; DROP TABLE candles;--", "<script>"],
  ...["9007199254740993", "8640000000000001", "-8640000000000000", "0x10", "１", "ß", "\ud800"],
  ...["2021-01-01", "2021-13-01", "2021-01-01T00:00:00+14:00", "0000-01-01", "9999-12-31"],
  ...["bitcoin", "BTC", "UNI", "binance:BTC", "ethereum:0x00", "sma:20", "sma:5000", "macd:2-1-1"],
  ...["bb:20-2.5", "ema:5000@first", "bb:20-2.5.upper", "rsi:14,,rsi:14", "price", "change_24h"],
  ...["1w", "1m", "all", "desc", "market_cap", "YnRj", "bitcoin,ethereum", "demo", "daily_cmc"],
];

function valueFor({ schema }: Parameter): fc.Arbitrary<string> {
  const allowed = (schema.enum ?? []).map(String);
  return fc.oneof(
    fc.constantFrom(...AWKWARD, ...allowed),
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.integer().map(String),
    fc.string({ minLength: 2_001, maxLength: 2_100 }),
  );
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function requestFor(path: string, parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const inPath = parameters.filter((one) => one.in === "path");
  const inQuery = parameters.filter((one) => one.in === "query");
  const segments = fc.tuple(
    ...inPath.map((one) =>
      fc.oneof({ weight: 2, arbitrary: fc.constant("bitcoin") }, valueFor(one)).map(encode)
    ),
  );
  const pairs = fc.tuple(...inQuery.map((one) =>
    fc.array(valueFor(one), { maxLength: 2 })
      .map((values) => values.map((value) => `${one.name}=${encode(value)}`))
  ));
  const junk = fc.constantFrom("", "&", "&=", "&%", "&%zz=%", "&unknown=1", "&&a[b]=c");
  return fc.tuple(segments, pairs, junk).map(([values, query, tail]) => {
    const filled = inPath.reduce(
      (text, { name }, at) => text.replace(`{${name}}`, () => values[at] || "bitcoin"),
      path,
    );
    return `${filled}?${query.flat().join("&")}${tail}`;
  });
}

Deno.test("no text in any parameter of any route makes a 500 or breaks the envelope", async () => {
  await using harness = await filledHarness();
  const { paths } = JSON.parse(JSON.stringify(harness.api.describe()));
  for (const path of Object.keys(paths)) {
    if (paths[path].get === undefined || STREAM_PATHS.includes(path)) continue;
    const { parameters, responses } = paths[path].get;
    const property = fc.asyncProperty(requestFor(path, parameters), async (url) => {
      const response = await harness.get(url);
      const text = await response.text();
      // A name with an encoded slash or a dot segment may lead to another route or to none.
      const isDocumented = Object.hasOwn(responses, response.status) || response.status === 404;
      assert(isDocumented && response.status !== 500, `${response.status} for ${url}: ${text}`);
      const body = JSON.parse(text);
      if (response.status === 200) return;
      assertEquals(body.success, false);
      assert(typeof body.error.code === "string" && typeof body.error.message === "string");
    });
    await fc.assert(property, { numRuns: 120 });
  }
  assertEquals(harness.log.lines, []);
});
