import { runScript } from "@/tools/cli.ts";
import { PORTFOLIO_EXPORT } from "@/tools/portfolio_export.ts";
import { PORTFOLIO_IMPORT } from "@/tools/portfolio_import.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";

const HEADER = "timestamp,action,asset_id,quantity,unit_price_usd,account\n";
const GOOD = "2024-01-01T00:00:00Z,BUY,BTC,0.5,42000,Main\n";
const BAD = "2024-01-02T00:00:00Z,BUY,no-such-coin,1,1,Main\n";

/** A folder with a store and files of its own, and the scripts to work on it. */
async function withScripts(
  run: (scripts: {
    folder: string;
    import(...args: string[]): Promise<{ code: number; json: Record<string, unknown> }>;
    text(script: "import" | "export", ...args: string[]): Promise<string>;
  }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis-" });
  const env = { TOKENLYSIS_DATA_DIR: `${folder}/store`, TOKENLYSIS_NETWORK: "off" };
  try {
    await run({
      folder,
      async import(...args) {
        const { io, printed } = fakeCliIo([...args, "--json"], { env });
        const code = await runScript(PORTFOLIO_IMPORT, io);
        return { code, json: JSON.parse(printed.stdout || "{}") };
      },
      async text(script, ...args) {
        const { io, printed } = fakeCliIo(args, { env });
        if (script === "import") await runScript(PORTFOLIO_IMPORT, io);
        else await runScript(PORTFOLIO_EXPORT, io);
        return printed.stdout + printed.stderr;
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("portfolio:import previews, refuses, takes the rest, and the corrected rows", () =>
  withScripts(async ({ folder, import: importFile, text }) => {
    const file = `${folder}/t.csv`;
    const rejected = `${folder}/rejected.csv`;
    await Deno.writeTextFile(file, HEADER + GOOD + BAD);

    const preview = await importFile(file, "--dry-run");
    assertEquals([preview.code, preview.json.state, preview.json.accepted], [0, "preview", 1]);
    const refused = await importFile(file, "--rejected", rejected);
    assertEquals([refused.code, refused.json.state], [1, "refused"]);
    assertEquals((await text("export")).split("\n").length, 2);

    const partial = await importFile(file, "--partial");
    assertEquals([partial.code, partial.json.inserted, partial.json.quarantined], [0, 1, 1]);
    const correction = (await Deno.readTextFile(rejected)).replace("no-such-coin", "ETH");
    await Deno.writeTextFile(rejected, correction);
    assertEquals((await importFile(rejected)).json.inserted, 1);
    assertMatch(
      await text("import", file, "--partial"),
      /0 accepted \(0 of them changes\), 1 known/,
    );

    const exported = await text("export");
    assertMatch(exported, /BUY,bitcoin,0\.5,42000,.*\n.*BUY,ethereum,1,1,/);
    const undone = await importFile("--undo", String(partial.json.import_id));
    assertEquals(undone.json.removed, 1);
    assert(!(await text("export")).includes("bitcoin"));
  }));

Deno.test("portfolio:import says what is wrong with how it was called", () =>
  withScripts(async ({ folder, text }) => {
    assertMatch(await text("import"), /Expected one FILE, or --undo/);
    assertMatch(await text("import", `${folder}/none.csv`), /Cannot find file/);
    const file = `${folder}/t.csv`;
    await Deno.writeTextFile(file, HEADER + GOOD);
    assertMatch(await text("import", file, "--portfolio", "x"), /--portfolio "x"/);
    assertMatch(await text("import", file, "--format", "x"), /expected one of v1\.1, binance/);
  }));
