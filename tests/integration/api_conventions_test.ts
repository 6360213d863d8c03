import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { dailyCandles, openTestApi } from "@/tests/integration/api_harness.ts";

const JSON_TYPE = "application/json";

Deno.test("createApi() claims data and leaves pages alone", async () => {
  await using harness = await openTestApi();
  const claimed = ["/api", "/api/", "/api/none", "/assets/bitcoin/candles", "/health", "/healthz"];
  const left = ["/", "/assets/bitcoin", "/assets/a/b/candles", "/apis", "/docs", "/health/x"];
  for (const path of [...claimed, "/capabilities", "/openapi.json"]) {
    assert(harness.api.claims(path), path);
  }
  for (const path of left) assert(!harness.api.claims(path), path);
});

Deno.test("an unknown address under /api answers 404 in the standard shape", async () => {
  await using harness = await openTestApi();
  const response = await harness.get("/api/nonesuch");
  assertEquals([response.status, response.headers.get("content-type")], [404, JSON_TYPE]);
  assertEquals(response.headers.get("cache-control"), "no-store");
  const { success, error } = await response.json();
  assertEquals([success, error.code], [false, "RESOURCE_NOT_FOUND"]);
});

Deno.test("a method other than GET and HEAD answers 405 and names the allowed ones", async () => {
  await using harness = await openTestApi();
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const response = await harness.api.fetch(
      new Request("http://localhost/api/market/overview", { method }),
    );
    assertEquals([response.status, response.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    assertEquals((await response.json()).error.code, "METHOD_NOT_ALLOWED");
  }
  const request = new Request("http://localhost/health", { method: "OPTIONS" });
  const options = await harness.api.fetch(request);
  assertEquals([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
});

Deno.test("HEAD answers the headers of GET without a body, from the cache too", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles([1, 2]) });
  const url = "http://localhost/assets/bitcoin/candles";
  const get = await harness.api.fetch(new Request(url));
  for (let times = 0; times < 3; times++) {
    const head = await harness.api.fetch(new Request(url, { method: "HEAD" }));
    assertEquals([head.status, await head.text()], [200, ""]);
    assertEquals(head.headers.get("etag"), get.headers.get("etag"));
  }
  const uncached = await harness.api.fetch(new Request(`${url}?limit=1`, { method: "HEAD" }));
  assertEquals([uncached.status, await uncached.text()], [200, ""]);
  assertEquals((await (await harness.get("/assets/bitcoin/candles?limit=1")).json()).length, 1);
  await get.body?.cancel();
});

