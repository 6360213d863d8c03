import fc from "fast-check";
import type { Registry } from "@/services/market/assets.ts";
import { diffRegistries } from "@/services/market/assets_diff.ts";
import { planSeed, type SeedStep } from "@/services/market/assets_plan.ts";
import { renderSeedSql } from "@/services/market/assets_sql.ts";
import { keyText, REGISTRY_TABLES } from "@/services/market/assets_tables.ts";
import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { anyRegistry } from "./assets_arbitrary.ts";
import { aliasRow, assetRow, contractRow, sampleRegistry } from "./assets_sample.ts";

const COINS = [assetRow("bitcoin"), assetRow("coin")];
const ORIGINAL = sampleRegistry({ assets: COINS, asset_aliases: [aliasRow("Old", "coin")] });

function summary({ op, table, rows }: SeedStep): string {
  return `${op} ${rows.length} ${table}`;
}

Deno.test("planSeed() into an empty database inserts every table, referred ones first", () => {
  const plan = planSeed(null, sampleRegistry({ asset_contracts: [contractRow("bitcoin")] }));
  assertEquals(plan.steps.map(summary), [
    "upsert 1 themes",
    "upsert 2 chains",
    "upsert 1 assets",
    "upsert 1 asset_contracts",
  ]);
  assertEquals([plan.fromVersion, plan.refusal, plan.level], [null, null, null]);
});

Deno.test("planSeed() from a registry to itself does nothing", () => {
  const plan = planSeed(ORIGINAL, ORIGINAL);
  assertEquals([plan.steps, plan.changes, plan.warnings], [[], [], []]);
  assertEquals(renderSeedSql(plan), []);
});

Deno.test("planSeed() deletes what refers before, and what is referred to after, the upserts", () => {
  const next = sampleRegistry({
    version: "2.0.0",
    assets: [assetRow("bitcoin"), assetRow("new")],
  });
  assertEquals(planSeed(ORIGINAL, next).steps.map(summary), [
    "delete 1 asset_aliases",
    "upsert 1 assets",
    "delete 1 assets",
  ]);
});

Deno.test("planSeed() tells which aliases stand for another asset", () => {
  const next = sampleRegistry({
    version: "1.0.1",
    assets: COINS,
    asset_aliases: [aliasRow("Old", "bitcoin")],
  });
  const rewrites = planSeed(ORIGINAL, next).aliasRewrites;
  assertEquals(rewrites.map(({ alias, from, to }) => `${alias}: ${from} -> ${to}`), [
    "Old: coin -> bitcoin",
  ]);
});

const decimals = [assetRow("bitcoin", { decimals: 8 }), assetRow("coin")];
const added = [...COINS, assetRow("new")];
const steps: { name: string; next: Partial<Registry>; refusal?: RegExp; warning?: RegExp }[] = [
  { name: "runs without a warning on a right step", next: { version: "1.1.0", assets: added } },
  { name: "runs on a larger step than needed", next: { version: "2.0.0", assets: added } },
  {
    name: "warns of a step that is too small",
    next: { version: "1.0.1", assets: added },
    warning: /1\.0\.0 -> 1\.0\.1 is too small: the changes call for a minor step/,
  },
  {
    name: "warns of changes in the same version",
    next: { assets: added },
    warning: /call for a minor step/,
  },
  {
    name: "refuses a breaking change in a minor version",
    next: { version: "1.1.0", assets: decimals },
    refusal: /1 breaking change needs a new major version/,
  },
  { name: "runs a breaking change in a major one", next: { version: "2.0.0", assets: decimals } },
  {
    name: "refuses an older registry",
    next: { version: "0.9.0", assets: COINS },
    refusal: /the database holds a newer version/,
  },
];
for (const { name, next, refusal, warning } of steps) {
  Deno.test(`planSeed() ${name}`, () => {
    const plan = planSeed(
      ORIGINAL,
      sampleRegistry({ asset_aliases: ORIGINAL.asset_aliases, ...next }),
    );
    if (refusal) assertMatch(plan.refusal ?? "", refusal);
    else assertEquals(plan.refusal, null);
    if (warning) assertMatch(plan.warnings.join(), warning);
    else assertEquals(plan.warnings, []);
  });
}

/** Runs the steps as a store does, on rows by key. */
function applySteps(current: Registry, steps: readonly SeedStep[]): Registry {
  const tables = new Map(REGISTRY_TABLES.map(({ name }) => [
    name as string,
    new Map((current[name] as readonly object[]).map((row) => [keyText(name, row), row])),
  ]));
  for (const { op, table, rows } of steps) {
    for (const row of rows) {
      if (op === "upsert") tables.get(table)?.set(keyText(table, row), row);
      else tables.get(table)?.delete(keyText(table, row));
    }
  }
  const rows = [...tables].map(([name, byKey]) => [name, [...byKey.values()]]);
  return { ...current, ...Object.fromEntries(rows) };
}

Deno.test("planSeed() turns any registry into any other", () => {
  fc.assert(fc.property(anyRegistry(), anyRegistry(), (current, next) => {
    const reached = applySteps(current, planSeed(current, next).steps);
    assertEquals(diffRegistries(reached, next), []);
  }));
});

Deno.test("renderSeedSql() writes what the steps do, and the new version", () => {
  const next = sampleRegistry({
    version: "2.0.0",
    assets: [assetRow("bitcoin"), assetRow("new", { name: "It's new", decimals: null })],
  });
  const [deletion, upsert, removal, state, ...others] = renderSeedSql(planSeed(ORIGINAL, next));
  assertEquals(deletion, "DELETE FROM asset_aliases WHERE (alias = 'Old');");
  assertMatch(
    upsert ?? "",
    /INSERT INTO assets \(id, symbol, name, .*\) VALUES\n {2}\('new', 'NEW', 'It''s new', NULL, NULL, '\["layer-1"\]', /,
  );
  assertMatch(upsert ?? "", /ON CONFLICT \(id\) DO UPDATE SET symbol = excluded\.symbol, /);
  assertEquals(removal, "DELETE FROM assets WHERE (id = 'coin');");
  assertMatch(
    state ?? "",
    /INSERT INTO registry_state .*\n {2}\(1, '2\.0\.0', '[0-9a-f]{64}', :now\)/,
  );
  assertEquals(others, []);
});
