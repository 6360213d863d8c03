import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { DAY_MS, HOUR_MS } from "@/services/kernel/time.ts";
import { dailyCandles, NOW, openTestApi } from "@/tests/integration/api_harness.ts";

/** Ends with the last day of 2025, so that its close is the clock's start. */
function lastDays(closes: readonly number[]) {
  const first = new Date(NOW - closes.length * DAY_MS).toISOString().slice(0, 10);
  return dailyCandles(closes, first);
}

Deno.test("GET /api/market/price/{coin_id} answers price, changes, volume and origin", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: lastDays([80, 90, 95, 96, 97, 98, 99, 100, 110]) });
  const response = await harness.get("/api/market/price/xbt");
  assertEquals(response.status, 200);
  const { success, data, meta } = await response.json();
  assertEquals([success, meta.timestamp], [true, "2026-01-01T00:00:00Z"]);
  assertEquals([data.coin_id, data.symbol, data.price], ["bitcoin", "BTC", 110]);
  assertClose(data.change_24h, 0.1);
  assertClose(data.change_7d, 110 / 90 - 1);
  assertEquals([data.change_30d, data.volume_24h, data.volume_estimated], [null, 1100, true]);
  assertEquals(
    data.reasons.change_30d,
    "daily_cmc has no candle that closes at 2025-12-02T00:00:00Z",
  );
  assertEquals(
    [data.venues, data.source, data.resolution, data.asof],
    [["daily_cmc"], "daily_cmc", "1d", "2026-01-01T00:00:00Z"],
  );
  assertEquals([data.freshness, data.stale, data.demo], ["live", false, false]);
});

Deno.test("GET /api/market/price/{coin_id} is null with the reason where nothing is stored", async () => {
  await using harness = await openTestApi();
  const { data } = await (await harness.get("/api/market/price/ethereum")).json();
  assertEquals(
    [data.price, data.reasons.price, data.freshness, data.stale],
    [null, "No candles of this asset are stored", "missing", true],
  );
});

Deno.test("GET /api/market/price/{coin_id} turns stale by the clock alone, ETag included", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: lastDays([1, 2]) });
  const live = await harness.get("/api/market/price/bitcoin");
  harness.clock.advance(3 * DAY_MS);
  const etag = live.headers.get("etag") ?? "";
  const later = await harness.get("/api/market/price/bitcoin", { "if-none-match": etag });
  assertEquals(later.status, 200);
  assertEquals((await later.json()).data.freshness, "stale");
});

Deno.test("GET /api/market/prices answers in the order asked, repeats once", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: lastDays([1]) });
  const response = await harness.get("/api/market/prices?coins=ethereum,BTC,%20BTC,");
  const { data } = await response.json();
  assertEquals(data.map(({ coin_id }: { coin_id: string }) => coin_id), ["ethereum", "bitcoin"]);
  for (const query of ["", "?coins=", "?coins=,,"]) {
    const { status } = await harness.get(`/api/market/prices${query}`);
    assertEquals(status, 422, query);
  }
  const many = Array.from({ length: 101 }, (_, at) => `coin${at}`).join();
  assertEquals((await harness.get(`/api/market/prices?coins=${many}`)).status, 422);
});

Deno.test("GET /api/market/overview sums up the market", async () => {
  await using harness = await openTestApi();
  await harness.write({
    candles: [
      { openTime: NOW - 2 * DAY_MS, close: 100, volumeUsd: 5 },
      { openTime: NOW - DAY_MS, close: 150, volumeUsd: 7, marketCapUsd: 300 },
    ],
  });
  await harness.write({
    assetId: "ethereum",
    candles: [
      { openTime: NOW - 2 * DAY_MS, close: 10, volumeUsd: 5 },
      { openTime: NOW - DAY_MS, close: 8, volumeUsd: 3, marketCapUsd: 100 },
    ],
  });
  const { data } = await (await harness.get("/api/market/overview?sort=change_24h")).json();
  const ids = (quotes: { asset_id: string }[]) => quotes.map(({ asset_id }) => asset_id);
  assertEquals(ids(data.quotes), ["bitcoin", "ethereum", "unicorn-token", "uniswap"]);
  assertEquals([ids(data.gainers), ids(data.losers)], [["bitcoin"], ["ethereum"]]);
  const { median_change_24h, ...breadth } = data.breadth;
  assertEquals(breadth, { advancing: 1, declining: 1, unchanged: 0, unknown: 2 });
  assertClose(median_change_24h.value, (0.5 - 0.2) / 2);
  assertEquals([data.total_market_cap.value, data.total_volume_24h.value], [400, 10]);
  assertEquals(data.dominance, { bitcoin: 0.75, ethereum: 0.25 });
  assertEquals([data.unpriced, data.sources, data.demo], [2, ["daily_cmc"], false]);
});

