import fc from "fast-check";
import type { Registry } from "@/services/market/assets.ts";
import {
  bumpLevel,
  CHANGE_LEVELS,
  diffRegistries,
  highestLevel,
} from "@/services/market/assets_diff.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";
import { anyRegistry } from "./assets_arbitrary.ts";
import {
  aliasRow,
  assetRow,
  chainRow,
  contractRow,
  providerIdRow,
  sampleRegistry,
  supersededBy,
} from "./assets_sample.ts";

const BEFORE: Partial<Registry> = {
  assets: [assetRow("bitcoin"), assetRow("coin", { decimals: null })],
  asset_contracts: [contractRow("coin")],
  asset_provider_ids: [providerIdRow("coin")],
  asset_aliases: [aliasRow("Coin of Old", "coin")],
};

const cases: { name: string; after: Partial<Registry>; expected: string[] }[] = [
  { name: "nothing where nothing changed", after: {}, expected: [] },
  {
    name: "a new asset as minor",
    after: { assets: [...BEFORE.assets ?? [], assetRow("new")] },
    expected: ["minor added assets new"],
  },
  {
    name: "a removed asset as major",
    after: { assets: [assetRow("bitcoin")] },
    expected: ["major removed assets coin"],
  },
  {
    name: "other decimals as major",
    after: { assets: [assetRow("bitcoin", { decimals: 8 }), assetRow("coin", { decimals: null })] },
    expected: ["major changed assets bitcoin decimals"],
  },
  {
    name: "decimals that were not known as minor",
    after: { assets: [assetRow("bitcoin"), assetRow("coin", { decimals: 6 })] },
    expected: ["minor changed assets coin decimals"],
  },
  {
    name: "another name, symbol or theme as patch",
    after: {
      assets: [
        assetRow("bitcoin", { name: "Bit", symbol: "B", themes: ["meme"] }),
        assetRow("coin", { decimals: null }),
      ],
    },
    expected: [
      "patch changed assets bitcoin symbol",
      "patch changed assets bitcoin name",
      "patch changed assets bitcoin themes",
    ],
  },
  {
    name: "a superseded asset as minor",
    after: {
      assets: [
        assetRow("bitcoin"),
        assetRow("coin", { decimals: null, ...supersededBy("bitcoin") }),
      ],
    },
    expected: [
      "minor changed assets coin deprecated_in",
      "minor changed assets coin deprecation_status",
      "minor changed assets coin superseded_by",
    ],
  },
  {
    name: "a contract on another chain as major",
    after: { asset_contracts: [contractRow("coin", { chain_id: "base" })] },
    expected: [
      "major removed asset_contracts ethereum 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
      "minor added asset_contracts base 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    ],
  },
  {
    name: "a contract of another asset as major",
    after: { asset_contracts: [contractRow("bitcoin")] },
    expected: [
      "major changed asset_contracts ethereum 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed asset_id",
    ],
  },
  {
    name: "a chain with another EIP-155 number as major",
    after: {
      chains: [
        chainRow("bitcoin"),
        chainRow("ethereum", { address_format: "evm", eip155_id: 5 }),
      ],
    },
    expected: ["major changed chains ethereum eip155_id"],
  },
  {
    name: "provider ids as patch",
    after: { asset_provider_ids: [providerIdRow("coin", { provider_id: "COIN2" })] },
    expected: [
      "patch removed asset_provider_ids coin binance COIN",
      "patch added asset_provider_ids coin binance COIN2",
    ],
  },
  {
    name: "an alias of another asset as patch",
    after: { asset_aliases: [aliasRow("Coin of Old", "bitcoin")] },
    expected: ["patch changed asset_aliases Coin of Old asset_id"],
  },
];
for (const { name, after, expected } of cases) {
  Deno.test(`diffRegistries() classes ${name}`, () => {
    const changes = diffRegistries(
      sampleRegistry(BEFORE),
      sampleRegistry({ ...BEFORE, ...after }),
    );
    assertEquals(
      changes.map(({ level, kind, table, key, field }) =>
        [level, kind, table, key, field].filter((part) => part !== null).join(" ")
      ),
      expected,
    );
  });
}

Deno.test("diffRegistries() finds nothing between a registry and itself in another order", () => {
  fc.assert(fc.property(anyRegistry(), (registry) => {
    const shuffled = {
      ...registry,
      assets: registry.assets.toReversed().map((row) => ({
        ...row,
        themes: row.themes.toReversed(),
      })),
      asset_aliases: registry.asset_aliases.toReversed(),
    };
    assertEquals(diffRegistries(registry, shuffled), []);
  }));
});

Deno.test("diffRegistries() calls for a major step whenever an asset goes", () => {
  fc.assert(fc.property(anyRegistry(), anyRegistry(), (before, after) => {
    const kept = new Set(after.assets.map(({ id }) => id));
    if (before.assets.every(({ id }) => kept.has(id))) return;
    assertEquals(highestLevel(diffRegistries(before, after)), "major");
  }));
});

Deno.test("highestLevel() of no changes is null", () => assertEquals(highestLevel([]), null));

const versions: { from: string; to: string; expected: string | null }[] = [
  { from: "1.2.3", to: "1.2.3", expected: null },
  { from: "1.2.3", to: "1.2.4", expected: "patch" },
  { from: "1.2.3", to: "1.3.0", expected: "minor" },
  { from: "1.2.3", to: "2.0.0", expected: "major" },
  { from: "1.9.9", to: "1.10.0", expected: "minor" },
  { from: "2.0.0", to: "1.9.9", expected: "older" },
  { from: "1.2.3", to: "1.2.2", expected: "older" },
];
for (const { from, to, expected } of versions) {
  Deno.test(`bumpLevel() from ${from} to ${to} is ${expected}`, () => {
    assertEquals(bumpLevel(from, to), expected);
  });
}

for (const version of ["1.2", "v1.2.3", "1.2.3-beta", "01.2.3", ""]) {
  Deno.test(`bumpLevel() refuses "${version}"`, () => {
    assertThrows(() => bumpLevel("1.0.0", version), { type: RangeError, pattern: /MAJOR/ });
  });
}

Deno.test("bumpLevel() names the part that was raised, for any version", () => {
  const part = fc.nat({ max: 999 });
  fc.assert(fc.property(part, part, part, fc.nat({ max: 2 }), (x, y, z, at) => {
    const raised = [x, y, z].map((value, index) =>
      index < at ? value : index === at ? value + 1 : 0
    );
    assertEquals(bumpLevel(`${x}.${y}.${z}`, raised.join(".")), CHANGE_LEVELS.at(2 - at));
    assertEquals(bumpLevel(raised.join("."), `${x}.${y}.${z}`), "older");
  }));
});
