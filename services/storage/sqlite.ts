import { dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { errorMessage, StartupError } from "../kernel/errors.ts";
import { isoDayOf } from "../kernel/time.ts";
import type { Clock, Log } from "../ports/mod.ts";
import { SqliteCandleRows, SqliteCandleRowsWriter } from "./candle_rows_sqlite.ts";
import { SqliteChangeFeed } from "./changes_sqlite.ts";
import { Checkpointer, WAL_LIMIT_BYTES } from "./checkpointer.ts";
import { createDatabase, type Database } from "./database.ts";
import { useFolder } from "./folder_use.ts";
import { migrate, type Migration, pendingError, readMigrationState } from "./migrations.ts";
import type { Schema } from "./sql/schema.ts";
import { sqliteDialect } from "./sqlite_dialect.ts";
import { isBusy, sqliteStartupError, whenFree } from "./sqlite_errors.ts";

/** The database in memory, for tests: its readers see what is not yet committed. */
const MEMORY = ":memory:";

const START_LOCK_WAIT_MS = 5_000;
/** Checked page by page at the start, in some 80 ms; larger files are checked with their backups. */
const CHECKED_AT_START_MAX_BYTES = 32 * 1024 * 1024;
/** Small, as the commit of a large import writes what is still in it while the event loop waits. */
const CACHE_KIB = 4 * 1024;

export interface SqliteOptions {
  readonly path: string;
  /** Where the copy goes that is made before a migration. */
  readonly backupDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** False refuses a database that lacks migrations instead of running them. */
  readonly mayMigrate: boolean;
  /** Opened by a thread that nobody waits for, which checkpoints the log itself. */
  readonly isThread?: boolean;
  readonly migrations?: readonly Migration[];
  /** Runs first where no other process uses the file's folder: those that did are gone. */
  readonly whenAlone?: (write: Kysely<Schema>) => Promise<void>;
  /** How long the start waits for another process that has the file locked. */
  readonly lockWaitMs?: number;
}

/** Opens the file, makes it if there is none, and brings it to this version's schema. */
export async function openSqlite(options: SqliteOptions): Promise<Database> {
  const { path, lockWaitMs = START_LOCK_WAIT_MS, whenAlone } = options;
  const opened: DatabaseSync[] = [];
  using held = new DisposableStack();
  try {
    if (path !== MEMORY) makeFolder(dirname(path));
    const writer = connect(path, { opened });
    await whenUnlocked(() => checkFile(writer, path), lockWaitMs);
    await whenUnlocked(() => writer.prepare("pragma journal_mode = wal").get(), lockWaitMs);
    configure(writer);
    const write = new Kysely<Schema>({ dialect: sqliteDialect(writer) });
    await migrateSafely(write, writer, options);
    if (path !== MEMORY) {
      held.use(await useFolder(dirname(path), async () => await whenAlone?.(write)));
    }
    // In memory there is but the one connection.
    const reader = path === MEMORY ? writer : connectReader(path, opened);
    const watcher = path === MEMORY ? writer : connectReader(path, opened);
    const rowsWriter = new SqliteCandleRowsWriter(writer);
    const checkpointer = path === MEMORY ? null : new Checkpointer(path, options);
    const use = held.move();
    return createDatabase({
      dialect: "sqlite",
      read: new Kysely<Schema>({ dialect: sqliteDialect(reader) }),
      write,
      changes: new SqliteChangeFeed(watcher),
      notices: null,
      candleRows: reader === writer ? rowsWriter : new SqliteCandleRows(reader),
      candleRowsIn: () => rowsWriter,
      upkeep: () => checkpointer?.afterCommit(),
      close: async () => {
        await checkpointer?.close();
        closeAll(opened);
        use.dispose();
      },
    }, options.clock);
  } catch (error) {
    closeAll(opened);
    throw sqliteStartupError(error, path);
  }
}

/** What `openSqlite` would run, without running it; an absent file is not made. */
export async function listPendingSqlite(path: string): Promise<readonly string[]> {
  const opened: DatabaseSync[] = [];
  try {
    const isThere = path !== MEMORY && exists(path);
    const connection = connect(isThere ? path : MEMORY, { opened, isReadOnly: isThere });
    if (isThere) await whenUnlocked(() => checkFile(connection, path));
    const db = new Kysely<Schema>({ dialect: sqliteDialect(connection) });
    const { pending } = await readMigrationState(db, { dialect: "sqlite" });
    return pending.map(({ name }) => name);
  } catch (error) {
    throw sqliteStartupError(error, path);
  } finally {
    closeAll(opened);
  }
}

function connectReader(path: string, opened: DatabaseSync[]): DatabaseSync {
  const reader = connect(path, { opened });
  configure(reader);
  reader.exec("pragma query_only = on");
  return reader;
}

/** The writer last: the last connection to go checkpoints the log into the file. */
function closeAll(connections: DatabaseSync[]): void {
  for (const connection of connections.splice(0).reverse()) connection.close();
}

/** Opens a connection; `isReadOnly` leaves even a file of another program as it is. */
function connect(
  path: string,
  { opened, isReadOnly = false }: { opened: DatabaseSync[]; isReadOnly?: boolean },
): DatabaseSync {
  const connection = new DatabaseSync(path, {
    enableForeignKeyConstraints: true,
    readOnly: isReadOnly,
    // Waiting happens outside SQLite, where it does not hold the event loop.
    timeout: 0,
  });
  opened.push(connection);
  return connection;
}

/**
 * `synchronous = normal` in WAL mode: a commit survives the end of the process, also by kill -9; a
 * power cut may take the last commits, never the file's consistency.
 */
const PRAGMAS = [
  "synchronous = normal",
  `cache_size = -${CACHE_KIB}`,
  "temp_store = memory",
  "trusted_schema = off",
  // The checkpointer's work.
  "wal_autocheckpoint = 0",
  `journal_size_limit = ${WAL_LIMIT_BYTES}`,
];

function configure(connection: DatabaseSync): void {
  for (const pragma of PRAGMAS) connection.exec(`pragma ${pragma}`);
}

/** The result of an attempt that another process may delay at the start. */
async function whenUnlocked<T>(attempt: () => T, maxWaitMs = START_LOCK_WAIT_MS): Promise<T> {
  try {
    return attempt();
  } catch (error) {
    if (!isBusy(error)) throw error;
    return await whenFree(attempt, { maxWaitMs });
  }
}

function makeFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new StartupError(
      `Cannot make the folder ${folder} (${errorMessage(error)}): ` +
        `make it writable for this user, or set TOKENLYSIS_DATA_DIR to another`,
      { cause: error },
    );
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new StartupError(
      `Cannot look at the database file ${path} (${errorMessage(error)}): choose another path`,
      { cause: error },
    );
  }
}

