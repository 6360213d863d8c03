import { loadConfig } from "@/services/config.ts";
import { StartupError } from "@/services/kernel/errors.ts";
import type { AssetStore } from "@/services/market/asset_ports.ts";
import type { Registry } from "@/services/market/assets.ts";
import { parseRegistry } from "@/services/market/assets_parse.ts";
import { planSeed, type SeedPlan } from "@/services/market/assets_plan.ts";
import { planStoredSeed, seedRegistry } from "@/services/market/assets_seed.ts";
import { renderSeedSql } from "@/services/market/assets_sql.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { JsonLog } from "@/services/platform/json_log.ts";
import {
  type DatabaseLocation,
  listPendingMigrations,
  openDatabase,
  SqlAssetStore,
} from "@/services/storage/mod.ts";
import { changeLines } from "./assets_changes.ts";
import { readRegistry } from "./assets_diff.ts";
import { readJson, REGISTRY_FILE } from "./assets_files.ts";
import { type CliIo, runAsProcess, type Script, UsageError } from "./cli.ts";

const FLAGS = { "dry-run": { type: "boolean" }, from: { type: "string" } } as const;
/** The migration that makes the tables; before it a database holds no registry. */
const REGISTRY_MIGRATION = /_create_asset_registry$/;

/** Seeds the registry into the database, or shows how. */
export const ASSETS_SEED: Script<typeof FLAGS> = {
  name: "assets:seed",
  usage: `[FILE] [--dry-run] [--from OLD] [--json]

Brings the database to an asset registry (by default ${REGISTRY_FILE}), as each start does.
A breaking change without a new major version, or an older registry, is refused: exit code 1.

  --dry-run   print the plan and change nothing: SQL and names that change hands
  --from OLD  plan from this registry file instead of the database; with --dry-run only
  --json      print one object: from, to, level, changes, alias_rewrites, warnings, refusal, sql
  --help      show this text`,
  flags: FLAGS,
  positionals: { min: 0, max: 1 },
  async main({ io, flags, positionals, report }) {
    const isDryRun = flags["dry-run"] === true;
    if (flags.from !== undefined && !isDryRun) {
      throw new UsageError("--from goes with --dry-run only");
    }
    const next = parseRegistry(await readJson(positionals[0] ?? REGISTRY_FILE));
    const plan = flags.from !== undefined
      ? planSeed(await readRegistry(flags.from), next)
      : await (isDryRun ? planFromDatabase : seedDatabase)(next, io);
    report(outcome(plan, next), isDryRun ? planText(plan, next) : seededText(plan, next));
    for (const warning of plan?.warnings ?? []) io.stderr(`${warning}\n`);
    if (!plan?.refusal) return 0;
    io.stderr(`${plan.refusal}\n`);
    return 1;
  },
};

function seedDatabase(next: Registry, io: CliIo): Promise<SeedPlan | null> {
  const clock = new SystemClock();
  return withStore(io, (store) => seedRegistry(next, { store, clock }));
}

/** Looks without migrating: a database that lacks the tables, or is not there, holds nothing. */
async function planFromDatabase(next: Registry, io: CliIo): Promise<SeedPlan | null> {
  const pending = await listPendingMigrations(databaseLocation(io));
  if (pending.some((name) => REGISTRY_MIGRATION.test(name))) return planSeed(null, next);
  if (pending.length > 0) {
    throw new StartupError("Cannot plan for an older database: run deno task db:migrate first");
  }
  return await withStore(io, (store) => planStoredSeed(next, store));
}

async function withStore<T>(io: CliIo, work: (store: AssetStore) => Promise<T>): Promise<T> {
  const clock = new SystemClock();
  const log = new JsonLog({ clock, write: io.stderr, level: "warn" });
  await using database = await openDatabase({ ...databaseLocation(io), clock, log });
  return await work(new SqlAssetStore(database));
}

function databaseLocation({ env }: CliIo): DatabaseLocation {
  const { database, dataDir } = loadConfig(env);
  return { ...database, dataDir };
}

function outcome(plan: SeedPlan | null, next: Registry): object {
  return {
    from: plan === null ? next.version : plan.fromVersion,
    to: next.version,
    checksum: next.checksum,
    level: plan?.level ?? null,
    changes: plan?.changes ?? [],
    alias_rewrites: plan?.aliasRewrites ?? [],
    warnings: plan?.warnings ?? [],
    refusal: plan?.refusal ?? null,
    sql: plan === null ? [] : renderSeedSql(plan),
  };
}

function planText(plan: SeedPlan | null, next: Registry): string {
  if (plan === null) return heldText(next);
  const rewrites = plan.aliasRewrites.map(({ alias, from, to }) => `-- ${alias}: ${from} -> ${to}`);
  return [
    `-- Registry ${plan.fromVersion ?? "(none)"} -> ${plan.toVersion}`,
    `-- ${plan.changes.length} changes${plan.level ? `, which call for a ${plan.level} step` : ""}`,
    ...changeLines(plan.changes).map((line) => `--   ${line}`),
    `-- ${rewrites.length} alias rewrites`,
    ...rewrites,
    ...renderSeedSql(plan),
  ].join("\n");
}

function seededText(plan: SeedPlan | null, next: Registry): string {
  if (plan === null) return heldText(next);
  return `Seeded registry ${plan.fromVersion ?? "(none)"} -> ${plan.toVersion}: ` +
    `${next.assets.length} assets`;
}

function heldText({ version }: Registry): string {
  return `The database holds registry ${version} already`;
}

if (import.meta.main) await runAsProcess(ASSETS_SEED);
