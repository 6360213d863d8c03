import type { AssetId } from "@/services/market/assets.ts";
import { SqlCandleStore } from "@/services/storage/mod.ts";
import { openPostgres } from "@/services/storage/postgres.ts";
import { MIGRATIONS } from "@/services/storage/migrations.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";

const KEY = { assetId: "bitcoin" as AssetId, interval: "1m", source: "file" } as const;

interface Place extends AsyncDisposable {
  readonly url: string;
  open(): ReturnType<typeof openTestDatabase>;
}

async function sqlitePlace(): Promise<Place> {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_processes_" });
  const path = `${folder}/test.db`;
  return {
    url: `sqlite:${path}`,
    open: () => openTestDatabase({ path }),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function postgresPlace(): Promise<Place> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const options = { url, clock: new FakeClock(), log: new RecordingLog(), mayMigrate: true };
  return { url, open: () => openPostgres(options), [Symbol.asyncDispose]: () => server.stop() };
}

const kinds = [
  { name: "SQLite", ignore: false, place: sqlitePlace },
  { name: "PostgreSQL", ignore: findPostgres() === null, place: postgresPlace },
];

function start(url: string, action: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      "tests/integration/storage_process.ts",
      url,
      action,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs to the end; its standard error if it failed. */
async function finish(child: Deno.ChildProcess): Promise<string> {
  const { success, stderr } = await child.output();
  return success ? "" : new TextDecoder().decode(stderr);
}

/** Waits for the process to say where it is; the word that it says. */
async function whenReady(child: Deno.ChildProcess): Promise<string> {
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) return text.trim();
  return "";
}

async function kill(child: Deno.ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await Promise.all([child.status, child.stderr.cancel()]);
}

for (const { name, ignore, place } of kinds) {
  Deno.test({
    name: `openDatabase() on ${name} lets three processes migrate the same database at once`,
    ignore,
    async fn() {
      await using there = await place();
      const children = [1, 2, 3].map(() => start(there.url, "open"));
      assertEquals(await Promise.all(children.map(finish)), ["", "", ""]);
      await using database = await there.open();
      const applied = await database.read.selectFrom("schema_migrations").select("name").execute();
      assertEquals(applied.map((row) => row.name).sort(), MIGRATIONS.map((step) => step.name));
    },
  });

  Deno.test({
    name: `SqlCandleStore on ${name} keeps nothing of an import whose process was killed`,
    ignore,
    async fn() {
      await using there = await place();
      const importer = start(there.url, "import");
      assertEquals(await whenReady(importer), "importing");
      await kill(importer);
      await using database = await there.open();
      const store = new SqlCandleStore(database, new FakeClock());
      assertEquals(await store.listSeries(), []);
      assertEquals(await store.listImports({ limit: 1 }), []);
      const left = await database.read.selectFrom("candles").selectAll().limit(1).execute();
      assertEquals(left, []);
    },
  });

  Deno.test({
    name: `SqlCandleStore on ${name} keeps an acknowledged write whose process was killed`,
    ignore,
    async fn() {
      await using there = await place();
      const writer = start(there.url, "write");
      assertEquals(await whenReady(writer), "written");
      await Promise.all([writer.status, writer.stderr.cancel()]);
      await using database = await there.open();
      const store = new SqlCandleStore(database, new FakeClock());
      assertEquals((await store.findSeries(KEY))?.rows, 1);
    },
  });
}

Deno.test("a SQLite writer waits for another process without holding the event loop", async () => {
  await using there = await sqlitePlace();
  await using database = await there.open();
  const store = new SqlCandleStore(database, new FakeClock());
  const importer = start(there.url, "import");
  await whenReady(importer);
  const write = store.upsertCandles({ ...KEY, source: "mine" }, oneCandle());
  // Reads go on while the write waits for the other process's lock.
  assertEquals(await store.listSeries(), []);
  await kill(importer);
  assert((await write).inserted === 1);
});

function oneCandle() {
  return columnsOf([{ openTime: 0, close: 1 }]);
}
