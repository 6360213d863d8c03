import { assertEquals } from "@/tests/assert.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId, AssetQuote } from "@/services/market/mod.ts";
import { holdingsOf, positionsOf } from "@/services/portfolio/holdings.ts";
import { matchLots } from "@/services/portfolio/lots.ts";
import { ledger, type RowCase } from "./performance/ledger.ts";

/** A quote of now, as far as positions read it. */
function quoteAt(priceUsd: number): AssetQuote {
  const provenance = { source: "test", resolution: "1m", asof: utcMsOf(0), isDemo: false };
  const change24h = { value: null, reason: "No price of 24 hours before" };
  return {
    ...{ assetId: "bitcoin" as AssetId, symbol: "BTC", name: "Bitcoin", freshness: "live" },
    ...{ price: { value: priceUsd }, change24h, provenance },
  } as unknown as AssetQuote;
}

function positionOf(rows: readonly RowCase[], priceUsd: number, { rate = 1 } = {}) {
  const { lots } = matchLots(ledger(rows), { rule: { method: "fifo", pools: "account" } });
  const [position] = positionsOf(holdingsOf(lots), {
    quoteOf: () => quoteAt(priceUsd),
    rate,
    whyNoRate: "",
  });
  return position;
}

const products: { quantity: string; priceUsd: number; rate: number; value: string }[] = [
  { quantity: "0.1", priceUsd: 0.2, rate: 1, value: "0.02" },
  { quantity: "3", priceUsd: 1e-7, rate: 1, value: "0.0000003" },
  { quantity: "1000000000000000000000", priceUsd: 0.000123, rate: 1, value: "123000000000000000" },
  { quantity: "0.3", priceUsd: 20_000.1, rate: 0.4, value: "2400.012" },
  // Worked out with exact decimals of another library.
  {
    quantity: "0.000000000000000001",
    priceUsd: 64_123.45,
    rate: 0.853898044573478,
    value: "0.0000000000000547548885663051878591",
  },
];
for (const { quantity, priceUsd, rate, value } of products) {
  Deno.test(`a position of ${quantity} at ${priceUsd}, rate ${rate}, is worth ${value}`, () => {
    const bought: RowCase = ["2025-01-01T12:00:00Z", "BUY", "bitcoin", quantity, "1"];
    assertEquals(positionOf([bought], priceUsd, { rate })?.value, value);
  });
}

Deno.test("a position with units of unknown cost counts the cost that is known", () => {
  const position = positionOf([
    ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "2", "100"],
    ["2025-01-02T12:00:00Z", "TRANSFER_IN", "bitcoin", "3"],
  ], 150);
  // Two units cost 200 and are worth 300; nobody knows what the other three cost.
  assertEquals(
    [position?.valueUsd, position?.costUsd, position?.uncosted],
    ["750", "200", "3"],
  );
  assertEquals([position?.unrealizedUsd, position?.unrealizedRatio], ["100", 0.5]);
});

Deno.test("a position of which no unit has a known cost has no gain", () => {
  const position = positionOf([["2025-01-02T12:00:00Z", "TRANSFER_IN", "bitcoin", "3"]], 150);
  assertEquals([position?.uncosted, position?.unrealizedUsd, position?.unrealizedRatio], [
    ...["3", null, null],
  ]);
});

Deno.test("holdingsOf() counts nothing that left one account and arrived in none", () => {
  const rows: readonly RowCase[] = [
    ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "3", "100"],
    ["2025-01-02T12:00:00Z", "TRANSFER_OUT", "bitcoin", "1"],
  ];
  const position = positionOf(rows, 150);
  assertEquals(
    [position?.quantity, position?.valueUsd, position?.costUsd, position?.unrealizedUsd],
    ["2", "300", "200", "100"],
  );
  // Both sides of a transfer that can't be told to be one would be the same unit twice.
  const arrived: RowCase = ["2025-01-09T12:00:00Z", "TRANSFER_IN", "bitcoin", "1"];
  assertEquals(positionOf([...rows, arrived], 150)?.quantity, "3");
});
