import type { AssetId } from "@/services/market/assets.ts";
import { loadRegistry } from "@/services/market/assets_load.ts";
import { AssetRegistry } from "@/services/market/assets_resolve.ts";
import { marketsOf, OUTSIDE_PROVIDERS } from "@/services/providers/mod.ts";
import { assertEquals } from "@/tests/assert.ts";

const { assets } = new AssetRegistry(
  loadRegistry(Deno.readTextFileSync(new URL("../../../registry/assets.json", import.meta.url))),
);

Deno.test("marketsOf names the dollar market of an asset at each source, and back", () => {
  const cases = [
    ["binance", "bitcoin", "BTCUSDT"],
    ["coinbase", "bitcoin", "BTC-USD"],
    ["coingecko", "bitcoin", "bitcoin"],
    ["coinbase", "tether", "USDT-USD"],
    // Nobody quotes Tether in itself.
    ["binance", "tether", null],
    ["binance", "no-such-asset", null],
  ] as const;
  for (const [provider, assetId, market] of cases) {
    const { marketName } = OUTSIDE_PROVIDERS[provider];
    const markets = marketsOf(assets, { provider, marketName });
    assertEquals(markets.marketOf(assetId as AssetId), market);
    if (market !== null) assertEquals<string | null>(markets.assetOf(market), assetId);
    assertEquals(markets.assetOf("NOSUCHMARKET"), null);
  }
});

Deno.test("OUTSIDE_PROVIDERS have a protocol of their own name where they stream", () => {
  const venues = Object.entries(OUTSIDE_PROVIDERS).map(([name, { protocol }]) =>
    [name, protocol?.({ urls: [] }).venue ?? null] as const
  );
  assertEquals(venues, [["binance", "binance"], ["coinbase", "coinbase"], ["coingecko", null]]);
});
