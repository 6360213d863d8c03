import { tmpdir } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { StartupError } from "@/services/kernel/errors.ts";
import { HOUR_MS } from "@/services/kernel/time.ts";
import { Secret } from "@/services/kernel/secret.ts";
import { MIGRATIONS } from "@/services/storage/migrations.ts";
import {
  type Database,
  listPendingMigrations,
  migrateDatabase,
  openDatabase,
  type OpenOptions,
  SqlJobStore,
  SqlLeaseStore,
  SqlLedgerStore,
} from "@/services/storage/mod.ts";
import { openSqlite } from "@/services/storage/sqlite.ts";
import { toUuidColumn } from "@/services/storage/uuid_column.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

interface Folder extends AsyncDisposable {
  readonly path: string;
  readonly options: OpenOptions;
  readonly log: RecordingLog;
}

async function makeFolder(): Promise<Folder> {
  const path = await Deno.makeTempDir({ prefix: "tokenlysis_startup_" });
  const log = new RecordingLog();
  const clock = new FakeClock();
  return {
    path,
    log,
    options: { url: null, migrationUrl: null, dataDir: `${path}/data`, clock, log },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function makeDatabase(options: OpenOptions): Promise<string> {
  await (await openDatabase(options)).close();
  return `${options.dataDir}/tokenlysis.db`;
}

Deno.test("openDatabase() makes the data folder and the embedded database", async () => {
  await using folder = await makeFolder();
  const path = await makeDatabase(folder.options);
  const file = new DatabaseSync(path);
  assertEquals(file.prepare("pragma journal_mode").get()?.journal_mode, "wal");
  const loose = file.prepare(
    "select name from pragma_table_list where type = 'table'" +
      " and strict = 0 and name not like 'sqlite%'",
  ).all();
  assertEquals(loose.length, 0, "every table is strict");
  file.close();
  const left = [...Deno.readDirSync(folder.options.dataDir)].map(({ name }) => name);
  assertEquals(left, ["tokenlysis.db"], "the log is folded in at the close");
});

type Spoil = (path: string) => (() => void) | void;

function spoil(path: string, from: number, bytes: number): void {
  using file = Deno.openSync(path, { write: true });
  file.seekSync(from, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(bytes).fill(0xa5));
}

const refusals: { name: string; spoil: Spoil; sentence: RegExp }[] = [
  {
    name: "a file that is no database",
    spoil: (path) => Deno.writeTextFileSync(path, "timestamp,open,high\n".repeat(500)),
    sentence: /tokenlysis\.db: it is not a SQLite database; move it away or choose another path$/,
  },
  {
    name: "a damaged file",
    spoil: (path) => spoil(path, 4_096, 4_096),
    sentence: /it is damaged.*; move it away and restore the newest copy from backups$/,
  },
  {
    name: "a file that is cut short",
    spoil: (path) => Deno.truncateSync(path, 8_192),
    sentence: /it is damaged.*; move it away and restore the newest copy from backups$/,
  },
  {
    name: "the database of another program",
    spoil(path) {
      Deno.removeSync(path);
      const other = new DatabaseSync(path);
      other.exec("create table bookmarks (url text)");
      other.close();
    },
    sentence: /another program made it; choose another path$/,
  },
  {
    name: "the database of a newer version",
    spoil(path) {
      const newer = new DatabaseSync(path);
      newer.exec("insert into schema_migrations values ('209901010000_fly', 0)");
      newer.close();
    },
    sentence: /a newer version of Tokenlysis made it \(209901010000_fly\); start that version/,
  },
  {
    name: "a folder in the file's place",
    spoil(path) {
      Deno.removeSync(path);
      Deno.mkdirSync(path);
    },
    sentence: /^Cannot open the database file .*: make its folder exist and writable/,
  },
];
for (const { name, spoil, sentence } of refusals) {
  Deno.test(`openDatabase() refuses ${name} in one sentence`, async () => {
    await using folder = await makeFolder();
    spoil(await makeDatabase(folder.options));
    const open = () => openDatabase(folder.options);
    const error = await assertRejects(open, { type: StartupError, pattern: sentence });
    assert(!error.message.includes("\n"), error.message);
  });
}

Deno.test("openDatabase() refuses a data folder that can't be made", async () => {
  await using folder = await makeFolder();
  Deno.writeTextFileSync(`${folder.path}/data`, "a file");
  await assertRejects(() => openDatabase(folder.options), {
    type: StartupError,
    pattern:
      /^Cannot make the folder .*: make it writable for this user, or set TOKENLYSIS_DATA_DIR/,
  });
});

/** What a job store of a database that is opened now is asked for, and then closes. */
async function withJobs<Result>(
  { options }: Folder,
  ask: (store: SqlJobStore, database: Database) => Promise<Result>,
): Promise<Result> {
  await using database = await openDatabase(options);
  return await ask(new SqlJobStore(database, options.clock), database);
}

const RUN = { owner: "gone", leaseMs: HOUR_MS };

/** A process that has a job, a lease and an import, none of which it gives back. */
async function holdAll(store: SqlJobStore, database: Database): Promise<void> {
  const clock = new FakeClock();
  await store.enqueue({ name: "count", key: "1", maxAttempts: 3, timeoutMs: HOUR_MS });
  await store.claim(["count"], RUN);
  await new SqlLeaseStore(database, clock).acquire("feed", RUN);
  const ledgers = new SqlLedgerStore(database, clock);
  const id = toUuidColumn(await ledgers.openDefaultPortfolio("ann"), "sqlite");
  await database.transaction(({ db }) =>
    db.updateTable("portfolios").set({ claim: id, claimed_until: clock.now() + HOUR_MS }).execute()
  );
}

const whatIsHeld = async (store: SqlJobStore, database: Database) => ({
  lost: await store.reapExpired(),
  hasFeed: !await new SqlLeaseStore(database, new FakeClock()).acquire("feed", {
    ...RUN,
    owner: "next",
  }),
  claimed: await database.read.selectFrom("portfolios").select("claimed_until").execute(),
});

Deno.test("openDatabase() ends at once what processes that are gone held", async () => {
  await using folder = await makeFolder();
  await withJobs(folder, holdAll);
  const held = await withJobs(folder, whatIsHeld);
  assertEquals({ ...held, claimed: held.claimed.map((row) => row.claimed_until) }, {
    ...{ lost: 1, hasFeed: false, claimed: [0] },
  });
  const [line] = folder.log.lines.filter(({ message }) => /processes that are gone/.test(message));
  assertEquals(line?.fields, { jobs: 1, imports: 1, leases: 1 });
});

Deno.test("openDatabase() leaves all to a process that still has the database open", async () => {
  await using folder = await makeFolder();
  await withJobs(folder, async (store, database) => {
    await holdAll(store, database);
    const held = await withJobs(folder, whatIsHeld);
    assertEquals([held.lost, held.hasFeed], [0, true]);
    assert((held.claimed[0]?.claimed_until ?? 0) > folder.options.clock.now());
  });
});

Deno.test("openSqlite() says who to stop when the file stays locked", async () => {
  await using folder = await makeFolder();
  const path = await makeDatabase(folder.options);
  const holder = new DatabaseSync(path);
  holder.exec("pragma locking_mode = exclusive; begin exclusive");
  try {
    await assertRejects(
      () => openSqlite({ ...sqliteOptions(folder), path, lockWaitMs: 20 }),
      { type: StartupError, pattern: /another process has it locked; end that process/ },
    );
  } finally {
    holder.close();
  }
});

function sqliteOptions({ path, options, log }: Folder) {
  const { clock } = options;
  return { path: `${path}/test.db`, backupDir: `${path}/backups`, clock, log, mayMigrate: true };
}

Deno.test({
  name: "openSqlite() copies and checks a database before it migrates it",
  // As the server runs: with less than all permissions an engine attaches no other database.
  permissions: { read: true, write: [tmpdir()] },
  async fn() {
    await using folder = await makeFolder();
    const options = sqliteOptions(folder);
    const [first, ...rest] = MIGRATIONS;
    assert(first);
    await (await openSqlite({ ...options, migrations: [first] })).close();
    const backups = () => [...Deno.readDirSync(options.backupDir)].map(({ name }) => name);
    await assertRejects(() => Promise.resolve().then(backups), { type: Deno.errors.NotFound });

    await (await openSqlite(options)).close();
    const [copy, ...others] = backups();
    assertEquals(others, []);
    assertMatch(copy ?? "", /^pre-migration-2026-01-01-\d+-\d+-before-202611210910_create_asset/);
    const opened = new DatabaseSync(`${options.backupDir}/${copy}`, { readOnly: true });
    const applied = opened.prepare("select name from schema_migrations").all();
    opened.close();
    assertEquals(applied.map(({ name }) => name), [first.name]);
    assertEquals(folder.log.lines.at(-1)?.fields, { migrations: rest.map(({ name }) => name) });
  },
});

Deno.test("openSqlite() leaves the database as it was when a migration fails", async () => {
  await using folder = await makeFolder();
  const options = sqliteOptions(folder);
  await (await openSqlite(options)).close();
  const failing = {
    name: "209901010000_fail",
    async up(db: Parameters<typeof MIGRATIONS[number]["up"]>[0]) {
      await db.schema.createTable("half_made").addColumn("id", "integer").execute();
      throw new RangeError("no further");
    },
  };
  await assertRejects(() => openSqlite({ ...options, migrations: [...MIGRATIONS, failing] }), {
    pattern: /no further/,
  });
  await using database = await openSqlite(options);
  const tables = await database.read.introspection.getTables();
  assert(!tables.some(({ name }) => name === "half_made"));
});

Deno.test("listPendingMigrations() tells what would run and makes no file", async () => {
  await using folder = await makeFolder();
  const names = MIGRATIONS.map(({ name }) => name);
  assertEquals(await listPendingMigrations(folder.options), names);
  assertEquals([...Deno.readDirSync(folder.path)], []);
  assertEquals(await migrateDatabase(folder.options), names);
  assertEquals(await listPendingMigrations(folder.options), []);
  assertEquals(await migrateDatabase(folder.options), []);
});

Deno.test("openDatabase() migrates at its migration address and checks the one in use", async () => {
  await using folder = await makeFolder();
  const address = (name: string) => new Secret(`sqlite:${folder.path}/${name}.db`);
  const options = { ...folder.options, url: address("app"), migrationUrl: address("other") };
  await assertRejects(() => openDatabase(options), {
    type: StartupError,
    pattern: /ALEMBIC_DATABASE_URL names another database than DATABASE_URL/,
  });
  await (await openDatabase({ ...options, url: null })).close();
  assertEquals(await listPendingMigrations({ ...options, url: null }), []);
  const same = { ...options, migrationUrl: new Secret(`sqlite://${folder.path}/app.db`) };
  await (await openDatabase(same)).close();
});