/** Refuses a damaged file and the database of another program. */
function checkFile(connection: DatabaseSync, path: string): void {
  if (path === MEMORY) return;
  const tables = connection.prepare("select name from sqlite_master where type = 'table'").all();
  if (tables.length > 0 && !tables.some(({ name }) => name === "schema_migrations")) {
    throw new StartupError(
      `Cannot use the database file ${path}: another program made it; choose another path`,
    );
  }
  if (Deno.statSync(path).size > CHECKED_AT_START_MAX_BYTES) return;
  const finding = connection.prepare("pragma quick_check(1)").get()?.quick_check;
  if (finding !== "ok") throw damaged(path, String(finding));
}

function damaged(path: string, findings: string): StartupError {
  // The first line names the database, the last what is wrong with it.
  const finding = findings.trimEnd().split("\n").at(-1);
  return new StartupError(
    `Cannot use the database file ${path}: it is damaged (${finding}); ` +
      `move it away and restore the newest copy from backups`,
  );
}

/** Migrates; a database that holds anything is copied first and the copy checked. */
async function migrateSafely(
  write: Kysely<Schema>,
  writer: DatabaseSync,
  { path, backupDir, clock, log, mayMigrate, migrations }: SqliteOptions,
): Promise<void> {
  const options = { dialect: "sqlite" as const, clock, ...(migrations ? { migrations } : {}) };
  const { applied, pending } = await readMigrationState(write, options);
  if (pending.length === 0) return;
  if (!mayMigrate) throw pendingError(pending);
  if (applied.length > 0 && path !== MEMORY) {
    const copy = await backUp(writer, { backupDir, clock, next: pending[0]?.name ?? "" });
    log.info("Copied the database before migrating it", { copy });
  }
  const ran = await migrate(write, options);
  log.info("Migrated the database", { migrations: ran });
}

/**
 * A checked copy of the whole database; its path. It takes its final name only after the check, so
 * that a copy with that name is always a good one.
 */
async function backUp(
  connection: DatabaseSync,
  { backupDir, clock, next }: { backupDir: string; clock: Clock; next: string },
): Promise<string> {
  makeFolder(backupDir);
  const now = clock.now();
  const name = `pre-migration-${isoDayOf(now)}-${now}-${Deno.pid}-before-${next}.db`;
  const copy = join(backupDir, name);
  const unchecked = `${copy}.unchecked`;
  try {
    // Not `vacuum into`: it attaches the copy, which only a process with all permissions may.
    await whenUnlocked(() => backup(connection, unchecked));
    checkCopy(unchecked);
    await Deno.rename(unchecked, copy);
  } catch (error) {
    await Deno.remove(unchecked).catch(() => {});
    throw new StartupError(
      `Cannot migrate the database, as its copy in ${backupDir} failed ` +
        `(${errorMessage(error)}): free some space there, or check the database's health`,
      { cause: error },
    );
  }
  return copy;
}

function checkCopy(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    // The copy is in WAL mode as the original is; alone in its folder it has to be one file.
    copy.exec("pragma journal_mode = delete");
    const finding = copy.prepare("pragma integrity_check(1)").get()?.integrity_check;
    if (finding !== "ok") throw damaged(path, String(finding));
  } finally {
    copy.close();
  }
}
