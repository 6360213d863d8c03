import fc from "fast-check";
import { AppError } from "@/services/kernel/errors.ts";
import { AssetRegistry } from "@/services/market/assets_resolve.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";
import {
  aliasRow,
  assetRow,
  chainRow,
  contractRow,
  providerIdRow,
  sampleRegistry,
  supersededBy,
} from "./assets_sample.ts";

const WRAPPED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
const SHARED = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";
const MINT = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";

const registry = new AssetRegistry(sampleRegistry({
  chains: [
    chainRow("bitcoin"),
    chainRow("ethereum", { address_format: "evm", eip155_id: 1 }),
    chainRow("base", { address_format: "evm", eip155_id: 8453 }),
    chainRow("solana", { address_format: "base58" }),
  ],
  assets: [
    assetRow("bitcoin", { symbol: "BTC", name: "Bitcoin", native_chain_id: "bitcoin" }),
    assetRow("wrapped-bitcoin", { symbol: "WBTC", name: "Wrapped Bitcoin" }),
    assetRow("iota", { symbol: "IOTA", name: "IOTA" }),
    assetRow("terra-luna", { symbol: "LUNC", name: "Terra Luna Classic" }),
    assetRow("terra-luna-2", { symbol: "LUNA", name: "Terra" }),
    assetRow("old-coin", { symbol: "DUP", name: "Old Coin", ...supersededBy("new-coin") }),
    assetRow("new-coin", { symbol: "DUP", name: "New Coin" }),
    assetRow("twin-one", { symbol: "TWIN", name: "Twin One" }),
    assetRow("twin-two", { symbol: "TWIN", name: "Twin Two" }),
    assetRow("usd-coin", { symbol: "USDC", name: "USDC" }),
    assetRow("dai", { symbol: "DAI", name: "Dai" }),
  ],
  asset_contracts: [
    contractRow("wrapped-bitcoin", { address: WRAPPED }),
    contractRow("dai", { address: SHARED }),
    contractRow("usd-coin", { chain_id: "base", address: SHARED }),
    contractRow("usd-coin", { chain_id: "solana", address: MINT }),
  ],
  asset_provider_ids: [
    providerIdRow("bitcoin", { provider_id: "BTC" }),
    providerIdRow("bitcoin", { provider: "coinbase", provider_id: "BTC" }),
    providerIdRow("iota", { provider: "coinmarketcap", provider_id: "MIOTA" }),
    providerIdRow("terra-luna", { provider_id: "LUNA", ...supersededBy("LUNC") }),
    providerIdRow("terra-luna", { provider_id: "LUNC" }),
    providerIdRow("terra-luna-2", { provider_id: "LUNA" }),
  ],
  asset_aliases: [aliasRow("XBT", "bitcoin"), aliasRow("UST Classic", "dai")],
}));

const cases: { text: string; expected: string; why: string }[] = [
  { text: "bitcoin", expected: "bitcoin", why: "an id" },
  { text: " Bitcoin ", expected: "bitcoin", why: "an id, whatever case and spaces" },
  { text: "btc", expected: "bitcoin", why: "a symbol" },
  { text: "xbt", expected: "bitcoin", why: "an alias" },
  { text: "ust classic", expected: "dai", why: "an alias of two words" },
  { text: "Wrapped Bitcoin", expected: "wrapped-bitcoin", why: "a name" },
  { text: "MIOTA", expected: "iota", why: "a provider's id" },
  { text: "coinmarketcap:miota", expected: "iota", why: "a provider's id behind its provider" },
  { text: "BTCUSDT", expected: "bitcoin", why: "an exchange's pair" },
  { text: "btc-usd", expected: "bitcoin", why: "a pair with a dash" },
  { text: "XBT/EUR", expected: "bitcoin", why: "a pair with a slash, its base an alias" },
  { text: "WBTC_BTC", expected: "wrapped-bitcoin", why: "a pair quoted in bitcoin" },
  { text: "USDCUSDT", expected: "usd-coin", why: "a pair of two quotes" },
  { text: "WBTC", expected: "wrapped-bitcoin", why: "a symbol that ends like a quote" },
  { text: "LUNA", expected: "terra-luna-2", why: "a symbol, before another's past id" },
  { text: "LUNAUSDT", expected: "terra-luna-2", why: "the active one of two with that pair" },
  { text: "DUP", expected: "new-coin", why: "the only active one of two with that symbol" },
  { text: "old-coin", expected: "old-coin", why: "an id of a superseded asset" },
  { text: WRAPPED, expected: "wrapped-bitcoin", why: "an address" },
  { text: WRAPPED.toLowerCase(), expected: "wrapped-bitcoin", why: "an EVM address in any case" },
  { text: `ETHEREUM:${WRAPPED}`, expected: "wrapped-bitcoin", why: "an address behind its chain" },
  { text: `base:${SHARED}`, expected: "usd-coin", why: "an address that two chains have" },
  { text: `solana:${MINT}`, expected: "usd-coin", why: "an address off the EVM" },
];
for (const { text, expected, why } of cases) {
  Deno.test(`AssetRegistry resolve() reads "${text}" as ${why}`, () => {
    assertEquals(registry.resolve(text).id as string, expected);
  });
}

function refusal(text: string): { code: string; candidates: unknown } {
  const error = assertThrows(() => registry.resolve(text), { type: AppError });
  const candidates = error.details?.candidates;
  assert(Array.isArray(candidates));
  return { code: error.code, candidates: candidates.map(({ id }) => id) };
}

const refusals: { text: string; code: string; candidates: string[] }[] = [
  { text: "TWIN", code: "CONFLICT", candidates: ["twin-one", "twin-two"] },
  { text: SHARED, code: "CONFLICT", candidates: ["dai", "usd-coin"] },
  { text: "bitcion", code: "RESOURCE_NOT_FOUND", candidates: ["bitcoin"] },
  { text: "twinn", code: "RESOURCE_NOT_FOUND", candidates: ["twin-one", "twin-two"] },
  { text: "qqqqqqqq", code: "RESOURCE_NOT_FOUND", candidates: [] },
  { text: "", code: "RESOURCE_NOT_FOUND", candidates: [] },
  { text: MINT.toLowerCase(), code: "RESOURCE_NOT_FOUND", candidates: [] },
  { text: "x".repeat(10_000), code: "RESOURCE_NOT_FOUND", candidates: [] },
];
for (const { text, code, candidates } of refusals) {
  Deno.test(`AssetRegistry resolve() refuses "${text.slice(0, 12)}" with ${code}`, () => {
    assertEquals(refusal(text), { code, candidates });
  });
}

Deno.test("AssetRegistry find() takes exact ids only", () => {
  assertEquals(registry.find("bitcoin")?.symbol, "BTC");
  assertEquals(registry.find("BTC"), null);
});

Deno.test("AssetRegistry findByProviderId() prefers the asset in use", () => {
  assertEquals(registry.findByProviderId("binance", "LUNA")?.id as string, "terra-luna-2");
  assertEquals(registry.findByProviderId("coinbase", "LUNA"), null);
});

Deno.test("AssetRegistry gives each asset its active provider ids", () => {
  assertEquals(registry.find("terra-luna")?.providerIds, { binance: "LUNC" });
});

Deno.test("AssetRegistry resolve() answers or refuses any text, in reasonable time", () => {
  fc.assert(fc.property(fc.string({ maxLength: 200, unit: "grapheme" }), (text) => {
    try {
      assert(registry.find(registry.resolve(text).id));
    } catch (error) {
      assert(error instanceof AppError, `${error}`);
    }
  }));
});
