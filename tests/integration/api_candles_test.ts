import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { DAY_MS, HOUR_MS } from "@/services/kernel/time.ts";
import { dailyCandles, NOW, openTestApi } from "@/tests/integration/api_harness.ts";

const FIRST_DAY = Date.UTC(2021, 0, 1);

Deno.test("GET /assets/{id}/candles answers the stored candles of the days asked for", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles([100, 110, 120, 130, 140, 150]) });
  const response = await harness.get(
    "/assets/BTC/candles?interval=1d&start=2021-01-02&end=2021-01-05",
  );
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("link"), null);
  const rows = await response.json();
  assertEquals(rows.map(({ c }: { c: number }) => c), [110, 120, 130, 140]);
  assertEquals(rows[0], {
    t: FIRST_DAY + DAY_MS,
    o: 109,
    h: 112,
    l: 107,
    c: 110,
    v: 10,
    v_unit: "asset",
    resolution: "1d",
    asof: "2021-01-03T00:00:00Z",
    source: "daily_cmc",
    state: "final",
  });
});

Deno.test("GET /assets/{id}/candles gives dollars as v where units are unknown", async () => {
  await using harness = await openTestApi();
  await harness.write({
    candles: [
      { openTime: FIRST_DAY, close: 5, volumeUsd: 1000, marketCapUsd: 9e9 },
      { openTime: FIRST_DAY + DAY_MS, close: 6 },
    ],
  });
  const [first, second] = await (await harness.get("/assets/bitcoin/candles")).json();
  assertEquals(
    [first.v, first.v_unit, first.v_usd, first.market_cap_usd],
    [1000, "usd", 1000, 9e9],
  );
  assertEquals([second.v, second.v_unit], [null, null]);
});

Deno.test("GET /assets/{id}/candles derives days from hours and counts absent ones", async () => {
  await using harness = await openTestApi();
  const hours = Array.from({ length: 24 }, (_, at) => at).filter((at) => at !== 5);
  await harness.write({
    source: "hourly",
    interval: "1h",
    candles: hours.map((at) => ({ openTime: FIRST_DAY + at * HOUR_MS, close: at, volume: 1 })),
  });
  const [day] = await (await harness.get("/assets/bitcoin/candles?interval=1d")).json();
  assertEquals(
    [day.t, day.o, day.h, day.l, day.c, day.v, day.derived_from, day.parts_missing],
    [FIRST_DAY, 0, 23, 0, 23, 23, "1h", 1],
  );
});

Deno.test("GET /assets/{id}/candles leads page by page through everything once", async () => {
  await using harness = await openTestApi();
  const closes = Array.from({ length: 25 }, (_, at) => 100 + at);
  await harness.write({ candles: dailyCandles(closes) });
  let path: string | undefined = "/assets/bitcoin/candles?start=2021-01-01&limit=10";
  const seen: number[] = [];
  const sizes: number[] = [];
  while (path) {
    const response: Response = await harness.get(path);
    const rows = await response.json();
    sizes.push(rows.length);
    seen.push(...rows.map(({ c }: { c: number }) => c));
    path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
  }
  assertEquals(sizes, [10, 10, 5]);
  assertEquals(seen, closes);
});

Deno.test("GET /assets/{id}/candles pages through derived candles too", async () => {
  await using harness = await openTestApi();
  const candles = Array.from({ length: 96 }, (_, at) => ({
    openTime: FIRST_DAY + at * HOUR_MS,
    close: at,
    volume: 1,
  }));
  await harness.write({ interval: "1h", candles });
  const first = await harness.get("/assets/bitcoin/candles?interval=4h&start=2021-01-01&limit=20");
  const next = /<([^>]+)>/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  const rows = [...await first.json(), ...await (await harness.get(next)).json()];
  assertEquals(
    rows.map(({ c }: { c: number }) => c),
    [...Array(24).keys()].map((at) => 4 * at + 3),
  );
});

Deno.test("GET /assets/{id}/candles answers at most 5,000 points", async () => {
  await using harness = await openTestApi();
  const candles = Array.from({ length: 5001 }, (_, at) => ({
    openTime: FIRST_DAY + at * HOUR_MS,
    close: 1,
  }));
  await harness.write({ interval: "1h", candles });
  const first = await harness.get("/assets/bitcoin/candles?interval=1h&start=2021-01-01");
  assertEquals((await first.json()).length, 5000);
  assertMatch(first.headers.get("link") ?? "", new RegExp(`start=${FIRST_DAY + 5000 * HOUR_MS}`));
  const newest = await (await harness.get("/assets/bitcoin/candles?interval=1h")).json();
  assertEquals([newest.length, newest[0].t], [5000, FIRST_DAY + HOUR_MS]);
});

