import { mountTable } from "@/routes/(_api)/mod.ts";
import { AnalyticsService, RiskService } from "@/services/analytics/mod.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { HealthService } from "@/services/ops/mod.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { HELD_READING } from "@/tests/fakes/ops.ts";
import {
  type ApiHarness,
  dailyCandles,
  HELD_ID,
  openTestApi,
} from "@/tests/integration/api_harness.ts";

const DEAD_ID = uuidOfMoment(1, "dead");
const WAITING_ID = uuidOfMoment(2, "waiting");
const NOBODY = uuidOfMoment(3, "nobody");
const HELD_READING_PATH =
  `/api/ops/pools/${HELD_READING.reading.poolId}/held/dune/${HELD_READING.reading.ts}`;

async function openOpsApi(): Promise<ApiHarness> {
  const harness = await openTestApi();
  const task = { name: "heal_candles", maxAttempts: 1, timeoutMs: 1_000 };
  await harness.jobStore.enqueue({ ...task, id: DEAD_ID, key: "dead" });
  await harness.jobStore.claim(["heal_candles"], { owner: "worker", leaseMs: 1_000 });
  const lease = { jobId: DEAD_ID, owner: "worker", attempt: 1 };
  await harness.jobStore.fail(lease, { error: "No answer", retryAt: null });
  await harness.jobStore.enqueue({ ...task, id: WAITING_ID, key: "waiting" });
  return harness;
}

async function post({ api }: ApiHarness, path: string, body?: unknown) {
  const headers = { "content-type": "application/json" };
  const init = body === undefined ? {} : { headers, body: JSON.stringify(body) };
  const response = await api.fetch(
    new Request(`http://localhost${path}`, { method: "POST", ...init }),
  );
  assertEquals(response.headers.get("cache-control"), "no-store");
  return { status: response.status, body: await response.json() };
}

interface Control {
  readonly route: string;
  readonly path: string;
  readonly body?: unknown;
  /** Prepares what the control needs. */
  readonly first?: (harness: ApiHarness) => Promise<unknown>;
  readonly audit: readonly [action: string, subject: string];
}

const providers = "/api/ops/providers";

/** One honest use of each control; the test below fails for a control without. */
const CONTROLS: readonly Control[] = [
  {
    route: `${providers}/{name}/thaw`,
    path: `${providers}/binance/thaw`,
    first: ({ ops }) => ops.freezeProvider("binance", { actor: "owner", reason: "terms" }),
    audit: ["provider.thaw", "binance"],
  },
  {
    route: `${providers}/{name}/freeze`,
    path: `${providers}/binance/freeze`,
    body: { reason: "New terms" },
    audit: ["provider.freeze", "binance"],
  },
  {
    route: `${providers}/{name}/open`,
    path: `${providers}/binance/open`,
    audit: ["provider.open_breaker", "binance"],
  },
  {
    route: `${providers}/{name}/close`,
    path: `${providers}/binance/close`,
    first: ({ ops }) => ops.setBreaker("binance", { actor: "owner", state: "open" }),
    audit: ["provider.close_breaker", "binance"],
  },
  ...[
    { act: "retry", id: DEAD_ID },
    { act: "discard", id: DEAD_ID },
    { act: "cancel", id: WAITING_ID },
  ].map(({ act, id }): Control => ({
    route: `/api/ops/jobs/{job_id}/${act}`,
    path: `/api/ops/jobs/${id}/${act}`,
    audit: [`job.${act}`, id],
  })),
  ...["accept", "drop"].map((act): Control => ({
    route: `/api/ops/held/{held_id}/${act}`,
    path: `/api/ops/held/${HELD_ID}/${act}`,
    audit: [`held_price.${act}`, HELD_ID],
  })),
  ...["accept", "discard"].map((act): Control => ({
    route: `/api/ops/pools/{pool_id}/held/{source}/{at}/${act}`,
    path: `${HELD_READING_PATH}/${act}`,
    audit: [`held_reading.${act}`, HELD_READING.reading.poolId],
  })),
  {
    route: "/api/ops/fx/{currency}/use-eod",
    path: "/api/ops/fx/EUR/use-eod",
    audit: ["fx.use_eod", "EUR"],
  },
  {
    route: "/api/ops/backfill",
    path: "/api/ops/backfill",
    body: { asset: "BTC", interval: "1h" },
    audit: ["candles.backfill", "BTC"],
  },
];

Deno.test("every control answers by its schema and writes an audit entry", async () => {
  await using sample = await openTestApi();
  const { market, jobs, ops, clock, log } = sample;
  const health = new HealthService({ clock, versions: {}, probes: [], capabilities: {} });
  const analytics = new AnalyticsService({ market });
  const risk = new RiskService({ market, clock });
  const changes = { current: () => 0, subscribe: () => () => {} };
  const endpoints = mountTable({
    ...{ market, analytics, risk, health, jobs, ops, clock, changes, log },
    version: "1",
  });
  for (const { method, path, response: schema, status } of endpoints) {
    if (method === "GET") continue;
    const control = CONTROLS.find(({ route }) => route === path);
    assert(control, `No example of ${path}`);
    await using harness = await openOpsApi();
    await control.first?.(harness);
    const answer = await post(harness, control.path, control.body);
    assertEquals([path, answer.status], [path, status]);
    assertEquals(schema.parse(answer.body.data), answer.body.data);
    const [entry] = await harness.ops.listAudit({ limit: 1 });
    assert(entry !== undefined);
    assertEquals([entry.action, entry.subject], control.audit);
    assertEquals((entry.details as { outcome: string }).outcome, "done");
  }
});

