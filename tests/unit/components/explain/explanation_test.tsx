import { renderToString } from "preact-render-to-string";
import { type ExplainedFigure, Explanation } from "@/components/explain/Explanation.tsx";
import { assert, assertMatch } from "@/tests/assert.ts";

const FIGURE: ExplainedFigure = {
  figure: "price",
  asset: { assetId: "bitcoin", name: "Bitcoin", symbol: "BTC" },
  label: "Price",
  value: 34235.19345,
  unit: "usd",
  reason: null,
  words: "The newest close.",
  formula: "close",
  inputs: [{
    name: "close",
    value: null,
    unit: "usd",
    asof: 0,
    source: "daily_cmc",
    resolution: "1d",
  }],
  rounding: "None.",
  provenance: { source: "demo", resolution: "1d", asof: 0, derivedFrom: "1h", isDemo: true },
  rows: [
    {
      openTime: 0,
      open: 1,
      high: 1e-7,
      low: 1,
      close: 2,
      volume: null,
      volumeUsd: null,
      marketCapUsd: 5,
      state: "final",
    },
  ],
};

Deno.test("Explanation shows value, words, formula, inputs, rounding and rows", () => {
  const html = renderToString(<Explanation figure={FIGURE} />);
  for (const text of ["34,235.19", "The newest close.", "Formula", "daily_cmc", "Rounding"]) {
    assert(html.includes(text), text);
  }
  assertMatch(html, /data-label="Price of Bitcoin"/);
  assertMatch(html, /1d, derived from 1h/);
  assertMatch(html, /data-state="sim"/);
});

Deno.test("Explanation writes raw rows in full digits and drops columns without values", () => {
  const html = renderToString(<Explanation figure={FIGURE} />);
  assert(html.includes("0.0000001"));
  assert(html.includes("Market value"));
  assert(!html.includes("Volume, USD"));
});

Deno.test("Explanation says why there is no value", () => {
  const html = renderToString(
    <Explanation figure={{ ...FIGURE, value: null, reason: "Nothing is stored" }} />,
  );
  assertMatch(html, /Unknown: Nothing is stored\./);
});
