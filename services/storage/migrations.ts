import { type Kysely, sql, type Transaction } from "kysely";
import { up as createAssetRegistry } from "../../migrations/202611210910_create_asset_registry.ts";
import { up as createCandles } from "../../migrations/202611210920_create_candles.ts";
import { up as createJobs } from "../../migrations/202611211000_create_jobs.ts";
import { up as createLeases } from "../../migrations/202611211130_create_leases.ts";
import { up as coverDueJobs } from "../../migrations/202611211131_cover_due_jobs.ts";
import { up as createAuditLog } from "../../migrations/202611211140_create_audit_log.ts";
import { up as createScores } from "../../migrations/202611211200_create_scores.ts";
import { up as createPools } from "../../migrations/202611211400_create_pools.ts";
import { up as createGauges } from "../../migrations/202611211410_create_gauges.ts";
import { up as createPoolQuarantine } from "../../migrations/202611211500_create_pool_quarantine.ts";
import { up as createGaugeHours } from "../../migrations/202611211510_create_gauge_hours.ts";
import { up as nameLocalOwner } from "../../migrations/202611211530_name_local_owner.ts";
import { up as createProviderState } from "../../migrations/202611211100_create_provider_state.ts";
import { up as createRawIngest } from "../../migrations/202611211110_create_raw_ingest.ts";
import { up as createLivePrices } from "../../migrations/202611211120_create_live_prices.ts";
import { up as createFx } from "../../migrations/202611211310_create_fx.ts";
import { up as createLedger } from "../../migrations/202611211300_create_ledger.ts";
import { up as createSnapshots } from "../../migrations/202611211320_create_snapshots.ts";
import { up as createRemovedRows } from "../../migrations/202611211620_create_removed_rows.ts";
import { up as replaceSnapshots } from "../../migrations/202611211610_replace_snapshots.ts";
import { up as settleHeldReadings } from "../../migrations/202611211700_settle_held_readings.ts";
import { up as createPaidRuns } from "../../migrations/202611211720_create_paid_runs.ts";
import { up as dateKinks } from "../../migrations/202611211710_date_kinks.ts";
import { up as trackSeriesChanges } from "../../migrations/202611211600_track_series_changes.ts";
import { up as createWatchlists } from "../../migrations/202611211330_create_watchlists.ts";
import { up as stageImports } from "../../migrations/202611211730_stage_imports.ts";
import { up as createScoreRelations } from "../../migrations/202611211800_create_score_relations.ts";
import { up as showChangesAtOnce } from "../../migrations/202611211810_show_changes_at_once.ts";
import { columnTypes } from "../../migrations/columns.ts";
import { up as createDataVersion } from "../../migrations/202611210900_create_data_version.ts";
import { StartupError } from "../kernel/errors.ts";
import type { Clock } from "../ports/mod.ts";
import type { Dialect } from "./database.ts";
import type { Schema } from "./sql/schema.ts";

/** One step of the schema, for both databases. */
export interface Migration {
  readonly name: string;
  readonly up: (db: Kysely<unknown>) => Promise<void>;
}

/** Every migration in the order of its name, which is the order they run in. */
export const MIGRATIONS: readonly Migration[] = [
  { name: "202611210900_create_data_version", up: createDataVersion },
  { name: "202611210910_create_asset_registry", up: createAssetRegistry },
  { name: "202611210920_create_candles", up: createCandles },
  { name: "202611211000_create_jobs", up: createJobs },
  { name: "202611211100_create_provider_state", up: createProviderState },
  { name: "202611211110_create_raw_ingest", up: createRawIngest },
  { name: "202611211120_create_live_prices", up: createLivePrices },
  { name: "202611211130_create_leases", up: createLeases },
  { name: "202611211131_cover_due_jobs", up: coverDueJobs },
  { name: "202611211140_create_audit_log", up: createAuditLog },
  { name: "202611211200_create_scores", up: createScores },
  { name: "202611211300_create_ledger", up: createLedger },
  { name: "202611211310_create_fx", up: createFx },
  { name: "202611211320_create_snapshots", up: createSnapshots },
  { name: "202611211330_create_watchlists", up: createWatchlists },
  { name: "202611211400_create_pools", up: createPools },
  { name: "202611211410_create_gauges", up: createGauges },
  { name: "202611211500_create_pool_quarantine", up: createPoolQuarantine },
  { name: "202611211510_create_gauge_hours", up: createGaugeHours },
  { name: "202611211530_name_local_owner", up: nameLocalOwner },
  { name: "202611211600_track_series_changes", up: trackSeriesChanges },
  { name: "202611211610_replace_snapshots", up: replaceSnapshots },
  { name: "202611211620_create_removed_rows", up: createRemovedRows },
  { name: "202611211700_settle_held_readings", up: settleHeldReadings },
  { name: "202611211710_date_kinks", up: dateKinks },
  { name: "202611211720_create_paid_runs", up: createPaidRuns },
  { name: "202611211730_stage_imports", up: stageImports },
  { name: "202611211800_create_score_relations", up: createScoreRelations },
  { name: "202611211810_show_changes_at_once", up: showChangesAtOnce },
];