Deno.test("GET /api/market/overview filters by theme and refuses unknown ones", async () => {
  await using harness = await openTestApi();
  const defi = await (await harness.get("/api/market/overview?theme=defi&sparkline=true")).json();
  assertEquals(defi.data.quotes.length, 1);
  assertEquals(defi.data.quotes[0].sparkline.length, 90);
  const unknown = await harness.get("/api/market/overview?theme=nonesuch");
  assertEquals(unknown.status, 422);
  assertEquals((await unknown.json()).error.details.candidates, ["defi", "layer-1", "meme"]);
});

Deno.test("GET /api/market/chart/{id} aligns columns and warmed-up indicators", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: lastDays(Array.from({ length: 40 }, (_, at) => at + 1)) });
  const path = "/api/market/chart/bitcoin?range=7d&interval=1d&indicators=sma:20,bb:3-2";
  const { data } = await (await harness.get(path)).json();
  assertEquals(data.c, [34, 35, 36, 37, 38, 39, 40]);
  // The mean of 20 rising whole numbers is their last one less 9.5.
  assertEquals(data.indicators["sma:20"], data.c.map((close: number) => close - 9.5));
  assertEquals(data.indicators["bb:3-2.middle"], data.c.map((close: number) => close - 1));
  assertEquals([data.t.length, data.missing, data.provisional], [7, 0, []]);
  assertEquals(data.window, { from: NOW - 7 * DAY_MS, to: NOW });
  assertEquals(data.available_ranges, ["7d", "1m", "1y", "all"]);
  assertEquals(data.available_intervals, ["1d", "1w"]);
  const unknown = await harness.get("/api/market/chart/bitcoin?indicators=magic:7");
  assertEquals(unknown.status, 422);
});

Deno.test("GET /api/explain/{figure}/{asset_id} gives the value of the quote and its inputs", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: lastDays([100, 110]) });
  const { data } = await (await harness.get("/api/explain/change_24h/BTC")).json();
  assertClose(data.value, 0.1);
  assertEquals([data.asset_id, data.unit], ["bitcoin", "fraction"]);
  assertEquals(
    data.inputs.map(({ name, value, asof }: Record<string, unknown>) => [name, value, asof]),
    [
      ["price", 110, "2026-01-01T00:00:00Z"],
      ["close 24 hours before", 100, "2025-12-31T00:00:00Z"],
    ],
  );
  assertEquals(data.rows.map(({ c }: { c: number }) => c), [100, 110]);
  const sma = await (await harness.get("/api/explain/sma:2/BTC")).json();
  assertEquals([sma.data.value, sma.data.provenance.source], [105, "daily_cmc"]);
  assertEquals((await harness.get("/api/explain/nonesuch/BTC")).status, 404);
});

Deno.test("GET /api/analytics/indicators/{id} aligns every line with t", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: lastDays(Array.from({ length: 30 }, (_, at) => at + 1)) });
  const path = "/api/analytics/indicators/bitcoin?names=sma:3,macd:2-4-3,roc:1";
  const { data } = await (await harness.get(path)).json();
  assertEquals(data.t.length, 30);
  assertEquals(data.series["sma:3"].slice(0, 4), [null, null, 2, 3]);
  assertEquals(data.series["roc:1"].slice(0, 3), [null, 100, 50]);
  const { macd, signal, histogram } = data.series["macd:2-4-3"];
  assertEquals([macd.length, signal.length, histogram.length], [30, 30, 30]);
  // On a straight line an EMA(n) lags by (n - 1) / 2: 1.5 - 0.5.
  assertClose(macd.at(-1), 1);
  assertEquals([data.missing, data.source, data.asof], [0, "daily_cmc", "2026-01-01T00:00:00Z"]);
});

