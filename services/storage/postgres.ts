import { Kysely, sql } from "kysely";
import postgres from "postgres";
import { errorMessage, StartupError } from "../kernel/errors.ts";
import type { Clock, Log } from "../ports/mod.ts";
import { PostgresCandleRows, PostgresCandleRowsWriter } from "./candle_rows_postgres.ts";
import { announceChange, PostgresChangeFeed } from "./changes_postgres.ts";
import { createDatabase, type Database } from "./database.ts";
import { migrate, type Migration, pendingError, readMigrationState } from "./migrations.ts";
import { postgresNotices } from "./notices_postgres.ts";
import { postgresDialect } from "./postgres_dialect.ts";
import type { Schema } from "./sql/schema.ts";

const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_S = 5;
const CLOSE_TIMEOUT_S = 5;
const INT8 = 20;
const ANALYZED_AFTER_ROWS = 20_000;

export interface PostgresOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** False refuses a database that lacks migrations instead of running them. */
  readonly mayMigrate: boolean;
  readonly migrations?: readonly Migration[];
}

/** Connects and brings the database to this version's schema. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { url, clock, log } = options;
  const db = kyselyOf(url, MAX_CONNECTIONS);
  const listener = openClient(url, () => {});
  const closeAll = async () => {
    await Promise.all([db.destroy(), listener.end({ timeout: 0 })]);
  };
  try {
    await migrateSafely(db, options);
    const changes = await PostgresChangeFeed.start(listener, { db, log });
    return createDatabase({
      dialect: "postgres",
      read: db,
      write: db,
      changes,
      notices: postgresNotices(listener, db),
      candleRows: new PostgresCandleRows(db),
      candleRowsIn: (tx) => new PostgresCandleRowsWriter(tx),
      announce: announceChange,
      upkeep: ({ insertedRows }) => refreshStatistics(db, insertedRows),
      close: closeAll,
    }, clock);
  } catch (error) {
    await closeAll();
    throw startupError(error, url);
  }
}

/** What `openPostgres` would run, without running it. */
export async function listPendingPostgres(url: string): Promise<readonly string[]> {
  const db = kyselyOf(url, 1);
  try {
    const { pending } = await readMigrationState(db, { dialect: "postgres" });
    return pending.map(({ name }) => name);
  } catch (error) {
    throw startupError(error, url);
  } finally {
    await db.destroy();
  }
}

function kyselyOf(url: string, maxConnections: number): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: postgresDialect({
      openClient: (onLost) => openClient(url, onLost),
      maxConnections,
      closeTimeoutS: CLOSE_TIMEOUT_S,
    }),
  });
}

function openClient(url: string, onLost: () => void) {
  return postgres(url, {
    max: 1,
    onclose: onLost,
    connect_timeout: CONNECT_TIMEOUT_S,
    // Connections last; the driver's timer for it would outlive their end.
    max_lifetime: null,
    fetch_types: false,
    connection: { application_name: "tokenlysis" },
    onnotice: () => {},
    // Whole numbers of ours stay below 2^53.
    types: { int8: { to: INT8, from: [INT8], parse: Number, serialize: String } },
  });
}

/**
 * After much new history the planner sorts whole series until it knows their size. The server finds
 * out by itself, but only within minutes.
 */
async function refreshStatistics(db: Kysely<Schema>, insertedRows: number): Promise<void> {
  if (insertedRows >= ANALYZED_AFTER_ROWS) await sql`analyze candles`.execute(db);
}

async function migrateSafely(
  db: Kysely<Schema>,
  { clock, log, mayMigrate, migrations }: PostgresOptions,
): Promise<void> {
  const options = { dialect: "postgres" as const, clock, ...(migrations ? { migrations } : {}) };
  const { pending } = await readMigrationState(db, options);
  if (pending.length === 0) return;
  if (!mayMigrate) throw pendingError(pending);
  const ran = await migrate(db, options);
  log.info("Migrated the database", { migrations: ran });
}

/** What stops the start, in one sentence without the password. */
function startupError(error: unknown, url: string): unknown {
  if (error instanceof StartupError) return error;
  const { host, pathname, username } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username);
  const server = `PostgreSQL at ${host}`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const sentences: Readonly<Record<string, string>> = {
    "28P01": `${server} refuses user "${decodeURIComponent(username)}" or its password: ` +
      "correct them in DATABASE_URL",
    "28000": `${server} does not let user "${decodeURIComponent(username)}" in: ` +
      "correct the user in DATABASE_URL or allow it on the server",
    "3D000": `${server} has no database "${database}": create it with ` +
      `createdb ${database}, or correct its name in DATABASE_URL`,
    "42501": `User "${decodeURIComponent(username)}" may not create tables in database ` +
      `"${database}": grant it that right, or give ALEMBIC_DATABASE_URL a user that has it`,
    "53300": `${server} has no connection left: raise its max_connections or close other clients`,
    "55P03": `Another process has been migrating database "${database}" for a minute: ` +
      "wait for it or end it, then start again",
    "57P03": `${server} is starting up or shutting down: start again in a moment`,
  };
  const sentence = sentences[code] ??
    (isUnreachable(code)
      ? `Cannot reach ${server} (${code}): start it, or correct the address in DATABASE_URL`
      : `Cannot use database "${database}" of ${server}: ${errorMessage(error)}`);
  return new StartupError(sentence, { cause: error });
}

function isUnreachable(code: string): boolean {
  return /^E[A-Z]+$/.test(code) || code.startsWith("CONNECT") || code === "CONNECTION_CLOSED";
}
