import { findEvidenceProblems, readEvidence } from "@/services/market/assets_evidence.ts";
import { loadRegistry } from "@/services/market/assets_load.ts";
import { parseRegistry, problemLine } from "@/services/market/assets_parse.ts";
import { registryJsonSchema } from "@/services/market/assets_schema.ts";
import { AssetRegistry } from "@/services/market/assets_resolve.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const text = Deno.readTextFileSync(new URL("../../../registry/assets.json", import.meta.url));
const evidenceText = Deno.readTextFileSync(
  new URL("../../../registry/evidence.json", import.meta.url),
);
const shipped = loadRegistry(text);
const registry = new AssetRegistry(shipped);

Deno.test("registry/assets.json holds every rule", () => {
  assertEquals(parseRegistry(JSON.parse(text)), shipped);
});

Deno.test("registry/assets.schema.json is the shape that is checked", () => {
  const file = new URL("../../../registry/assets.schema.json", import.meta.url);
  assertEquals(JSON.parse(Deno.readTextFileSync(file)), { ...registryJsonSchema() });
});

Deno.test("registry/evidence.json stands for every contract and provider id", () => {
  const read = readEvidence(JSON.parse(evidenceText));
  assert("evidence" in read);
  assertEquals(findEvidenceProblems(shipped, read.evidence).map(problemLine), []);
});

Deno.test("registry/assets.json has at least 100 assets, each theme with some", () => {
  assert(registry.assets.length >= 100);
  const used = new Set(registry.assets.flatMap(({ themes }) => themes));
  assertEquals(registry.themes.filter(({ id }) => !used.has(id)), []);
});

const wanted = [
  ...["layer-1", "layer-2", "defi", "exchange", "stablecoin", "wrapped"],
  ...["meme", "oracle", "privacy", "gaming", "ai"],
];
for (const theme of wanted) {
  Deno.test(`registry/assets.json has at least three assets of ${theme}`, () => {
    assert(registry.assets.filter(({ themes }) => themes.includes(theme)).length >= 3);
  });
}

// Names of candle files that people have, and names that changed hands or form.
const names: readonly (readonly [text: string, id: string])[] = [
  ["BTCUSDT", "bitcoin"],
  ["ETHUSDT", "ethereum"],
  ["SOLUSDT", "solana"],
  ["BTC", "bitcoin"],
  ["ETH", "ethereum"],
  ["MIOTA", "iota"],
  ["IOTAUSDT", "iota"],
  ["EOS", "eos"],
  ["AAVE", "aave"],
  ["BNB", "binancecoin"],
  ["DOGE", "dogecoin"],
  ["LINK", "chainlink"],
  ["LTC", "litecoin"],
  ["SOL", "solana"],
  ["USDC", "usd-coin"],
  ["USDT", "tether"],
  ["XLM", "stellar"],
  ["XRP", "ripple"],
  ["ADA", "cardano"],
  ["MATIC", "matic-network"],
  ["POL", "polygon-ecosystem-token"],
  ["LUNA", "terra-luna-2"],
  ["LUNC", "terra-luna"],
  ["UST", "terrausd"],
  ["RNDR", "render-token"],
  ["NANO", "nano"],
  ["XBT", "bitcoin"],
  ["CGLD-USD", "celo"],
  ["ethereum:0xdac17f958d2ee523a2206206994597c13d831ec7", "tether"],
];
for (const [name, id] of names) {
  Deno.test(`registry/assets.json resolves ${name} to ${id}`, () => {
    assertEquals(registry.resolve(name).id as string, id);
  });
}

Deno.test("registry/assets.json resolves every id, symbol, alias, provider id and address", () => {
  for (const { id, symbol } of shipped.assets) {
    assertEquals(registry.resolve(id).id, id);
    assertEquals(registry.resolve(symbol).id, id);
  }
  for (const { alias, asset_id } of shipped.asset_aliases) {
    assertEquals(registry.resolve(alias).id, asset_id);
  }
  for (const { provider, provider_id, asset_id } of shipped.asset_provider_ids) {
    assertEquals(registry.resolve(`${provider}:${provider_id}`).id, asset_id);
  }
  for (const { chain_id, address, asset_id } of shipped.asset_contracts) {
    assertEquals(registry.resolve(`${chain_id}:${address}`).id, asset_id);
  }
});
