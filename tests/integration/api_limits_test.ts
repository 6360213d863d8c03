import type { Monitoring } from "@/routes/(_api)/mod.ts";
import { PromMetrics } from "@/services/platform/metrics/prom_metrics.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { type ApiHarness, dailyCandles, openTestApi } from "@/tests/integration/api_harness.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { parseOpenMetrics } from "@/tests/openmetrics.ts";

const STRANGER = { remoteAddr: { hostname: "203.0.113.7" } };
const OWNER = { remoteAddr: { hostname: "127.0.0.1" } };

function ask(
  { api }: ApiHarness,
  path: string,
  { info = STRANGER, headers = {} }: {
    readonly info?: typeof STRANGER;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
) {
  return Promise.resolve(api.fetch(new Request(`http://localhost${path}`, { headers }), info));
}

function rateHeaders({ headers }: Response): readonly (string | null)[] {
  return ["policy", "limit", "remaining", "reset"].map((name) => headers.get(`ratelimit-${name}`));
}

Deno.test("strangers are told their limit and refused beyond it, replays included", async () => {
  await using harness = await openTestApi({ rateLimits: "auto" });
  const path = "/openapi.json";
  for (let left = 99; left >= 0; left--) {
    const response = await ask(harness, path);
    await response.body?.cancel();
    assertEquals([response.status, response.headers.get("ratelimit-remaining")], [200, `${left}`]);
  }
  const refused = await ask(harness, path);
  assertEquals(refused.status, 429);
  assertEquals(rateHeaders(refused), ["100;w=60", "100", "0", "60"]);
  assertEquals(refused.headers.get("retry-after"), "1");
  const { success, error } = await refused.json();
  assertEquals([success, error.code], [false, "RATE_LIMITED"]);
  // Data has a limit of its own.
  assertEquals(rateHeaders(await ask(harness, "/api/market/overview")), [
    "1000;w=60",
    "1000",
    "999",
    "1",
  ]);
});

Deno.test("the owner's own machine is told the policy and not limited", async () => {
  await using harness = await openTestApi({ rateLimits: "auto" });
  for (let at = 0; at < 150; at++) {
    const response = await ask(harness, "/openapi.json", { info: OWNER });
    await response.body?.cancel();
    assertEquals([response.status, ...rateHeaders(response)], [200, "100;w=60", null, null, null]);
  }
});

Deno.test("clients behind a trusted proxy of this machine are limited each by itself", async () => {
  await using harness = await openTestApi({ rateLimits: "auto", trustedProxies: ["127.0.0.1"] });
  const by = (client: string) =>
    ask(harness, "/health", { info: OWNER, headers: { "x-forwarded-for": client } });
  const left = async (client: string) => (await by(client)).headers.get("ratelimit-remaining");
  assertEquals([await left("203.0.113.7"), await left("203.0.113.7")], ["99", "98"]);
  assertEquals(await left("203.0.113.8"), "99");
  for (let at = 0; at < 98; at++) await by("203.0.113.7");
  assertEquals((await by("203.0.113.7")).status, 429);
  assertEquals((await by("203.0.113.8")).status, 200);
  const own = await ask(harness, "/health", { info: OWNER });
  assertEquals(own.headers.get("ratelimit-remaining"), null);
});

Deno.test("a header alone makes nobody another client", async () => {
  await using harness = await openTestApi({ rateLimits: "auto", trustedProxies: ["10.0.0.1"] });
  for (const client of ["198.51.100.1", "127.0.0.1"]) {
    await ask(harness, "/health", { headers: { "x-forwarded-for": client } });
  }
  const response = await ask(harness, "/health");
  assertEquals(response.headers.get("ratelimit-remaining"), "97");
});

Deno.test("a request that becomes a page is not counted", async () => {
  await using harness = await openTestApi({ rateLimits: "on" });
  assertEquals(harness.api.handle(new Request("http://localhost/ops"), STRANGER), null);
  const response = await ask(harness, "/health");
  assertEquals(response.headers.get("ratelimit-remaining"), "99");
});

async function openMonitored(): Promise<ApiHarness & { readonly metrics: PromMetrics }> {
  const metrics = new PromMetrics({ clock: new FakeClock() });
  let now = 0;
  const monitoring: Monitoring = {
    metrics,
    scrape: (format) => metrics.scrape(format),
    // Each look is two milliseconds later.
    stopwatch: () => now += 2,
  };
  const harness = await openTestApi({ monitoring });
  return { ...harness, metrics };
}

Deno.test("GET /metrics counts requests by route, replays, refusals and unknown addresses", async () => {
  await using harness = await openMonitored();
  await harness.write({ candles: dailyCandles([1, 2, 3]) });
  const paths = [
    ...["/api/market/price/bitcoin", "/api/market/price/bitcoin", "/api/market/price/bitcoin"],
    ...["/api/market/price/nothing", "/api/nothing", "/health"],
  ];
  for (const path of paths) await (await harness.get(path)).body?.cancel();
  const accept = "application/openmetrics-text; version=1.0.0";
  const response = await harness.get("/metrics", { accept });
  assertEquals(
    response.headers.get("content-type"),
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
  );
  const families = parseOpenMetrics(await response.text());
  const requests = families.get("tokenlysis_http_requests")?.samples ?? [];
  const count = (route: string, status: string) =>
    requests.find(({ labels }) => labels.route === route && labels.status === status)?.value;
  assertEquals(count("/api/market/price/{coin_id}", "2xx"), 3);
  assertEquals(count("/api/market/price/{coin_id}", "4xx"), 1);
  assertEquals(count("none", "4xx"), 1);
  assertEquals(count("/health", "2xx"), 1);
  const seconds = families.get("tokenlysis_http_request_seconds")?.samples ?? [];
  const total = seconds.find(({ name, labels }) =>
    name.endsWith("_count") && labels.route === "/api/market/price/{coin_id}"
  );
  assertEquals(total?.value, 4);
  const cached = families.get("tokenlysis_front_cache_bytes")?.samples[0]?.value;
  assert(cached !== undefined && cached > 0);
});

Deno.test("GET /metrics leads from a bucket to the request whose log lines tell more", async () => {
  await using harness = await openMonitored();
  const response = await harness.get("/health");
  const named = await harness.get("/healthz", { "x-request-id": "from-the-proxy-1" });
  const accept = "application/openmetrics-text";
  const text = await (await harness.get("/metrics", { accept })).text();
  const samples = parseOpenMetrics(text).get("tokenlysis_http_request_seconds")?.samples ?? [];
  const traces = samples.flatMap(({ exemplar, labels }) =>
    exemplar ? [`${labels.route} ${labels.le} ${exemplar.value} ${exemplar.labels.trace_id}`] : []
  );
  assertEquals(traces, [
    `/health 0.0025 0.002 ${response.headers.get("x-request-id")}`,
    "/healthz 0.0025 0.002 from-the-proxy-1",
  ]);
  assertEquals(named.headers.get("x-request-id"), "from-the-proxy-1");
});

Deno.test("GET /metrics is the older text for everybody else, and never kept", async () => {
  await using harness = await openMonitored();
  const response = await harness.get("/metrics");
  assertEquals(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertMatch(await response.text(), /^# TYPE tokenlysis_http_requests_total counter$/m);
});

Deno.test("without monitoring there is no /metrics", async () => {
  await using harness = await openTestApi();
  assertEquals(harness.api.claims("/metrics"), false);
});
