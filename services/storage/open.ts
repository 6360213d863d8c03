import { join } from "node:path";
import type { Kysely } from "kysely";
import type { Secret } from "../kernel/secret.ts";
import type { Clock, Log } from "../ports/mod.ts";
import type { Database } from "./database.ts";
import { endLeases } from "./sql/end_leases.ts";
import type { Schema } from "./sql/schema.ts";
import { listPendingSqlite, openSqlite } from "./sqlite.ts";

const FILE_NAME = "tokenlysis.db";

export interface DatabaseLocation {
  /** `sqlite:PATH` or `postgresql://…`; `null` is the embedded database in `dataDir`. */
  readonly url: Secret | null;
  /** Where migrations run instead, such as past a connection pooler. */
  readonly migrationUrl: Secret | null;
  readonly dataDir: string;
}

export interface OpenOptions extends DatabaseLocation {
  readonly clock: Clock;
  readonly log: Log;
  /** True in a thread that nobody waits for. */
  readonly isThread?: boolean;
}

/**
 * Opens the database, migrates it under a lock and checks it. Migrations run at `migrationUrl`, then
 * `url`, then the embedded database, whichever is given first.
 * Throws `StartupError` with a sentence that says what to do.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const target = migrationAddress(options);
  const address = (options.url ?? options.migrationUrl)?.reveal() ?? embedded(options);
  if (target !== address) await (await open(target, { ...options, mayMigrate: true })).close();
  return await open(address, { ...options, mayMigrate: target === address });
}

/** The migrations that `openDatabase` would run; changes nothing. */
export async function listPendingMigrations(
  location: DatabaseLocation,
): Promise<readonly string[]> {
  const address = migrationAddress(location);
  const path = sqlitePath(address);
  if (path !== null) return await listPendingSqlite(path);
  const { listPendingPostgres } = await import("./postgres.ts");
  return await listPendingPostgres(address);
}

/** Brings the database to this version's schema and closes it; the migrations that were pending. */
export async function migrateDatabase(options: OpenOptions): Promise<readonly string[]> {
  const address = migrationAddress(options);
  const pending = await listPendingMigrations(options);
  await (await open(address, { ...options, mayMigrate: true })).close();
  return pending;
}

async function open(
  address: string,
  { dataDir, clock, log, mayMigrate, isThread = false }: OpenOptions & { mayMigrate: boolean },
): Promise<Database> {
  const path = sqlitePath(address);
  if (path !== null) {
    const backupDir = join(dataDir, "backups");
    const whenAlone = (write: Kysely<Schema>) => endLeases(write, { log });
    return await openSqlite({ path, backupDir, clock, log, mayMigrate, isThread, whenAlone });
  }
  // Only here, so that the embedded database does not load the driver.
  const { openPostgres } = await import("./postgres.ts");
  return await openPostgres({ url: address, clock, log, mayMigrate });
}

function migrationAddress(location: DatabaseLocation): string {
  return (location.migrationUrl ?? location.url)?.reveal() ?? embedded(location);
}

function embedded({ dataDir }: DatabaseLocation): string {
  return `sqlite:${join(dataDir, FILE_NAME)}`;
}

/**
 * The file of a `sqlite:` address, `null` for PostgreSQL. `sqlite:data/x.db` is relative to the
 * working folder, `sqlite:/srv/x.db` and `sqlite:///srv/x.db` are absolute.
 */
function sqlitePath(address: string): string | null {
  if (!address.startsWith("sqlite:")) return null;
  return address.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
}
