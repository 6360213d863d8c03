import type { Registry } from "@/services/market/assets.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { assetRow, providerIdRow, sampleRegistry } from "@/tests/unit/market/assets_sample.ts";
import { ASSETS_CHECKSUM } from "@/tools/assets_checksum.ts";
import { ASSETS_DIFF } from "@/tools/assets_diff.ts";
import { ASSETS_VALIDATE } from "@/tools/assets_validate.ts";
import { runScript } from "@/tools/cli.ts";

const COINS = sampleRegistry({ assets: [assetRow("bitcoin"), assetRow("coin")] });
const ALTERED = { ...COINS, assets: [assetRow("bitcoin", { decimals: 6 })] };

/** Runs `work` in a folder of its own that holds the JSON files. */
async function inFolder(
  files: Readonly<Record<string, unknown>>,
  work: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_assets_" });
  const path = (name: string) => `${folder}/${name}`;
  try {
    for (const [name, json] of Object.entries(files)) {
      await Deno.writeTextFile(path(name), `${JSON.stringify(json, null, 2)}\n`);
    }
    await work(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("assets:validate accepts the shipped registry and counts it", async () => {
  const { io, printed } = fakeCliIo(["--json"]);
  assertEquals(await runScript(ASSETS_VALIDATE, io), 0);
  const { valid, problems, counts } = JSON.parse(printed.stdout);
  assertEquals({ valid, problems }, { valid: true, problems: [] });
  assert(counts.assets >= 100);
});

Deno.test("assets:validate prints every problem and exits with 1", async () => {
  const evidence = { sources: {}, assets: {}, asset_contracts: {}, asset_provider_ids: {} };
  const registry = {
    ...sampleRegistry({ asset_provider_ids: [providerIdRow("none")] }),
    checksum: "0".repeat(64),
  };
  await inFolder({ "assets.json": registry, "evidence.json": evidence }, async (path) => {
    const { io, printed } = fakeCliIo([path("assets.json"), "--evidence", path("evidence.json")]);
    assertEquals(await runScript(ASSETS_VALIDATE, io), 1);
    assertEquals(printed.stdout, "");
    assertMatch(printed.stderr, /^checksum: expected [0-9a-f]{64}\nasset_provider_ids\[0\]/);
    assertMatch(
      printed.stderr,
      /asset_provider_ids\[0\]: expected evidence for "none binance NONE"/,
    );
  });
});

Deno.test("assets:validate tells in JSON where the shape is wrong", async () => {
  await inFolder({ "assets.json": { ...COINS, version: 1 } }, async (path) => {
    const { io, printed } = fakeCliIo([path("assets.json"), "--json"]);
    assertEquals(await runScript(ASSETS_VALIDATE, io), 1);
    const { valid, problems } = JSON.parse(printed.stdout);
    assertEquals([valid, problems.map(({ path }: { path: string }) => path)], [false, ["version"]]);
  });
});

Deno.test("assets:validate --schema prints the shape and checks nothing", async () => {
  const { io, printed } = fakeCliIo(["none.json", "--schema"]);
  assertEquals(await runScript(ASSETS_VALIDATE, io), 0);
  const { required } = JSON.parse(printed.stdout);
  assertEquals(required, Object.keys(COINS));
});

const unreadable = [
  { name: "a file that is not there", file: "none.json", pattern: /Cannot find file "/ },
  { name: "a file without JSON", file: "broken.json", pattern: /expected JSON/ },
];
for (const { name, file, pattern } of unreadable) {
  Deno.test(`assets:validate says in one sentence that it got ${name}`, async () => {
    await inFolder({}, async (path) => {
      await Deno.writeTextFile(path("broken.json"), "{");
      const { io, printed } = fakeCliIo([path(file)]);
      assertEquals(await runScript(ASSETS_VALIDATE, io), 1);
      assertMatch(printed.stderr, pattern);
      assertEquals(printed.stderr.trim().split("\n").length, 1);
    });
  });
}

Deno.test("assets:checksum prints the right checksum and leaves the file alone", async () => {
  const file = { ...COINS, checksum: "" };
  await inFolder({ "assets.json": file }, async (path) => {
    const { io, printed } = fakeCliIo([path("assets.json"), "--json"]);
    assertEquals(await runScript(ASSETS_CHECKSUM, io), 0);
    assertEquals(JSON.parse(printed.stdout), {
      checksum: COINS.checksum,
      stored: "",
      matches: false,
      written: false,
    });
    assertEquals(JSON.parse(await Deno.readTextFile(path("assets.json"))), file);
  });
});

Deno.test("assets:checksum --write changes that field only, and nothing when it is right", async () => {
  await inFolder({ "assets.json": { ...COINS, checksum: "" } }, async (path) => {
    const before = await Deno.readTextFile(path("assets.json"));
    const run = async () => {
      const { io, printed } = fakeCliIo([path("assets.json"), "--write", "--json"]);
      assertEquals(await runScript(ASSETS_CHECKSUM, io), 0);
      return JSON.parse(printed.stdout).written;
    };
    assertEquals([await run(), await run()], [true, false]);
    assertEquals(
      await Deno.readTextFile(path("assets.json")),
      before.replace('"checksum": ""', `"checksum": "${COINS.checksum}"`),
    );
  });
});

async function diff(old: Registry, fresh: Registry, flags: readonly string[] = []) {
  const { io, printed } = fakeCliIo([]);
  let code = -1;
  await inFolder({ "old.json": old, "new.json": fresh }, async (path) => {
    code = await runScript(ASSETS_DIFF, {
      ...io,
      args: [path("old.json"), path("new.json"), ...flags],
    });
  });
  return { code, printed };
}

Deno.test("assets:diff classes each change, the gravest first", async () => {
  const { code, printed } = await diff(COINS, {
    ...ALTERED,
    version: "2.0.0",
    asset_provider_ids: [providerIdRow("bitcoin")],
  });
  assertEquals(code, 0);
  assertEquals(printed.stdout.trim().split("\n"), [
    "Registry 1.0.0 -> 2.0.0: 3 changes, which call for a major step",
    "major  changed  assets bitcoin: decimals 18 -> 6",
    "major  removed  assets coin",
    "patch  added    asset_provider_ids bitcoin binance BITCOIN",
  ]);
});

Deno.test("assets:diff says so where nothing changed", async () => {
  const { code, printed } = await diff(COINS, COINS, ["--json"]);
  assertEquals(code, 0);
  assertEquals(JSON.parse(printed.stdout), {
    from: "1.0.0",
    to: "1.0.0",
    level: null,
    changes: [],
  });
});

Deno.test("assets:diff needs two files", async () => {
  const { io, printed } = fakeCliIo(["registry/assets.json"]);
  assertEquals(await runScript(ASSETS_DIFF, io), 2);
  assertMatch(printed.stderr, /Got 1 arguments: expected 2/);
});
