import { Papa } from "@/tests/papaparse.ts";
import { loadRegistry } from "@/services/market/assets_load.ts";
import { AssetRegistry } from "@/services/market/assets_resolve.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";

const registry = loadRegistry(
  Deno.readTextFileSync(new URL("../../../registry/assets.json", import.meta.url)),
);

interface Reserve {
  readonly underlyingAsset: string;
  readonly symbol: string;
  readonly decimals: string;
}

// A source that the registry was not made from: what Aave's own contracts said of its reserves.
const files = [
  { chain: "ethereum", file: "defi/aave_v3_reserves_ethereum.csv.gz", atLeast: 25 },
  { chain: "polygon-pos", file: "defi/aave_v3_reserves_polygon.csv.gz", atLeast: 5 },
];
for (const { chain, file, atLeast } of files) {
  const url = sharedData(file);
  Deno.test({
    name: `registry/assets.json agrees with Aave's reserves on ${chain}`,
    ignore: url === null,
    async fn() {
      assert(url);
      const { data } = Papa.parse<Reserve>(await readSharedText(url), {
        header: true,
        skipEmptyLines: true,
      });
      const reserves = new Map(data.map((row) => [row.underlyingAsset.toLowerCase(), row]));
      const assets = new AssetRegistry(registry);
      const shared = registry.asset_contracts.flatMap(
        ({ chain_id, address, asset_id, decimals }) => {
          const reserve = chain_id === chain ? reserves.get(address.toLowerCase()) : undefined;
          return reserve ? [{ reserve, symbol: assets.find(asset_id)?.symbol, decimals }] : [];
        },
      );
      assert(shared.length >= atLeast, `Only ${shared.length} reserves are in the registry`);
      for (const { reserve, symbol, decimals } of shared) {
        assertEquals([symbol, String(decimals)], [reserve.symbol.toUpperCase(), reserve.decimals]);
      }
    },
  });
}