/** Any number that no other program on the same server locks by: "tokenlys" in ASCII, cut. */
const POSTGRES_LOCK = 0x746f6b65;
const POSTGRES_LOCK_TIMEOUT = "60s";

export interface MigrationState {
  readonly applied: readonly string[];
  readonly pending: readonly Migration[];
}

/**
 * What the database has and what it lacks; asks only, so it needs no lock.
 * Throws `StartupError` for a database that a newer version made.
 */
export async function readMigrationState(
  db: Kysely<Schema>,
  { dialect, migrations = MIGRATIONS }: { dialect: Dialect; migrations?: readonly Migration[] },
): Promise<MigrationState> {
  const applied = await hasMigrationsTable(db, dialect)
    ? (await db.selectFrom("schema_migrations").select("name").orderBy("name").execute())
      .map(({ name }) => name)
    : [];
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.filter((name) => !known.has(name)).sort();
  if (unknown.length > 0) {
    throw new StartupError(
      `Cannot use the database: a newer version of Tokenlysis made it (${unknown.join(", ")}); ` +
        `start that version, or restore a backup from before it`,
    );
  }
  return { applied, pending: migrations.filter(({ name }) => !applied.includes(name)) };
}

/**
 * Runs what is pending, each migration in a transaction of its own under a lock; the names of those
 * that this call ran. Of two processes that start at once, one runs each and the other waits.
 */
export async function migrate(
  db: Kysely<Schema>,
  options: { dialect: Dialect; clock: Clock; migrations?: readonly Migration[] },
): Promise<readonly string[]> {
  const { dialect, clock } = options;
  const { pending } = await readMigrationState(db, options);
  const ran: string[] = [];
  for (const migration of pending) {
    const isOurs = await db.transaction().execute(async (tx) => {
      await lockForMigration(tx, dialect);
      return await applyOnce(tx, { migration, at: clock.now() });
    });
    if (isOurs) ran.push(migration.name);
  }
  return ran;
}

/** What stops the start where the migrations ran at another database than the one in use. */
export function pendingError(pending: readonly Migration[]): StartupError {
  return new StartupError(
    `Cannot use the database: it lacks ${pending.map(({ name }) => name).join(", ")}, as ` +
      "ALEMBIC_DATABASE_URL names another database than DATABASE_URL; make both name the same one",
  );
}

/** SQLite needs no more than the write lock, with which every transaction begins. */
async function lockForMigration(db: Transaction<Schema>, dialect: Dialect): Promise<void> {
  if (dialect === "sqlite") return;
  await sql`set local lock_timeout = ${sql.lit(POSTGRES_LOCK_TIMEOUT)}`.execute(db);
  await sql`select pg_advisory_xact_lock(${sql.lit(POSTGRES_LOCK)})`.execute(db);
}

/** Runs it unless another process did so while this one waited for the lock. */
async function applyOnce(
  db: Transaction<Schema>,
  { migration, at }: { migration: Migration; at: number },
): Promise<boolean> {
  const anySchema = db as unknown as Kysely<unknown>;
  const type = columnTypes(anySchema);
  await db.schema.createTable("schema_migrations").ifNotExists()
    .addColumn("name", type.text, (c) => c.primaryKey())
    .addColumn("applied_at", type.integer, (c) => c.notNull()) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
  const done = await db.selectFrom("schema_migrations").select("name")
    .where("name", "=", migration.name).executeTakeFirst();
  if (done) return false;
  await migration.up(anySchema);
  await db.insertInto("schema_migrations").values({ name: migration.name, applied_at: at })
    .execute();
  return true;
}

async function hasMigrationsTable(db: Kysely<Schema>, dialect: Dialect): Promise<boolean> {
  const { rows } = dialect === "sqlite"
    ? await sql`select 1 from sqlite_master where name = 'schema_migrations'`.execute(db)
    : await sql`select 1 where to_regclass('schema_migrations') is not null`.execute(db);
  return rows.length > 0;
}
