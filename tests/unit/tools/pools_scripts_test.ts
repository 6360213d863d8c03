import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { runScript } from "@/tools/cli.ts";
import { POOLS_IMPORT } from "@/tools/pools_import.ts";
import { POOLS_SIMULATE } from "@/tools/pools_simulate.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_pools_" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function importFile(folder: string, args: readonly string[]) {
  const env = { TOKENLYSIS_DATA_DIR: `${folder}/data` };
  const { io, printed } = fakeCliIo([`${folder}/pools.csv`, ...args], { env });
  return { code: await runScript(POOLS_IMPORT, io), ...printed };
}

Deno.test("pools:import refuses a file whose columns it does not know", async () => {
  await withFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/pools.csv`, "a,b\n1,2\n");
    const { code, stderr } = await importFile(folder, ["--provider", "sample"]);
    assertEquals(code, 1);
    assertMatch(stderr, /^pools:import: /);
  });
});

Deno.test("pools:simulate says what is wrong with a flag", async () => {
  const { io, printed } = fakeCliIo(["--max_weight", "2"]);
  assertEquals(await runScript(POOLS_SIMULATE, io), 2);
  assertMatch(printed.stderr, /--max_weight "2": Expected a number from 0.01 to 1/);
});