Deno.test("GET /assets/{id}/candles says that an open bucket is provisional and as of when", async () => {
  await using harness = await openTestApi();
  harness.clock.advance(6 * HOUR_MS);
  await harness.write({ candles: [{ openTime: NOW, close: 1, state: "provisional" }] });
  const [candle] = await (await harness.get("/assets/bitcoin/candles")).json();
  assertEquals([candle.state, candle.asof], ["provisional", "2026-01-01T06:00:00Z"]);
});

Deno.test("GET /assets/{id}/candles answers from one source, or from the one asked for", async () => {
  await using harness = await openTestApi();
  await harness.write({ source: "short", candles: dailyCandles([1, 2]) });
  await harness.write({ source: "long", candles: dailyCandles([3, 4, 5]) });
  const sources = async (query: string) => {
    const rows = await (await harness.get(`/assets/bitcoin/candles?${query}`)).json();
    return rows.map(({ source, c }: { source: string; c: number }) => `${source} ${c}`);
  };
  assertEquals(await sources("start=2021-01-01"), ["long 3", "long 4", "long 5"]);
  assertEquals(await sources("start=2021-01-01&source=short"), ["short 1", "short 2"]);
  const unknown = await harness.get("/assets/bitcoin/candles?source=other");
  assertEquals(unknown.status, 404);
  assertEquals((await unknown.json()).error.details.sources, ["long", "short"]);
});

Deno.test("GET /assets/{id}/candles answers an empty list for an asset without candles", async () => {
  await using harness = await openTestApi();
  const response = await harness.get("/assets/ethereum/candles");
  assertEquals([response.status, await response.text()], [200, "[]"]);
});

Deno.test("GET /assets/{id}/candles tells unknown and ambiguous assets apart", async () => {
  await using harness = await openTestApi();
  const unknown = await harness.get("/assets/nonesuch/candles");
  assertEquals(unknown.status, 404);
  assertEquals((await unknown.json()).error.code, "RESOURCE_NOT_FOUND");
  const ambiguous = await harness.get("/assets/UNI/candles");
  assertEquals(ambiguous.status, 409);
  const { error } = await ambiguous.json();
  assertEquals(
    error.details.candidates.map(({ id }: { id: string }) => id).sort(),
    ["unicorn-token", "uniswap"],
  );
});

const wrong = [
  "interval=2d",
  "start=yesterday",
  "end=2021-02-30",
  "start=2021-02-01&end=2021-01-01",
  "limit=0",
  "limit=5001",
  "limit=1e3",
  "limit=",
  "interval=1d&interval=1h",
  `source=${"x".repeat(81)}`,
];
for (const query of wrong) {
  Deno.test(`GET /assets/{id}/candles refuses ${query.slice(0, 40)}`, async () => {
    await using harness = await openTestApi();
    const response = await harness.get(`/assets/bitcoin/candles?${query}`);
    assertEquals(response.status, 422);
    const { success, error } = await response.json();
    assertEquals([success, error.code], [false, "VALIDATION_FAILED"]);
    assert(error.details.fields.length > 0);
  });
}

Deno.test("GET /assets/{id}/candles answers 304 until a candle changes", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles([1, 2, 3]) });
  const first = await harness.get("/assets/bitcoin/candles");
  const etag = first.headers.get("etag") ?? "";
  assertMatch(etag, /^W\/"[^"]+"$/);
  assertEquals(first.headers.get("cache-control"), "public, max-age=1");
  const again = await harness.get("/assets/bitcoin/candles", { "if-none-match": etag });
  assertEquals([again.status, await again.text()], [304, ""]);
  assertEquals(again.headers.get("etag"), etag);
  harness.clock.advance(1);
  await harness.write({ candles: dailyCandles([1, 2, 4]) });
  const changed = await harness.get("/assets/bitcoin/candles", { "if-none-match": etag });
  assertEquals(changed.status, 200);
  assertEquals((await changed.json()).at(-1).c, 4);
});
