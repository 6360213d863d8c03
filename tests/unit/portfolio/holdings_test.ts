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

function positionOf(rows: readonly RowCase[], priceUsd: number) {
  const { lots } = matchLots(ledger(rows), { rule: { method: "fifo", pools: "account" } });
  const [position] = positionsOf(holdingsOf(lots), {
    quoteOf: () => quoteAt(priceUsd),
    rate: 1,
    whyNoRate: "",
  });
  return position;
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
