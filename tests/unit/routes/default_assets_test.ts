import { defaultAssets } from "@/routes/analytics/(_components)/default_assets.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId, ValuedAsset } from "@/services/market/mod.ts";
import { assertEquals } from "@/tests/assert.ts";

const NOW = Date.UTC(2025, 0, 1);

function asset(symbol: string, fields: Partial<ValuedAsset> & { daysAgo?: number } = {}) {
  const { daysAgo = 0, ...more } = fields;
  return {
    asset: { assetId: symbol.toLowerCase() as AssetId, symbol, name: symbol, themes: [] },
    pricedAt: utcMsOf(NOW - daysAgo * DAY_MS),
    marketValueUsd: 1,
    borrowed: null,
    volume24hUsd: 1,
    ...more,
  };
}

const unvalued = { marketValueUsd: null };
const borrowed = {
  borrowed: { valueUsd: 1, source: "daily_cmc", asof: utcMsOf(Date.UTC(2021, 6, 7)) },
};
const nine = Array.from({ length: 9 }, (_, at) => asset(`A${at}`));

const cases: {
  readonly name: string;
  readonly ranked: readonly ValuedAsset[];
  readonly period?: string;
  readonly asof?: number;
  readonly expected: readonly [symbols: string, reason: string];
}[] = [
  {
    name: "takes the first eight",
    ranked: nine,
    expected: ["A0 A1 A2 A3 A4 A5 A6 A7", "The first 8 of 9 assets, by market value."],
  },
  {
    name: "leaves out what ended before the period",
    ranked: [asset("OLD", { daysAgo: 90 }), asset("BTC"), asset("ETH", { daysAgo: 89 })],
    expected: [
      "BTC ETH",
      "The 2 assets with prices in the 90 d to 1 Jan 2025, by market value. " +
      "Prices of 1 more end before.",
    ],
  },
  {
    name: "counts the period from the as-of that is asked for",
    ranked: [asset("OLD", { daysAgo: 400 }), asset("BTC")],
    asof: NOW - 350 * DAY_MS,
    expected: ["OLD BTC", "The 2 assets, by market value."],
  },
  {
    name: "takes what there is where nothing reaches",
    ranked: [asset("BTC", { daysAgo: 400 })],
    asof: NOW,
    expected: ["BTC", "The 1 asset, by market value."],
  },
  {
    name: "says which market values are of another source",
    ranked: [asset("BTC", borrowed), asset("ETH", borrowed), asset("SOL")],
    expected: [
      "BTC ETH SOL",
      "The 3 assets, by market value. Market value of BTC, ETH: daily_cmc, 7 Jul 2021.",
    ],
  },
  {
    name: "says which are in order by what was traded",
    ranked: [asset("BTC"), asset("XYZ", unvalued)],
    expected: [
      "BTC XYZ",
      "The 2 assets, by market value; XYZ follow by dollars traded in 24 hours.",
    ],
  },
  {
    name: "says when all are",
    ranked: [asset("BTC", unvalued)],
    expected: [
      "BTC",
      "The 1 asset, by dollars traded in 24 hours, as no source gives a market value.",
    ],
  },
  {
    name: "keeps nothing away for a period that is none",
    ranked: [asset("OLD", { daysAgo: 4_000 }), asset("BTC")],
    period: "soon",
    expected: ["OLD BTC", "The 2 assets, by market value."],
  },
];
for (const { name, ranked, period = "90d", asof, expected } of cases) {
  Deno.test(`defaultAssets() ${name}`, () => {
    const end = asof === undefined ? undefined : utcMsOf(asof);
    const { assets, reason } = defaultAssets(ranked, { period, asof: end });
    assertEquals([assets.map(({ symbol }) => symbol).join(" "), reason], expected);
  });
}

Deno.test("defaultAssets() chooses none where nothing is priced", () => {
  assertEquals(defaultAssets([], { period: "90d", asof: undefined }).assets, []);
});
