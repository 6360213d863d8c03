import fc from "fast-check";
import { PromMetrics } from "@/services/platform/metrics/prom_metrics.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { parseOpenMetrics, type ScrapedSample } from "@/tests/openmetrics.ts";

const REQUESTS = { name: "test_requests_total", help: "Requests", labels: ["route", "status"] };
const SECONDS = { name: "test_seconds", help: "Seconds", labels: ["route"], buckets: [0.1, 1] };

async function scraped(metrics: PromMetrics, name: string): Promise<readonly ScrapedSample[]> {
  return parseOpenMetrics(await metrics.scrape("openmetrics")).get(name)?.samples ?? [];
}

Deno.test("PromMetrics writes counters, gauges and histograms as OpenMetrics", async () => {
  const metrics = new PromMetrics({ clock: new FakeClock() });
  const requests = metrics.counter(REQUESTS);
  requests.add(1, { route: "/a", status: "2xx" });
  requests.add(2, { status: "2xx", route: "/a" });
  metrics.gauge({ name: "test_open", help: "Open" }).set(7);
  const seconds = metrics.histogram(SECONDS);
  for (const value of [0.05, 0.1, 0.5, 3]) seconds.observe(value, { route: "/a" });
  assertEquals(await scraped(metrics, "test_requests"), [
    { name: "test_requests_total", labels: { route: "/a", status: "2xx" }, value: 3 },
  ]);
  assertEquals(await scraped(metrics, "test_open"), [{ name: "test_open", labels: {}, value: 7 }]);
  assertEquals(
    (await scraped(metrics, "test_seconds")).map(({ name, labels, value }) =>
      `${name} ${labels.le ?? ""} ${value}`
    ),
    [
      "test_seconds_bucket 0.1 2",
      "test_seconds_bucket 1 3",
      "test_seconds_bucket +Inf 4",
      "test_seconds_sum  3.65",
      "test_seconds_count  4",
    ],
  );
});

Deno.test("PromMetrics writes the older text, where counters have their suffix in the type", async () => {
  const metrics = new PromMetrics({ clock: new FakeClock() });
  metrics.counter(REQUESTS).add(1, { route: "/a", status: "2xx" });
  const text = await metrics.scrape("prometheus");
  assertMatch(text, /^# TYPE test_requests_total counter$/m);
  assertMatch(text, /^test_requests_total\{route="\/a",status="2xx"\} 1$/m);
  assert(!text.includes("# EOF"));
});

Deno.test("PromMetrics tells a metric without labels from the start", async () => {
  const metrics = new PromMetrics({ clock: new FakeClock() });
  metrics.counter({ name: "test_refusals_total", help: "Refusals" });
  assertEquals((await scraped(metrics, "test_refusals")).map(({ value }) => value), [0]);
});

Deno.test("PromMetrics gives the same metric for the same name, and refuses another kind", () => {
  const metrics = new PromMetrics({ clock: new FakeClock() });
  assertEquals(metrics.counter(REQUESTS), metrics.counter(REQUESTS));
  assertThrows(() => metrics.histogram({ ...REQUESTS, buckets: [1] }), { type: RangeError });
  assertThrows(() => metrics.counter({ name: "test", help: "" }), { type: RangeError });
  assertThrows(() => metrics.gauge({ name: "Test it", help: "" }), { type: RangeError });
  assertThrows(() => metrics.histogram({ ...SECONDS, buckets: [1, 1] }), { type: RangeError });
  assertThrows(() => metrics.counter(REQUESTS).add(-1), { type: RangeError });
});

Deno.test("PromMetrics asks before each scrape, and goes on where a part does not answer", async () => {
  const metrics = new PromMetrics({ clock: new FakeClock() });
  const open = metrics.gauge({ name: "test_open", help: "Open" });
  let count = 0;
  metrics.beforeScrape(() => open.set(++count));
  metrics.beforeScrape(() => Promise.reject(new Error("No database")));
  await metrics.scrape("openmetrics");
  assertEquals((await scraped(metrics, "test_open"))[0]?.value, 2);
  assertEquals((await scraped(metrics, "tokenlysis_scrape_problems"))[0]?.value, 1);
});

Deno.test("PromMetrics keeps no more than a thousand series of a metric, and counts the rest", async () => {
  const metrics = new PromMetrics({ clock: new FakeClock() });
  const requests = metrics.counter(REQUESTS);
  for (let at = 0; at < 1_003; at++) requests.add(1, { route: `/${at}`, status: "2xx" });
  assertEquals((await scraped(metrics, "test_requests")).length, 1_000);
  assertEquals((await scraped(metrics, "tokenlysis_metrics_dropped"))[0]?.value, 3);
});

Deno.test("PromMetrics keeps labels apart whatever their text, frozen or not", async () => {
  const text = fc.string({ unit: "grapheme-ascii", maxLength: 6 });
  const labels = fc.record({ route: text, status: text });
  await fc.assert(fc.asyncProperty(fc.array(labels, { maxLength: 20 }), async (all) => {
    const metrics = new PromMetrics({ clock: new FakeClock() });
    const requests = metrics.counter(REQUESTS);
    for (const one of all) {
      requests.add(1, one);
      const frozen = Object.freeze({ ...one });
      requests.add(1, frozen);
      requests.add(1, frozen);
    }
    const samples = await scraped(metrics, "test_requests");
    const distinct = new Set(all.map(({ route, status }) => JSON.stringify([route, status])));
    assertEquals(samples.length, distinct.size);
    assertEquals(samples.reduce((sum, { value }) => sum + value, 0), 3 * all.length);
  }));
});

Deno.test("PromMetrics shows with each bucket the last traced value in it, as OpenMetrics alone", async () => {
  const clock = new FakeClock();
  const metrics = new PromMetrics({ clock });
  const seconds = metrics.histogram(SECONDS);
  seconds.observe(0.05, { route: "/a" }, { traceId: "first-request" });
  clock.advance(1_500);
  seconds.observe(0.07, { route: "/a" }, { traceId: "second-request" });
  seconds.observe(0.5, { route: "/a" });
  seconds.observe(0.6, { route: "/a" }, { traceId: null });
  seconds.observe(9, { route: "/a" }, { traceId: "slow-request" });
  const buckets = (await scraped(metrics, "test_seconds")).slice(0, 3);
  const timestamp = Date.UTC(2026, 0, 1) / 1_000 + 1.5;
  assertEquals(buckets.map(({ exemplar }) => exemplar ?? null), [
    { labels: { trace_id: "second-request" }, value: 0.07, timestamp },
    null,
    { labels: { trace_id: "slow-request" }, value: 9, timestamp },
  ]);
  assert(!(await metrics.scrape("prometheus")).includes("trace_id"));
});

Deno.test("parseOpenMetrics() refuses exemplars that break the grammar", () => {
  const text = (line: string) =>
    ["# HELP a b", "# TYPE a histogram", line, 'a_bucket{le="+Inf"} 1', "a_sum 1", "a_count 1"]
      .concat("# EOF", "").join("\n");
  const wrong = [
    'a_bucket{le="1"} 1 # {trace_id="x"} 2 1.5',
    'a_bucket{le="1"} 1 # {trace_id="x"} one 1.5',
    `a_bucket{le="1"} 1 # {trace_id="${"x".repeat(121)}"} 1 1.5`,
    'a_sum 1 # {trace_id="x"} 1 1.5',
  ];
  for (const line of wrong) assertThrows(() => parseOpenMetrics(text(line)));
  parseOpenMetrics(text(`a_bucket{le="1"} 1 # {trace_id="${"x".repeat(120)}"} 1 1.5`));
});