Deno.test("every answer forbids sniffing, framing and foreign readers", async () => {
  await using harness = await openTestApi();
  for (const path of ["/health", "/api/market/overview", "/api/nonesuch"]) {
    const { headers } = await harness.get(path);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertMatch(headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
    assertEquals(headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("every answer names the request that it was made for, by the proxy's id or an own one", async () => {
  await using harness = await openTestApi();
  const idOf = async (path: string, headers = {}) =>
    (await harness.get(path, headers)).headers.get("x-request-id");
  const proxied = { "x-request-id": "trace-0123456789" };
  assertEquals(await idOf("/api/market/overview", proxied), "trace-0123456789");
  const second = await idOf("/api/market/overview");
  assert(second !== null && second !== "trace-0123456789");
  const replayed = await idOf("/api/market/overview", proxied);
  assert(replayed !== null && replayed !== second && replayed !== "trace-0123456789");
  assertEquals(await idOf("/api/nonesuch", proxied), "trace-0123456789");
  assert(await idOf("/api/nonesuch", { "x-request-id": "<script>" }) !== "<script>");
});

Deno.test("a failure of ours answers 500 with the id that the log has, and nothing else", async () => {
  await using harness = await openTestApi();
  harness.market.listAssets = () => {
    throw new TypeError("secret detail");
  };
  const response = await harness.get("/api/assets");
  const text = await response.text();
  assertEquals(response.status, 500);
  assert(!text.includes("secret"));
  const { error } = JSON.parse(text);
  assertEquals(error.code, "INTERNAL_ERROR");
  assertEquals(error.details.request_id, response.headers.get("x-request-id"));
  const [line] = harness.log.lines;
  assertEquals(line?.fields.request_id, error.details.request_id);
});

Deno.test("an answer asked for again is replayed for a second, until a fact changes", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles([1]) });
  const timestamp = async () => {
    const response = await harness.get("/api/market/price/bitcoin");
    const { data, meta } = await response.json();
    return `${meta.timestamp} ${data.price}`;
  };
  assertEquals(await timestamp(), "2026-01-01T00:00:00Z 1");
  assertEquals(await timestamp(), "2026-01-01T00:00:00Z 1");
  harness.clock.advance(999);
  assertEquals(await timestamp(), "2026-01-01T00:00:00Z 1");
  await harness.write({ candles: dailyCandles([2]) });
  assertEquals(await timestamp(), "2026-01-01T00:00:00.999Z 2");
  harness.clock.advance(1000);
  assertEquals(await timestamp(), "2026-01-01T00:00:01.999Z 2");
});

Deno.test("long answers are compressed for clients that take it", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles(Array.from({ length: 100 }, (_, at) => at + 1)) });
  const path = "/assets/bitcoin/candles";
  const plain = await (await harness.get(path)).text();
  for (let times = 0; times < 3; times++) {
    const response = await harness.get(path, { "accept-encoding": "br, gzip" });
    assertEquals(response.headers.get("content-encoding"), "gzip");
    assertEquals(response.headers.get("vary"), "accept-encoding");
    const body = response.body?.pipeThrough(new DecompressionStream("gzip"));
    assertEquals(await new Response(body).text(), plain);
  }
  const refused = await harness.get(path, { "accept-encoding": "gzip;q=0" });
  assertEquals(refused.headers.get("content-encoding"), null);
  const short = await harness.get("/api/assets?limit=1", { "accept-encoding": "gzip" });
  assertEquals(short.headers.get("content-encoding"), null);
  await Promise.all([refused.body?.cancel(), short.body?.cancel()]);
});

Deno.test("If-None-Match takes lists, weak and strong tags and the star", async () => {
  await using harness = await openTestApi();
  const { headers } = await harness.get("/api/market/overview");
  const etag = headers.get("etag") ?? "";
  const cases: [string, number][] = [
    [etag, 304],
    [etag.replace("W/", ""), 304],
    [`"other", ${etag}`, 304],
    ["*", 304],
    [`"other"`, 200],
    [`"${etag}"`, 200],
  ];
  for (const [tag, status] of cases) {
    const response = await harness.get("/api/market/overview", { "if-none-match": tag });
    assertEquals([tag, response.status], [tag, status]);
    await response.body?.cancel();
  }
});

Deno.test("GET /health says what runs and for how long, degraded while a part fails", async () => {
  let problem: string | null = null;
  const check = () => problem === null ? Promise.resolve() : Promise.reject(new Error(problem));
  await using harness = await openTestApi({ probes: [{ name: "database", check }] });
  harness.clock.advance(90_000);
  const health = async () => await (await harness.get("/health")).json();
  assertEquals(await health(), { status: "ok", versions: { tokenlysis: "1.2.3" }, uptime: 90 });
  assertEquals(await (await harness.get("/healthz")).json(), {
    status: "ready",
    checks: { database: "ok" },
  });
  problem = "disk is gone";
  harness.clock.advance(1_000);
  assertEquals((await health()).status, "degraded");
  const response = await harness.get("/healthz");
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  assertEquals((await response.json()).error.details.checks, { database: "disk is gone" });
});

Deno.test("GET /capabilities says what is on and why the rest is not", async () => {
  await using harness = await openTestApi();
  const capabilities = await (await harness.get("/capabilities")).json();
  assertEquals(capabilities.candles, { enabled: true, reason: null });
  assertEquals(capabilities.network, { enabled: false, reason: "TOKENLYSIS_NETWORK is off" });
  assertEquals([capabilities.kv.enabled, capabilities.cron.enabled], [true, false]);
  assertEquals([capabilities.news.enabled, capabilities.eth_gas.enabled], [false, false]);
});
