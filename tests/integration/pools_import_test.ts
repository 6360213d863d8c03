import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { findPostgres, startPostgres, type TestServer } from "@/tests/postgres.ts";
import { sharedData } from "@/tests/shared_data.ts";
import { runScript } from "@/tools/cli.ts";
import { openFromEnvironment } from "@/tools/cli_database.ts";
import { POOLS_IMPORT } from "@/tools/pools_import.ts";

/** Files of readings, with the rows of each and those that can't be read. */
const FILES = [
  { name: "aave_v3_daily_rates_2025-07_2026-08.csv.gz", read: 23_198, quarantined: 0 },
  { name: "aave_v3_polygon_USDC_minute_2023-08-14_17.csv.gz", read: 5_760, quarantined: 0 },
  { name: "aave_v3_reserves_ethereum.csv.gz", read: 38, quarantined: 0 },
  { name: "aave_v3_reserves_polygon.csv.gz", read: 21, quarantined: 0 },
  { name: "daily_supply_rates_yieldhouse.csv.gz", read: 4_025, quarantined: 91 },
  { name: "defillama_chart_daily.csv.gz", read: 1_268, quarantined: 0 },
  { name: "defillama_pools_2025-12-24.json", read: 20, quarantined: 0 },
  { name: "snapshots_6h_with_stale_tail.csv.gz", read: 11_993, quarantined: 16 },
];
const FOLDER = sharedData("defi/");

interface Counts {
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly quarantined: number;
}

const isPostgresMissing = findPostgres() === null;
let server: TestServer;
if (!isPostgresMissing) {
  Deno.test.beforeAll(async () => {
    server = await startPostgres();
  });
  Deno.test.afterAll(() => server.stop());
}

const KINDS = [
  {
    name: "SQLite",
    ignore: FOLDER === null,
    env: (folder: string) => Promise.resolve({ TOKENLYSIS_DATA_DIR: folder }),
  },
  {
    name: "PostgreSQL",
    ignore: FOLDER === null || isPostgresMissing,
    env: async (folder: string) => ({
      TOKENLYSIS_DATA_DIR: folder,
      DATABASE_URL: await server.createDatabase(),
    }),
  },
];
type Env = Awaited<ReturnType<typeof KINDS[number]["env"]>>;

async function importFile(name: string, env: Env): Promise<Counts> {
  assert(FOLDER !== null);
  const args = [new URL(name, FOLDER).pathname, "--provider", "sample", "--json"];
  const { io, printed } = fakeCliIo(args, { env });
  assertEquals(await runScript(POOLS_IMPORT, io), 0, printed.stderr);
  return JSON.parse(printed.stdout);
}

for (const { name, ignore, env } of KINDS) {
  Deno.test({
    name: `pools:import of each real file into ${name} accounts for every row, and adds none twice`,
    ignore,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "tokenlysis_pools_" });
      try {
        const store = await env(folder);
        for (const file of FILES) {
          const first = await importFile(file.name, store);
          assertEquals([first.read, first.quarantined], [file.read, file.quarantined], file.name);
          assertEquals(
            first.inserted + first.updated + first.unchanged + first.quarantined,
            first.read,
            file.name,
          );
        }
        // After all the others: no file takes back what another told.
        for (const file of FILES) {
          const { inserted, updated, unchanged } = await importFile(file.name, store);
          assertEquals([inserted, updated], [0, 0], file.name);
          assertEquals(unchanged, file.read - file.quarantined, file.name);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });

  Deno.test({
    name: `pools:import into ${name} that is killed is complete when it is run again`,
    ignore,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "tokenlysis_pools_" });
      try {
        const [file] = FILES;
        assert(file !== undefined);
        const store = await env(folder);
        const kept = await killImport(file.name, store);
        assert(kept > 0 && kept < file.read, `${kept} of its rows were stored`);
        const { inserted, updated, unchanged } = await importFile(file.name, store);
        assertEquals([inserted, updated, unchanged], [file.read - kept, 0, kept]);
        const again = await importFile(file.name, store);
        assertEquals([again.inserted, again.updated, again.unchanged], [0, 0, file.read]);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Kills an import by its process id once some of its rows are stored; how many of them are. */
async function killImport(name: string, env: Env): Promise<number> {
  assert(FOLDER !== null);
  await using opened = await openFromEnvironment(fakeCliIo([], { env }).io);
  const countRows = async () => {
    const { read } = opened.database;
    const { rows } = await read.selectFrom("pool_snapshots")
      .select((select) => select.fn.countAll().as("rows")).executeTakeFirstOrThrow();
    return Number(rows);
  };
  const { pathname } = new URL(name, FOLDER);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "tools/pools_import.ts", pathname, "--provider", "sample"],
    env,
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
  let isOver = false;
  const ended = child.status.then(({ signal }) => {
    isOver = true;
    return signal;
  });
  // A turn of the event loop between two looks, or its end would never be heard.
  while (!isOver && await countRows() === 0) await new Promise((resolve) => setTimeout(resolve));
  if (!isOver) child.kill("SIGKILL");
  assertEquals(await ended, "SIGKILL", "it was killed before it was done");
  return await countRows();
}

Deno.test({
  name: "pools:import refuses ratings, which are no readings, and stores nothing",
  ignore: FOLDER === null,
  async fn() {
    assert(FOLDER !== null);
    const folder = await Deno.makeTempDir({ prefix: "tokenlysis_pools_" });
    try {
      const { pathname } = new URL("yieldhouse_risk_ratings.csv", FOLDER);
      const args = [pathname, "--provider", "sample", "--json"];
      const { io, printed } = fakeCliIo(args, { env: { TOKENLYSIS_DATA_DIR: folder } });
      assertEquals(await runScript(POOLS_IMPORT, io), 1);
      assertEquals(printed.stdout, "");
      assertMatch(printed.stderr, /its columns are not those of any layout/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** A chart of DefiLlama, a line a day from line 2 on; on some lines the yield is none. */
function chartOf(days: number, isBad: (line: number) => boolean): string {
  const rows = Array.from({ length: days }, (_, day) => {
    const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
    return `aa70268e,USDC,${date},${isBad(day + 2) ? "high" : "4.5"},1000000`;
  });
  return ["defillama_pool,pool_name,date,apy_pct,tvl_usd", ...rows].join("\n");
}

Deno.test("pools:import tells rows together that follow each other and fail alike", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_pools_" });
  try {
    const print = async (isBad: (line: number) => boolean) => {
      const path = `${folder}/chart.csv`;
      await Deno.writeTextFile(path, chartOf(300, isBad));
      const { io, printed } = fakeCliIo([path, "--provider", "sample"], {
        env: { TOKENLYSIS_DATA_DIR: folder },
      });
      assertEquals(await runScript(POOLS_IMPORT, io), 0, printed.stderr);
      return printed.stdout.trimEnd().split("\n").slice(1).map((line) => line.split(":")[0]);
    };
    assertEquals(await print((line) => line >= 5 && line <= 9 || line === 11), [
      "  lines 5 to 9",
      "  line 11",
    ]);
    // A hundred rows are told, how many more there are is counted.
    assertEquals(await print((line) => line <= 151), ["  lines 2 to 101", "  and 50 more"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
