import { ProviderError } from "@/services/kernel/errors.ts";
import type { AssetId } from "@/services/market/assets.ts";
import { parsePrices } from "@/services/providers/coingecko/parse.ts";
import { CoingeckoProvider } from "@/services/providers/coingecko/provider.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeProviderHttp } from "@/tests/fakes/provider_http.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";
import { collect, marketsFrom } from "../market_kit.ts";

const RECORDED = sharedData("rest/coingecko.json");
const SAMPLE = {
  usd: 76_975,
  usd_market_cap: 1_542_226_908_349.8406,
  usd_24h_vol: 29_096_603_418.89408,
  usd_24h_change: -1.4093297098441402,
  last_updated_at: 1_779_092_258,
};

function pathOf(coins: readonly string[]): string {
  return `/simple/price?ids=${coins.join("%2C")}&vs_currencies=usd&include_market_cap=true` +
    "&include_24hr_vol=true&include_24hr_change=true&include_last_updated_at=true&precision=full";
}

Deno.test("parsePrices reads price, time and the figures of the whole market", () => {
  const [quote] = parsePrices({ bitcoin: SAMPLE });
  assert(quote);
  const { asof, change24h, ...figures } = quote;
  assertEquals<number>(asof, 1_779_092_258_000);
  assertClose(change24h, -0.014093297098441402);
  assertEquals(figures, {
    coin: "bitcoin",
    priceUsd: 76_975,
    marketCapUsd: 1_542_226_908_349.8406,
    volume24hUsd: 29_096_603_418.89408,
  });
});

Deno.test("parsePrices takes 0 and absence for a figure that is not known", () => {
  const body = {
    newcoin: { ...SAMPLE, usd_market_cap: 0, usd_24h_vol: null, usd_24h_change: null },
    timeless: { usd: 5 },
    priceless: {},
    euro: { eur: 5, last_updated_at: 1_779_092_258 },
  };
  const [quote, ...others] = parsePrices(body);
  assertEquals(others, []);
  assertEquals([quote?.marketCapUsd, quote?.volume24hUsd, quote?.change24h], [null, null, null]);
});

Deno.test("parsePrices refuses an answer with impossible values", () => {
  const bodies = [
    null,
    [],
    "text",
    { bitcoin: { ...SAMPLE, usd: -1 } },
    { bitcoin: { ...SAMPLE, usd: "76975" } },
    { bitcoin: { ...SAMPLE, usd_market_cap: -1 } },
    { bitcoin: { ...SAMPLE, last_updated_at: 1_779_092_258_000 } },
    { status: { error_code: 429, error_message: "You've exceeded the Rate Limit." }, bitcoin: 5 },
  ];
  for (const body of bodies) {
    assertThrows<ProviderError>(() => parsePrices(body), {
      type: ProviderError,
      pattern: /^Cannot read prices: /,
    });
  }
});

Deno.test("CoingeckoProvider asks for 100 coins a call and gives what it finds", async () => {
  const names = Array.from({ length: 101 }, (_, index) => `coin-${index}`);
  const recordings = {
    [pathOf(names.slice(0, 100))]: {
      body: { "coin-0": SAMPLE, "coin-5": { ...SAMPLE, usd: 2 }, unasked: SAMPLE },
    },
    [pathOf(names.slice(100))]: { body: {} },
  };
  const http = new FakeProviderHttp("coingecko", { recordings, clock: new FakeClock() });
  const markets = marketsFrom(Object.fromEntries(names.map((name) => [name, name])));
  const provider = new CoingeckoProvider({ http, markets });
  const ids = [...names, "unlisted"].map((name) => name as AssetId);
  const quotes = await provider.quotes(ids);
  assertEquals(quotes.map(({ assetId, priceUsd }) => [assetId, priceUsd]), [
    ["coin-0" as AssetId, 76_975],
    ["coin-5" as AssetId, 2],
  ]);
  const [first] = quotes;
  assert(first);
  assertEquals({ ...first.market, asof: Number(first.market.asof) }, {
    source: "coingecko",
    asof: 1_779_092_258_000,
    marketCapUsd: 1_542_226_908_349.8406,
    volume24hUsd: 29_096_603_418.89408,
  });
  assertEquals(http.requests.length, 2);
  assertEquals((await provider.spot(ids.slice(0, 100))).length, 2);
  assertEquals(await collect(provider.ticks()), []);
  assertEquals((await provider.candles()).candles.length, 0);
});

Deno.test({
  name: "parsePrices reads every recorded answer; those in other currencies hold no dollars",
  ignore: RECORDED === null,
  async fn() {
    assert(RECORDED);
    const { samples, recorded, errors } = JSON.parse(await readSharedText(RECORDED));
    const isPrices = ({ endpoint = "", request = "" }) => /simple\/price/.test(endpoint + request);
    const bodies = [...samples, ...recorded].filter(isPrices).map(({ body }) => body);
    assertEquals(bodies.length, 6);
    assertEquals(bodies.flatMap(parsePrices).map(({ coin }) => coin), ["bitcoin"]);
    for (const { body } of errors) assertThrows(() => parsePrices([body]), { type: ProviderError });
  },
});
