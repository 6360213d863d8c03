import { HOUR_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { type ApiHarness, dailyCandles, openTestApi } from "./api_harness.ts";

/** Day number 300 of those written. */
const LAST_DAY = "2021-10-27";
const IDS = ["bitcoin", "ethereum", "uniswap", "unicorn-token"];

/** Four assets with three hundred days each, the last one traded by nobody. */
async function filled(): Promise<ApiHarness> {
  const harness = await openTestApi();
  for (const [at, assetId] of IDS.entries()) {
    const closes = Array.from(
      { length: 300 },
      (_, day) => 100 * (1 + at) * (1 + 0.2 * Math.sin(day / (5 + at)) + 0.001 * at * day),
    );
    const volumeUsd = assetId === "unicorn-token" ? 10 : 5e6 * (1 + at);
    const candles = dailyCandles(closes).map((candle) => ({ ...candle, volumeUsd }));
    await harness.write({ assetId, candles });
  }
  return harness;
}

async function read(harness: ApiHarness, path: string) {
  const response = await harness.get(path);
  return { status: response.status, ...await response.json() };
}

Deno.test("GET /api/scores lists the ranked first, then those outside with why", async () => {
  await using harness = await filled();
  const { data, meta } = await read(harness, "/api/scores");
  const ranks = data.map(({ rank }: { rank: number | null }) => rank);
  assertEquals(ranks, [1, 2, 3, null]);
  assertEquals(data[3].asset_id, "unicorn-token");
  assertEquals(data[3].outside, "Median dollar volume 10, 1000000 needed");
  assertEquals([meta.method, meta.universe], ["v1", 3]);
  for (const hash of Object.values(meta.lineage)) assertMatch(String(hash), /^[0-9a-f]{64}$/);
});

const VIEWS: readonly { query: string; expected: readonly string[] }[] = [
  { query: "sort=name&order=desc", expected: ["uniswap", "unicorn-token", "ethereum", "bitcoin"] },
  { query: "theme=defi", expected: ["uniswap"] },
  { query: "search=uni&sort=name", expected: ["unicorn-token", "uniswap"] },
  { query: "search=ETH", expected: ["ethereum"] },
  { query: "sort=name&limit=2", expected: ["bitcoin", "ethereum"] },
  { query: "asof=2001-01-01", expected: [] },
];
for (const { query, expected } of VIEWS) {
  Deno.test(`GET /api/scores?${query} answers ${expected.join(", ") || "nothing"}`, async () => {
    await using harness = await filled();
    const { data } = await read(harness, `/api/scores?${query}`);
    assertEquals(data.map((row: { asset_id: string }) => row.asset_id), [...expected]);
  });
}

Deno.test("GET /api/scores sorts by a pillar, best first", async () => {
  await using harness = await filled();
  const { data } = await read(harness, "/api/scores?sort=liquidity");
  const scores = data.map((row: { pillars: { liquidity: number } }) => row.pillars.liquidity);
  assertEquals(scores, scores.toSorted((a: number, b: number) => b - a));
});

const REFUSED: readonly { path: string; status: number; message: RegExp }[] = [
  { path: "/api/scores?method=luck", status: 422, message: /no such method/ },
  { path: "/api/scores?theme=luck", status: 422, message: /no asset has it/ },
  { path: "/api/scores?sort=luck", status: 422, message: /./ },
  { path: "/api/scores?asof=yesterday", status: 422, message: /./ },
  { path: "/api/scores/nocoin", status: 404, message: /nocoin/ },
  { path: "/api/scores/UNI", status: 409, message: /UNI/ },
  { path: "/api/scores/bitcoin?asof=2001-01-01", status: 404, message: /no score/ },
];
for (const { path, status, message } of REFUSED) {
  Deno.test(`GET ${path} is refused with ${status}`, async () => {
    await using harness = await filled();
    const answer = await read(harness, path);
    assertEquals([answer.status, answer.success], [status, false]);
    assertMatch(answer.error.message, message);
  });
}

Deno.test("GET /api/scores is the same bytes under the same tag until its candles change", async () => {
  await using harness = await filled();
  const first = await harness.get("/api/scores");
  const etag = first.headers.get("etag") ?? "";
  harness.clock.advance(2_000);
  const again = await harness.get("/api/scores", { "if-none-match": etag });
  assertEquals([again.status, await again.text()], [304, ""]);
  await harness.write({ assetId: "ethereum", candles: dailyCandles([1], LAST_DAY) });
  harness.clock.advance(2_000);
  const changed = await harness.get("/api/scores", { "if-none-match": etag });
  assertEquals(changed.status, 200);
  await first.body?.cancel();
  await changed.body?.cancel();
});

Deno.test("POST /api/tasks/recalculate answers 202 with one task for the same inputs", async () => {
  await using harness = await filled();
  const post = async (query = "") => {
    const url = `http://localhost/api/tasks/recalculate${query}`;
    const response = await harness.api.fetch(new Request(url, { method: "POST" }));
    return { status: response.status, headers: response.headers, ...await response.json() };
  };
  const first = await post();
  assertEquals([first.status, first.data.name, first.data.state], [
    202,
    "recalculate_scores",
    "queued",
  ]);
  assertEquals(first.headers.get("location"), `/api/tasks/${first.data.id}`);
  assertEquals((await post()).data.id, first.data.id);
  const other = await post("?asof=2025-11-30");
  assert(other.data.id !== first.data.id);
  await harness.write({ assetId: "ethereum", candles: dailyCandles([1]) });
  harness.clock.advance(HOUR_MS);
  assert((await post()).data.id !== first.data.id);
  const found = await read(harness, `/api/tasks/${first.data.id}`);
  assertEquals([found.status, found.data.state], [200, "queued"]);
});

Deno.test("GET /api/explain takes a score, a pillar and a metric apart as of a day", async () => {
  await using harness = await filled();
  const { data: card } = await read(harness, `/api/scores/bitcoin?asof=${LAST_DAY}`);
  const valueOf = async (figure: string) => {
    const path = `/api/explain/${figure}/bitcoin?asof=${LAST_DAY}`;
    const { data } = await read(harness, path);
    assertEquals([data.figure, data.asset_id], [figure, "bitcoin"]);
    assert(data.rows.length > 0, "the candles behind it are there");
    return data.value;
  };
  assertEquals(await valueOf("score"), card.score);
  assertEquals(await valueOf("score_rank"), card.rank);
  assertEquals(await valueOf("score_coverage"), card.coverage);
  assertEquals(await valueOf("score:risk"), card.pillars.risk);
  const [pillar] = card.explanation.pillars;
  assertEquals(await valueOf(`score:${pillar.metrics[0].id}`), pillar.metrics[0].raw);
});

Deno.test("GET /api/explain refuses a part of a score that its method does not have", async () => {
  await using harness = await filled();
  const { status, error } = await read(harness, "/api/explain/score:colour/bitcoin");
  assertEquals([status, error.code], [404, "RESOURCE_NOT_FOUND"]);
});
