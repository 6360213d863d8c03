import { ProviderError } from "@/services/kernel/errors.ts";
import { isUnknownMarket, parseKlines, parseTickers } from "@/services/providers/binance/parse.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";

const RECORDED = sharedData("rest/binance_recorded.json.gz");
const DOCUMENTED = sharedData("rest/binance.json");
const KLINE = [
  1_499_040_000_000,
  "0.01634790",
  "0.80000000",
  "0.01575800",
  "0.01577100",
  "148976.11427815",
  1_499_644_799_999,
  "2434.19055334",
  308,
  "1756.87402397",
  "28.46694368",
  "0",
];

interface Recorded {
  readonly request: string;
  readonly body: unknown;
}

async function recordedBodies(path: string): Promise<readonly unknown[]> {
  assert(RECORDED);
  const { responses }: { responses: readonly Recorded[] } = JSON.parse(
    await readSharedText(RECORDED),
  );
  return responses.filter(({ request }) => request.includes(path)).map(({ body }) => body);
}

Deno.test("parseKlines reads prices, volume and the volume in the quote", () => {
  const [row] = parseKlines([KLINE]);
  assert(row?.kind === "candle");
  assertEquals({ ...row.candle, openTime: Number(row.candle.openTime) }, {
    openTime: 1_499_040_000_000,
    open: 0.0163479,
    high: 0.8,
    low: 0.015758,
    close: 0.015771,
    volume: 148_976.11427815,
    volumeUsd: 2434.19055334,
  });
});

Deno.test("parseKlines keeps the good rows and names what is amiss with each bad one", () => {
  const changed = (at: number, value: unknown) => KLINE.with(at, value as string);
  const rows = parseKlines([
    changed(1, 5),
    changed(2, "NaN"),
    changed(3, "-1"),
    changed(4, "1e999"),
    changed(0, "1499040000000"),
    changed(0, 1_499_040_000_000_000),
    KLINE.slice(0, 5),
    null,
    "row",
    KLINE,
  ]);
  assertEquals(rows.map(({ kind }) => kind), [...Array(9).fill("bad"), "candle"]);
  const first = rows[0];
  assert(first?.kind === "bad");
  assertEquals(first.reason, "1: Invalid input: expected string, received number");
  assertEquals(first.raw, changed(1, 5));
});

Deno.test("parseKlines and parseTickers refuse an answer of another shape", () => {
  for (const body of [null, 5, "text", {}, { code: -1121, msg: "Invalid symbol." }]) {
    for (const parse of [parseKlines, parseTickers]) {
      const error = assertThrows(() => parse(body), {
        type: ProviderError,
        pattern: /^Cannot read/,
      });
      assertEquals(error.provider, "binance");
      assertEquals(error.retryClass, "failover_with_penalty");
    }
  }
});

Deno.test("isUnknownMarket takes only the refusal of a symbol for an absence", () => {
  const cases: readonly [status: number, body: unknown, expected: boolean][] = [
    [400, { code: -1121, msg: "Invalid symbol." }, true],
    [400, { code: -1120, msg: "Invalid interval." }, false],
    [429, { code: -1003, msg: "Too much request weight used" }, false],
    [403, "<HTML>", false],
    [500, { code: -1121 }, false],
    [400, null, false],
  ];
  for (const [status, body, expected] of cases) {
    assertEquals(isUnknownMarket({ status, body }), expected, JSON.stringify(body));
  }
});

Deno.test({
  name: "parseKlines reads every row of every recorded answer",
  ignore: RECORDED === null,
  async fn() {
    const lists = (await recordedBodies("/klines")).filter(Array.isArray);
    assertEquals(lists.length, 22);
    const rows = lists.flatMap(parseKlines);
    assertEquals(rows.length, 4545);
    let quoted = 0;
    for (const row of rows) {
      assert(row.kind === "candle", JSON.stringify(row));
      quoted += row.candle.volumeUsd;
    }
    assertClose(quoted, 856_875_213_329.3876);
  },
});

Deno.test({
  name: "parseTickers reads every recorded answer, of one market and of several",
  ignore: RECORDED === null,
  async fn() {
    const bodies = await recordedBodies("/ticker/24hr");
    const refused = bodies.filter((body) => JSON.stringify(body).includes("-1121"));
    assertEquals(refused.length, 1);
    const tickers = bodies.filter((body) => !refused.includes(body)).flatMap(parseTickers);
    assertEquals(tickers.length, 17);
    const bitcoin = tickers.find(({ price }) => price === 6705.82);
    assertEquals(bitcoin && { ...bitcoin, asof: Number(bitcoin.asof) }, {
      market: "BTCUSDT",
      price: 6705.82,
      asof: 1_586_991_278_494,
    });
  },
});

Deno.test({
  name: "parseKlines and parseTickers read the documented answers",
  ignore: DOCUMENTED === null,
  async fn() {
    assert(DOCUMENTED);
    const { samples }: { samples: readonly { section: string; body: unknown }[] } = JSON.parse(
      await readSharedText(DOCUMENTED),
    );
    const of = (pattern: RegExp) => samples.filter(({ section }) => pattern.test(section));
    const klines = of(/Kline/).flatMap(({ body }) => parseKlines(body));
    assertEquals(klines.map(({ kind }) => kind), ["candle", "candle"]);
    const tickers = of(/^24hr ticker/).flatMap(({ body }) => parseTickers(body));
    assertEquals(tickers.map(({ market, price }) => [market, price]), [
      ["BNBBTC", 4.000002],
      ["BNBBTC", 4.000002],
      ["BNBBTC", 4.000002],
      ["BNBBTC", 4.000002],
      ["LTCBTC", 0.07],
    ]);
  },
});
