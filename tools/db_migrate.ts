import { listPendingMigrations, migrateDatabase } from "@/services/storage/mod.ts";
import { runAsProcess, type Script } from "./cli.ts";
import { openOptions, readConfig } from "./cli_database.ts";

export const dbMigrate = {
  name: "db:migrate",
  usage: `[--dry-run] [--json]

Brings the database to this version's schema: ALEMBIC_DATABASE_URL, else DATABASE_URL, else the
file in TOKENLYSIS_DATA_DIR. A SQLite file that holds data is copied to backups/ first.

  --dry-run  list what would run, change nothing
  --json     print {"dry_run":…,"migrations":[…]}`,
  flags: { "dry-run": { type: "boolean" } },
  async main({ io, flags, report }) {
    const isDryRun = flags["dry-run"] ?? false;
    const options = openOptions(await readConfig(io.env), io);
    const migrations = isDryRun
      ? await listPendingMigrations(options)
      : await migrateDatabase(options);
    const summary = migrations.length === 0
      ? "The database is up to date"
      : `${isDryRun ? "Pending" : "Migrated"}:\n${migrations.join("\n")}`;
    report({ dry_run: isDryRun, migrations }, summary);
  },
} as const satisfies Script<{ "dry-run": { type: "boolean" } }>;

if (import.meta.main) await runAsProcess(dbMigrate);
