import { type Kysely, sql, type Transaction } from "kysely";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { AssetStore, RegistryState } from "../../market/asset_ports.ts";
import type { Registry } from "../../market/assets.ts";
import type { SeedPlan, SeedStep } from "../../market/assets_plan.ts";
import { keyColumns, REGISTRY_TABLES, type RegistryTable } from "../../market/assets_tables.ts";
import type { Database } from "../database.ts";
import type { Schema } from "./schema.ts";

const ROWS_AT_ONCE = 200;
/** The columns that hold lists, as the text of their JSON. */
const LIST_COLUMNS: ReadonlySet<string> = new Set(["themes"]);

type Values = Readonly<Record<string, unknown>>;

/** The seeded registry in either database. */
export class SqlAssetStore implements AssetStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async findRegistryState(): Promise<RegistryState | null> {
    const row = await this.#database.read.selectFrom("registry_state")
      .select(["version", "checksum", "seeded_at"]).executeTakeFirst();
    return row
      ? { version: row.version, checksum: row.checksum, seededAt: utcMsOf(row.seeded_at) }
      : null;
  }

  async loadRegistry(): Promise<Registry | null> {
    const state = await this.findRegistryState();
    if (state === null) return null;
    const { version, checksum } = state;
    const tables: Record<string, readonly Values[]> = {};
    for (const { name } of REGISTRY_TABLES) {
      const rows = await selectAll(this.#database.read, name);
      tables[name] = rows.map(fromColumns);
    }
    return { version, checksum, ...tables } as unknown as Registry;
  }

  applyPlan(plan: SeedPlan, now: UtcMs): Promise<void> {
    return this.#database.transaction(async ({ db, touch }) => {
      for (const step of plan.steps) await runStep(db, step);
      const state = { version: plan.toVersion, checksum: plan.checksum };
      const stored = await db.selectFrom("registry_state").select(["version", "checksum"])
        .executeTakeFirst();
      const isSame = stored?.version === state.version && stored.checksum === state.checksum;
      if (isSame && plan.steps.length === 0) return;
      await db.insertInto("registry_state").values({ id: 1, ...state, seeded_at: now })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ ...state, seeded_at: now }))
        .execute();
      touch("registry");
    });
  }
}

async function selectAll(db: Kysely<Schema>, table: RegistryTable): Promise<readonly Values[]> {
  const { rows } = await sql<Values>`select * from ${sql.table(table)}`.execute(db);
  return rows;
}

async function runStep(db: Transaction<Schema>, step: SeedStep): Promise<void> {
  const rows = (step.rows as readonly object[]).map((row) => toColumns(row as Values));
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const part = rows.slice(start, start + ROWS_AT_ONCE);
    await (step.op === "upsert" ? upsert : remove)(db, { table: step.table, rows: part });
  }
}

async function upsert(
  db: Transaction<Schema>,
  { table, rows }: { table: RegistryTable; rows: readonly Values[] },
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const key = keyColumns(table);
  const names = (list: readonly string[]) => sql.join(list.map((name) => sql.ref(name)));
  const tuples = rows.map((row) => sql`(${sql.join(columns.map((name) => row[name]))})`);
  const changes = columns.filter((name) => !key.includes(name))
    .map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`);
  await sql`insert into ${sql.table(table)} (${names(columns)}) values ${sql.join(tuples)}
    on conflict (${names(key)}) do update set ${sql.join(changes)}`.execute(db);
}

async function remove(
  db: Transaction<Schema>,
  { table, rows }: { table: RegistryTable; rows: readonly Values[] },
): Promise<void> {
  for (const row of rows) {
    const isRow = keyColumns(table).map((name) => sql`${sql.ref(name)} = ${row[name]}`);
    await sql`delete from ${sql.table(table)} where ${sql.join(isRow, sql` and `)}`.execute(db);
  }
}

function toColumns(row: Values): Values {
  return mapLists(row, (list) => JSON.stringify(list));
}

function fromColumns(row: Values): Values {
  return mapLists(row, (text) => JSON.parse(String(text)));
}

function mapLists(row: Values, turn: (value: unknown) => unknown): Values {
  return Object.fromEntries(
    Object.entries(row).map((
      [name, value],
    ) => [name, LIST_COLUMNS.has(name) ? turn(value) : value]),
  );
}
