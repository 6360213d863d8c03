import { StartupError } from "@/services/kernel/errors.ts";
import type { Registry } from "@/services/market/assets.ts";
import { diffRegistries } from "@/services/market/assets_diff.ts";
import { loadRegistry } from "@/services/market/assets_load.ts";
import { planStoredSeed, seedRegistry } from "@/services/market/assets_seed.ts";
import { SqlAssetStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import {
  aliasRow,
  assetRow,
  contractRow,
  sampleRegistry,
} from "@/tests/unit/market/assets_sample.ts";
import { ASSETS_SEED } from "@/tools/assets_seed.ts";
import { runScript } from "@/tools/cli.ts";

const shipped = loadRegistry(
  Deno.readTextFileSync(new URL("../../registry/assets.json", import.meta.url)),
);
const COINS = [assetRow("bitcoin"), assetRow("coin")];
const FIRST = sampleRegistry({
  assets: COINS,
  asset_contracts: [contractRow("coin")],
  asset_aliases: [aliasRow("Old", "coin")],
});

Deno.test("seedRegistry() stores the shipped registry, row for row, and then rests", async () => {
  await using database = await openTestDatabase();
  const store = new SqlAssetStore(database);
  const clock = new FakeClock();
  assert(await seedRegistry(shipped, { store, clock }));
  const stored = await store.loadRegistry();
  assert(stored);
  assertEquals(diffRegistries(shipped, stored), []);
  const seededAt = clock.now();
  clock.advance(1);
  assertEquals(await seedRegistry(shipped, { store, clock }), null);
  assertEquals(await store.findRegistryState(), {
    version: shipped.version,
    checksum: shipped.checksum,
    seededAt,
  });
});

Deno.test("seedRegistry() adds, moves and removes rows on a step that allows it", async () => {
  await using database = await openTestDatabase();
  const deps = { store: new SqlAssetStore(database), clock: new FakeClock() };
  await seedRegistry(FIRST, deps);
  const next = sampleRegistry({
    version: "2.0.0",
    assets: [assetRow("bitcoin"), assetRow("new")],
    asset_contracts: [contractRow("new")],
    asset_aliases: [aliasRow("Old", "bitcoin")],
  });
  await seedRegistry(next, deps);
  const stored = await deps.store.loadRegistry();
  assert(stored);
  assertEquals(diffRegistries(next, stored), []);
});

const refused: { name: string; next: Registry; pattern: RegExp }[] = [
  {
    name: "a breaking change without a major step",
    next: sampleRegistry({ version: "1.1.0", assets: [assetRow("bitcoin")] }),
    pattern: /breaking changes need a new major version/,
  },
  {
    name: "an older registry",
    next: sampleRegistry({ version: "0.9.0", assets: COINS }),
    pattern: /the database holds a newer version/,
  },
];
for (const { name, next, pattern } of refused) {
  Deno.test(`seedRegistry() refuses ${name} and leaves the database as it is`, async () => {
    await using database = await openTestDatabase();
    const deps = { store: new SqlAssetStore(database), clock: new FakeClock() };
    await seedRegistry(FIRST, deps);
    await assertRejects(() => seedRegistry(next, deps), { type: StartupError, pattern });
    assertEquals(await planStoredSeed(FIRST, deps.store), null);
  });
}

/** Runs the script on a database of its own, once for each list of arguments. */
async function runSeeds(
  runs: readonly ((path: (name: string) => string) => readonly string[])[],
  files: Readonly<Record<string, Registry>> = {},
) {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_seed_" });
  const path = (name: string) => `${folder}/${name}`;
  try {
    for (const [name, registry] of Object.entries(files)) {
      await Deno.writeTextFile(path(name), JSON.stringify(registry));
    }
    const results = [];
    for (const run of runs) {
      const { io, printed } = fakeCliIo(run(path), { env: { TOKENLYSIS_DATA_DIR: path("data") } });
      results.push({ code: await runScript(ASSETS_SEED, io), ...printed });
    }
    const hasData = await Deno.stat(path("data")).then(() => true, () => false);
    return { results, hasData };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("assets:seed --dry-run plans for a database that is not there, and makes none", async () => {
  const { results: [planned], hasData } = await runSeeds([() => ["--dry-run"]]);
  assertEquals([planned?.code, planned?.stderr, hasData], [0, "", false]);
  assertMatch(planned?.stdout ?? "", /^-- Registry \(none\) -> 1\./);
  assertMatch(planned?.stdout ?? "", /\nINSERT INTO assets \(id, symbol, name, /);
});

Deno.test("assets:seed seeds once, then says that it is done", async () => {
  const { results } = await runSeeds([() => [], () => [], () => ["--dry-run", "--json"]]);
  assertEquals(results.map(({ code }) => code), [0, 0, 0]);
  assertMatch(
    results[0]?.stdout ?? "",
    /^Seeded registry \(none\) -> \d+\.\d+\.\d+: \d+ assets\n$/,
  );
  assertMatch(results[1]?.stdout ?? "", /^The database holds registry \d+\.\d+\.\d+ already\n$/);
  const { changes, sql, refusal } = JSON.parse(results[2]?.stdout ?? "");
  assertEquals({ changes, sql, refusal }, { changes: [], sql: [], refusal: null });
});

Deno.test("assets:seed --dry-run --from prints SQL and names that change hands", async () => {
  const next = sampleRegistry({
    version: "1.0.1",
    assets: COINS,
    asset_contracts: [contractRow("coin")],
    asset_aliases: [aliasRow("Old", "bitcoin")],
  });
  const { results: [planned] } = await runSeeds([
    (path) => [path("next.json"), "--dry-run", "--from", path("first.json")],
  ], { "first.json": FIRST, "next.json": next });
  assertEquals(planned?.code, 0);
  assertMatch(
    planned?.stdout ?? "",
    /-- 1 alias rewrites\n-- Old: coin -> bitcoin\nINSERT INTO asset_aliases/,
  );
});

Deno.test("assets:seed --dry-run fails on a breaking change without a major step", async () => {
  const next = sampleRegistry({ version: "1.1.0", assets: [assetRow("bitcoin")] });
  const { results } = await runSeeds([
    (path) => [path("first.json")],
    (path) => [path("next.json"), "--dry-run"],
    (path) => [path("next.json")],
  ], { "first.json": FIRST, "next.json": next });
  assertEquals(results.map(({ code }) => code), [0, 1, 1]);
  assertMatch(results[1]?.stderr ?? "", /need a new major version/);
  assertMatch(results[1]?.stdout ?? "", /major {2}removed {2}assets coin/);
});

Deno.test("assets:seed takes --from only for a dry run", async () => {
  const { results: [refused] } = await runSeeds([() => ["--from", "x.json"]]);
  assertEquals(refused?.code, 2);
});