Deno.test("GET /api/analytics/indicators/{id} breaks windows at gaps and counts them", async () => {
  await using harness = await openTestApi();
  const candles = lastDays([1, 2, 3, 4, 5, 6, 7]).filter((_, at) => at !== 3);
  await harness.write({ candles });
  const path = "/api/analytics/indicators/bitcoin?names=sma:2";
  const { data } = await (await harness.get(path)).json();
  assertEquals(data.series["sma:2"], [null, 1.5, 2.5, null, 5.5, 6.5]);
  assertEquals(data.missing, 1);
});

Deno.test("GET /api/analytics/moving-average/{id} does not depend on where the range starts", async () => {
  await using harness = await openTestApi();
  const closes = Array.from({ length: 60 }, (_, at) => 100 + 10 * Math.sin(at));
  await harness.write({ candles: dailyCandles(closes) });
  const values = async (query: string) => {
    const path = `/api/analytics/moving-average/bitcoin?type=ema&period=5&${query}`;
    return (await (await harness.get(path)).json()).data.values as number[];
  };
  const all = await values("");
  const tail = await values("start=2021-02-20");
  assert(tail.length === 10);
  tail.forEach((value, at) => assertClose(value, all.slice(-10)[at] ?? NaN));
});

Deno.test("GET /api/analytics/indicators/{id} names what it can't read", async () => {
  await using harness = await openTestApi();
  const cases = ["", "?names=", "?names=sma", "?names=sma:0", "?names=macd:26-12-9"];
  for (const query of cases) {
    const response = await harness.get(`/api/analytics/indicators/bitcoin${query}`);
    assertEquals([query, response.status], [query, 422]);
  }
});

Deno.test("GET /api/assets pages through the registry with a cursor", async () => {
  await using harness = await openTestApi();
  const ids: string[] = [];
  let cursor: string | null = "";
  for (let pages = 0; cursor !== null && pages < 9; pages++) {
    const query: string = cursor ? `&cursor=${cursor}` : "";
    const page = await (await harness.get(`/api/assets?limit=3${query}`)).json();
    ids.push(...page.data.map(({ asset_id }: { asset_id: string }) => asset_id));
    cursor = page.meta.next_cursor;
  }
  assertEquals(ids, ["bitcoin", "ethereum", "uniswap", "unicorn-token"]);
  assertEquals((await harness.get("/api/assets?cursor=nonesuch")).status, 422);
  const themed = await (await harness.get("/api/assets?theme=meme")).json();
  assertEquals(themed.data.length, 1);
});

Deno.test("GET /api/assets/{id} lists the stored series", async () => {
  await using harness = await openTestApi();
  const hour = { openTime: NOW - HOUR_MS, close: 1 };
  await harness.write({ candles: lastDays([1, 2, 3]).filter((_, at) => at !== 1) });
  await harness.write({ interval: "1h", source: "spot", candles: [hour] });
  const { data } = await (await harness.get("/api/assets/btc")).json();
  assertEquals([data.asset_id, data.decimals, data.status], ["bitcoin", 8, "active"]);
  const series = data.series.map((one: Record<string, unknown>) =>
    [one.source, one.interval, one.rows, one.missing, one.last_state].join(" ")
  );
  assertEquals(series.sort(), ["daily_cmc 1d 2 1 final", "spot 1h 1 0 final"]);
});

Deno.test("demo data hides behind the first real candle, unless it is wanted or asked for", async () => {
  for (const demoMode of ["auto", "on"] as const) {
    await using harness = await openTestApi({ demoMode });
    await harness.write({ assetId: "ethereum", source: "demo", candles: lastDays([1]) });
    const priceOf = async () =>
      (await (await harness.get("/api/market/price/ethereum")).json()).data;
    assertEquals([(await priceOf()).price, (await priceOf()).demo], [1, true]);
    await harness.write({ candles: lastDays([2]) });
    assertEquals((await priceOf()).price, demoMode === "on" ? 1 : null);
    const forced = await harness.get("/assets/ethereum/candles?source=demo");
    assertEquals((await forced.json())[0].demo, true);
  }
});