for (
  const { name, path, body, expected, isAudited = true } of [
    {
      name: "an unknown provider",
      path: `${providers}/kraken/thaw`,
      expected: [404, "RESOURCE_NOT_FOUND"],
    },
    {
      name: "a provider that is not frozen",
      path: `${providers}/binance/thaw`,
      expected: [409, "CONFLICT"],
    },
    {
      name: "an unknown job",
      path: `/api/ops/jobs/${NOBODY}/retry`,
      expected: [404, "RESOURCE_NOT_FOUND"],
    },
    {
      name: "a job that is not dead",
      path: `/api/ops/jobs/${WAITING_ID}/discard`,
      expected: [409, "CONFLICT"],
    },
    {
      name: "an unknown held price",
      path: `/api/ops/held/${NOBODY}/accept`,
      expected: [404, "RESOURCE_NOT_FOUND"],
    },
    {
      name: "an unknown reading of a pool",
      path: `/api/ops/pools/${HELD_READING.reading.poolId}/held/dune/1970-01-02/accept`,
      expected: [404, "RESOURCE_NOT_FOUND"],
    },
    {
      name: "a reading at no time",
      path: `/api/ops/pools/${HELD_READING.reading.poolId}/held/dune/soon/accept`,
      expected: [422, "VALIDATION_FAILED"],
      isAudited: false,
    },
    {
      name: "an id that is none",
      path: "/api/ops/jobs/7/retry",
      expected: [422, "VALIDATION_FAILED"],
      isAudited: false,
    },
    {
      name: "a freeze without a reason",
      path: `${providers}/binance/freeze`,
      body: {},
      expected: [422, "VALIDATION_FAILED"],
      isAudited: false,
    },
    {
      name: "a backfill of intervals that are not stored",
      path: "/api/ops/backfill",
      body: { interval: "4h" },
      expected: [422, "VALIDATION_FAILED"],
      isAudited: false,
    },
  ]
) {
  Deno.test(`the controls refuse ${name}`, async () => {
    await using harness = await openOpsApi();
    const answer = await post(harness, path, body);
    assertEquals([answer.status, answer.body.error.code], expected);
    const [entry] = await harness.ops.listAudit({ limit: 1 });
    const outcome = (entry?.details as { outcome: string } | undefined)?.outcome;
    assertEquals(outcome, isAudited ? "refused" : undefined);
  });
}

Deno.test("a control that fails is written down, and its cause stays inside", async () => {
  await using harness = await openOpsApi();
  harness.jobStore.retry = () => Promise.reject(new Error("disk full"));
  const { status, body } = await post(harness, `/api/ops/jobs/${DEAD_ID}/retry`);
  assertEquals([status, body.error.code], [500, "INTERNAL_ERROR"]);
  const [entry] = await harness.ops.listAudit({ limit: 1 });
  assertEquals(entry?.details, { outcome: "failed", reason: "disk full" });
});

Deno.test("POST /api/ops/backfill without a scope asks for everything", async () => {
  await using harness = await openOpsApi();
  const { status, body } = await post(harness, "/api/ops/backfill", {});
  assertEquals([status, body.data.key], [202, "all all"]);
});

Deno.test("GET /api/ops/audit pages through the entries", async () => {
  await using harness = await openOpsApi();
  for (const state of ["open", "closed", "open"] as const) {
    await harness.ops.setBreaker("binance", { actor: "owner", state });
  }
  const first = await harness.get("/api/ops/audit?limit=2");
  const { data, meta } = await first.json();
  const link = first.headers.get("link") ?? "";
  assertMatch(link, /^<\/api\/ops\/audit\?limit=2&cursor=[0-9a-f-]{36}>; rel="next"$/);
  const second = await (await harness.get(`/api/ops/audit?limit=2&cursor=${meta.next_cursor}`))
    .json();
  const actions = [...data, ...second.data].map(({ action }: { action: string }) => action);
  assertEquals(actions, [
    "provider.open_breaker",
    "provider.close_breaker",
    "provider.open_breaker",
  ]);
  assertEquals(second.meta.next_cursor, null);
});

Deno.test("GET /api/ops/logs filters by level and by trace", async () => {
  await using harness = await openOpsApi();
  harness.operatorsLog.info("Began", { request_id: "request-1" });
  harness.operatorsLog.error("Failed", { request_id: "request-1" });
  harness.operatorsLog.warn("Slow", { request_id: "request-2" });
  const messages = async (query: string) => {
    const { data } = await (await harness.get(`/api/ops/logs?${query}`)).json();
    return data.map(({ message }: { message: string }) => message);
  };
  assertEquals(await messages("level=warn"), ["Slow", "Failed"]);
  assertEquals(await messages("trace=request-1"), ["Failed", "Began"]);
  assertEquals(await messages("limit=1"), ["Slow"]);
});

Deno.test("GET /api/ops/coverage says how much of each series is stored", async () => {
  await using harness = await openOpsApi();
  await harness.write({ candles: dailyCandles([1, 2]) });
  await harness.write({ candles: dailyCandles([5, 6], "2021-01-07") });
  const { data } = await (await harness.get("/api/ops/coverage")).json();
  const shares = { "5m": null, "1h": null, "1d": 0.5 };
  assertEquals(data, [{ asset_id: "bitcoin", symbol: "BTC", shares }]);
});
