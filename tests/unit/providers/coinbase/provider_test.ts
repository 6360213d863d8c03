import { ProviderError } from "@/services/kernel/errors.ts";
import type { AssetId } from "@/services/market/assets.ts";
import { candleAt } from "@/services/market/candle.ts";
import { parseCandles, parseTicker } from "@/services/providers/coinbase/parse.ts";
import { CoinbaseProvider } from "@/services/providers/coinbase/provider.ts";
import { assertEquals, assertRejects, assertThrows } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeProviderHttp, type ProviderRecording } from "@/tests/fakes/provider_http.ts";
import { collect, marketsFrom, rangeOf, SilentStream } from "../market_kit.ts";

const BITCOIN = "bitcoin" as AssetId;
const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;
const NOT_FOUND: ProviderRecording = { status: 404, body: { message: "NotFound" } };

function build(recordings: Readonly<Record<string, ProviderRecording>>) {
  const clock = new FakeClock(NOON);
  const http = new FakeProviderHttp("coinbase", { recordings, clock });
  const stream = new SilentStream();
  const markets = marketsFrom({ bitcoin: "BTC-USD", ethereum: "ETH-USD" });
  return { provider: new CoinbaseProvider({ http, markets, clock, stream }), http, stream };
}

/** Both ends are included: `last` is the start of the last bucket. */
function candlesPath(granularity: number, from: number, last: number): string {
  const iso = (at: number) => new Date(at).toISOString().replace(".000Z", "Z");
  const query = new URLSearchParams({
    granularity: `${granularity}`,
    start: iso(from),
    end: iso(last),
  });
  return `/products/BTC-USD/candles?${query}`;
}

function row(openTime: number, volume = 3): number[] {
  return [openTime / 1000, 99, 110, 100, 105, volume];
}

Deno.test("CoinbaseProvider reads candles newest first, low before high", async () => {
  const from = NOON - 2 * HOUR;
  const { provider, http } = build({
    [candlesPath(3600, from, NOON)]: { body: [row(NOON), row(from, 0)] },
  });
  const { candles, quarantined } = await provider.candles(BITCOIN, {
    interval: "1h",
    range: rangeOf(from, NOON + HOUR),
  });
  assertEquals(quarantined, []);
  assertEquals([...candles.openTime], [from, NOON]);
  const { openTime: _, ...values } = candleAt(candles, 1);
  assertEquals(values, {
    open: 100,
    high: 110,
    low: 99,
    close: 105,
    volume: 3,
    volumeUsd: null,
    marketCapUsd: null,
    state: "provisional",
  });
  assertEquals(candleAt(candles, 0).state, "final");
  assertEquals(http.requests.map(({ key }) => key), [`candles/BTC-USD/3600/${from}`]);
});

Deno.test("CoinbaseProvider asks for at most 300 buckets a call", async () => {
  const from = NOON - 700 * HOUR;
  const pages = [0, 300, 600].map((at) =>
    candlesPath(3600, from + at * HOUR, from + (Math.min(at + 300, 700) - 1) * HOUR)
  );
  const { provider, http } = build(
    Object.fromEntries(
      pages.map((path, index) =>
        [path, { body: [row(from + (index * 300 + 50) * HOUR)] }] as const
      ),
    ),
  );
  const { candles } = await provider.candles(BITCOIN, {
    interval: "1h",
    range: rangeOf(from, NOON),
  });
  assertEquals(http.requests.map(({ path }) => path), pages);
  assertEquals([...candles.openTime], [50, 350, 650].map((at) => from + at * HOUR));
});

Deno.test("CoinbaseProvider quarantines rows that are no candle", async () => {
  const from = NOON - 4 * HOUR;
  const { provider } = build({
    [candlesPath(3600, from, NOON - HOUR)]: {
      body: [row(from), row(from + HOUR).with(1, 111), row(from + 2 * HOUR).with(4, -1), [1], null],
    },
  });
  const { candles, quarantined } = await provider.candles(BITCOIN, {
    interval: "1h",
    range: rangeOf(from, NOON),
  });
  assertEquals(candles.length, 1);
  assertEquals(quarantined.map(({ line }) => line), [2, 3, 4, 5]);
  assertEquals(quarantined.slice(0, 2).map(({ reason }) => reason), [
    "high 110 is below low 111",
    "close -1 is not above zero",
  ]);
});

Deno.test("CoinbaseProvider gives nothing for intervals, assets and products that are not", async () => {
  const from = NOON - HOUR;
  const { provider, http } = build({ [candlesPath(3600, from, from)]: NOT_FOUND });
  const range = rangeOf(from, NOON);
  for (
    const [assetId, interval] of [
      [BITCOIN, "4h"],
      [BITCOIN, "1w"],
      ["tether" as AssetId, "1h"],
      [BITCOIN, "1h"],
    ] as const
  ) assertEquals((await provider.candles(assetId, { interval, range })).candles.length, 0);
  assertEquals(http.requests.length, 1);
});

Deno.test("CoinbaseProvider takes last trades, and leaves out what Coinbase does not know", async () => {
  const { provider, stream } = build({
    "/products/BTC-USD/ticker": {
      body: { trade_id: 86_326_522, price: "6268.48", time: "2020-03-20T00:22:57.833897Z" },
    },
    "/products/ETH-USD/ticker": NOT_FOUND,
  });
  const prices = await provider.spot([BITCOIN, "tether" as AssetId, "ethereum" as AssetId]);
  assertEquals(prices.map((price) => ({ ...price, asof: Number(price.asof) })), [
    { assetId: BITCOIN, priceUsd: 6268.48, asof: 1_584_663_777_833, source: "coinbase" },
  ]);
  assertEquals(await collect(provider.ticks([BITCOIN], new AbortController().signal)), []);
  assertEquals(stream.asked, [[BITCOIN]]);
});

Deno.test("CoinbaseProvider passes on what the gate refuses", async () => {
  const refusal = new ProviderError("coinbase", "next_provider", "The breaker is open");
  const { provider } = build({ "/products/BTC-USD/ticker": refusal });
  await assertRejects(() => provider.spot([BITCOIN]), { type: ProviderError, pattern: /breaker/ });
});

Deno.test("parseCandles and parseTicker refuse an answer of another shape", () => {
  for (const body of [null, 5, {}, { message: "NotFound" }, { price: "1", time: "noon" }]) {
    for (const parse of [parseCandles, parseTicker]) {
      assertThrows<ProviderError>(() => parse(body), { type: ProviderError });
    }
  }
});
