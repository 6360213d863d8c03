import { AppError } from "@/services/kernel/errors.ts";
import type { Registry } from "@/services/market/assets.ts";
import {
  type Evidence,
  findEvidenceProblems,
  readEvidence,
} from "@/services/market/assets_evidence.ts";
import { loadRegistry } from "@/services/market/assets_load.ts";
import { parseRegistry, problemLine } from "@/services/market/assets_parse.ts";
import { readRegistryShape } from "@/services/market/assets_schema.ts";
import { findRegistryProblems } from "@/services/market/assets_validate.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@/tests/assert.ts";
import {
  aliasRow,
  assetRow,
  chainRow,
  contractRow,
  providerIdRow,
  sampleRegistry,
  supersededBy,
} from "./assets_sample.ts";

const BITCOIN = assetRow("bitcoin", { symbol: "BTC" });
const COIN = assetRow("coin");
const DEPRECATED = { deprecated_in: "1.0.0", deprecation_status: "deprecated" } as const;

const cases: { name: string; tables: Partial<Registry>; expected: string[] }[] = [
  { name: "nothing in a sound registry", tables: {}, expected: [] },
  {
    name: "a key that two rows have",
    tables: { assets: [BITCOIN, BITCOIN] },
    expected: ["assets[1]: expected id to be unique: the same as assets[0]"],
  },
  {
    name: "aliases that differ in case only",
    tables: { asset_aliases: [aliasRow("XBT", "bitcoin"), aliasRow("xbt", "bitcoin")] },
    expected: ["asset_aliases[1]: expected alias to be unique: the same as asset_aliases[0]"],
  },
  {
    name: "every unknown asset, chain and theme at once",
    tables: {
      assets: [assetRow("bitcoin", { native_chain_id: "moon", themes: ["x", "x"] })],
      asset_contracts: [contractRow("none", { chain_id: "moon" })],
      asset_provider_ids: [providerIdRow("none")],
      asset_aliases: [aliasRow("Nil", "none")],
    },
    expected: [
      'assets[0].native_chain_id: expected a known chain: "moon" is none',
      'assets[0].themes: expected a known theme: "x" is none',
      'assets[0].themes: expected a known theme: "x" is none',
      "assets[0].themes: expected each theme once",
      'asset_contracts[0].asset_id: expected a known asset: "none" is none',
      'asset_contracts[0].chain_id: expected a known chain: "moon" is none',
      'asset_provider_ids[0].asset_id: expected a known asset: "none" is none',
      'asset_aliases[0].asset_id: expected a known asset: "none" is none',
    ],
  },
  {
    name: "an address without its EIP-55 case",
    tables: {
      asset_contracts: [
        contractRow("bitcoin", { address: "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed" }),
      ],
    },
    expected: [
      "asset_contracts[0].address: expected EIP-55: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    ],
  },
  {
    name: "EIP-155 numbers off the EVM, missing on it, and twice",
    tables: {
      chains: [
        chainRow("bitcoin", { eip155_id: 7 }),
        chainRow("one", { address_format: "evm" }),
        chainRow("two", { address_format: "evm", eip155_id: 7 }),
      ],
    },
    expected: [
      "chains[0].eip155_id: expected on EVM chains, and only there",
      "chains[1].eip155_id: expected on EVM chains, and only there",
      "chains[2].eip155_id: expected to be unique among active chains: the same as chains[0]",
    ],
  },
  {
    name: "a chain that is called like a provider",
    tables: { chains: [chainRow("bitcoin"), chainRow("binance")] },
    expected: ["chains[1].id: expected no provider's name"],
  },
  {
    name: "two active assets of one provider id, and two ids of one asset",
    tables: {
      assets: [BITCOIN, COIN],
      asset_provider_ids: [
        providerIdRow("bitcoin", { provider_id: "BTC" }),
        providerIdRow("coin", { provider_id: "BTC" }),
        providerIdRow("coin", { provider_id: "COIN" }),
      ],
    },
    expected: [
      "asset_provider_ids[1].provider_id: expected one active asset: asset_provider_ids[0] has it too",
      "asset_provider_ids[2].provider_id: expected one active id per provider: see asset_provider_ids[1]",
    ],
  },
  {
    name: "nothing in a past provider id that another asset has now",
    tables: {
      assets: [BITCOIN, COIN],
      asset_provider_ids: [
        providerIdRow("bitcoin", { provider_id: "BTC" }),
        providerIdRow("coin", { provider_id: "BTC", ...DEPRECATED }),
        providerIdRow("coin", { provider: "coinmarketcap", provider_id: "C" }),
        providerIdRow("bitcoin", { provider: "coinmarketcap", provider_id: "C" }),
      ],
    },
    expected: [],
  },
  {
    name: "a CoinGecko id that is not the asset's",
    tables: { asset_provider_ids: [providerIdRow("bitcoin", { provider: "coingecko" })] },
    expected: [
      "asset_provider_ids[0].provider_id: expected the asset's id \"bitcoin\", which is CoinGecko's",
    ],
  },
  {
    name: "names that another asset's id or symbol hides",
    tables: {
      assets: [BITCOIN, assetRow("coin", { symbol: "BITCOIN" })],
      asset_aliases: [aliasRow("btc", "coin"), aliasRow("Coin", "bitcoin")],
    },
    expected: [
      'assets[1].symbol: expected no other asset\'s id: "bitcoin"',
      'asset_aliases[0].alias: expected no other asset\'s id or symbol: "btc" is one',
      'asset_aliases[1].alias: expected no other asset\'s id or symbol: "Coin" is one',
    ],
  },
  {
    name: "lifecycles that contradict themselves or the version",
    tables: {
      assets: [
        assetRow("bitcoin", { introduced_in: "1.0.1" }),
        assetRow("coin", { deprecated_in: "1.0.0" }),
        assetRow("late", { deprecated_in: "2.0.0", deprecation_status: "deprecated" }),
        assetRow("lost", { deprecated_in: "1.0.0", deprecation_status: "superseded" }),
      ],
    },
    expected: [
      "assets[0].introduced_in: expected at most 1.0.0",
      "assets[1].deprecated_in: expected where the row is not active",
      "assets[2].deprecated_in: expected a version from 1.0.0 to 1.0.0",
      "assets[3].superseded_by: expected where the row is superseded",
    ],
  },
  {
    name: "successors that are unknown or lead in a circle",
    tables: {
      assets: [
        assetRow("bitcoin", supersededBy("gone")),
        assetRow("coin", supersededBy("note")),
        assetRow("note", supersededBy("coin")),
      ],
    },
    expected: [
      'assets[0].superseded_by: expected another row of assets: "gone" is none',
      "assets[1].superseded_by: expected an asset that does not lead back here",
      "assets[2].superseded_by: expected an asset that does not lead back here",
    ],
  },
];
for (const { name, tables, expected } of cases) {
  Deno.test(`findRegistryProblems() finds ${name}`, () => {
    assertEquals(findRegistryProblems(sampleRegistry(tables)).map(problemLine), expected);
  });
}

Deno.test("findRegistryProblems() finds a wrong checksum and says the right one", () => {
  const registry = { ...sampleRegistry(), checksum: "0".repeat(64) };
  assertEquals(findRegistryProblems(registry).map(problemLine), [
    `checksum: expected ${sampleRegistry().checksum}`,
  ]);
});

Deno.test("readRegistryShape() tells all wrong fields at once, with their paths", () => {
  const json = {
    ...sampleRegistry(),
    version: "1.0",
    assets: [{ ...BITCOIN, id: "Bitcoin", decimals: -1, extra: 1 }],
    asset_aliases: [{ ...aliasRow(" X", "bitcoin"), deprecation_status: "gone" }],
  };
  const shape = readRegistryShape(json);
  assert("problems" in shape);
  assertEquals(shape.problems.map(({ path }) => path), [
    "version",
    "assets[0].id",
    "assets[0].decimals",
    "assets[0]",
    "asset_aliases[0].alias",
    "asset_aliases[0].deprecation_status",
  ]);
});

for (const json of [null, [], "x", 1, {}]) {
  Deno.test(`parseRegistry() refuses ${JSON.stringify(json)}`, () => {
    const error = assertThrows(() => parseRegistry(json), { type: AppError });
    assertEquals(error.code, "VALIDATION_FAILED");
  });
}

Deno.test("parseRegistry() gives back a sound registry", () => {
  const registry = sampleRegistry();
  assertEquals(parseRegistry(JSON.parse(JSON.stringify(registry))), registry);
});

const broken: { name: string; text: string; pattern: RegExp }[] = [
  { name: "no JSON", text: "{", pattern: /expected JSON/ },
  { name: "JSON without tables", text: "{}", pattern: /it lacks tables/ },
  {
    name: "a registry that was altered",
    text: JSON.stringify(sampleRegistry()).replace("BTC", "BTX"),
    pattern:
      /its checksum is [0-9a-f]{64}, but it says [0-9a-f]{64}: restore registry\/assets\.json/,
  },
];
for (const { name, text, pattern } of broken) {
  Deno.test(`loadRegistry() refuses ${name} with what to do`, () => {
    assertMatch(assertThrows(() => loadRegistry(text)).message, pattern);
  });
}

const EVIDENCE: Evidence = {
  sources: { list: "npm:list@1.0.0" },
  assets: { bitcoin: ["list"] },
  asset_contracts: {},
  asset_provider_ids: {},
};

Deno.test("findEvidenceProblems() finds rows that no list stands for, and idle evidence", () => {
  const registry = sampleRegistry({
    asset_contracts: [contractRow("bitcoin")],
    asset_provider_ids: [providerIdRow("bitcoin")],
  });
  const evidence = {
    ...EVIDENCE,
    asset_contracts: { "ethereum 0x1": ["list"] },
    asset_provider_ids: { "bitcoin binance BITCOIN": ["rumour"] },
  };
  assertEquals(findEvidenceProblems(registry, EVIDENCE).length, 2);
  assertEquals(findEvidenceProblems(registry, evidence).map(problemLine), [
    'asset_contracts[0]: expected evidence for "ethereum 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"',
    'evidence.asset_contracts["ethereum 0x1"]: expected a row of asset_contracts with this key',
    'evidence.asset_provider_ids["bitcoin binance BITCOIN"]: expected a name of evidence.sources: "rumour" is none',
  ]);
});

Deno.test("readEvidence() refuses a row without a list", () => {
  const read = readEvidence({ ...EVIDENCE, assets: { bitcoin: [] } });
  assert("problems" in read);
  assertEquals(read.problems.map(({ path }) => path), ["evidence.assets.bitcoin"]);
});
