import type { SeedPlan, SeedStep } from "./assets_plan.ts";
import { keyColumns } from "./assets_tables.ts";

/**
 * The plan as SQL that SQLite and PostgreSQL both read: what seeding does, for people to review.
 * The last statement records the version; `:now` is the instant of the seeding.
 */
export function renderSeedSql(plan: SeedPlan): readonly string[] {
  if (plan.fromVersion === plan.toVersion && plan.steps.length === 0) return [];
  return [...plan.steps.map(renderStep), renderState(plan)];
}

function renderStep(step: SeedStep): string {
  return step.op === "upsert" ? renderUpsert(step) : renderDelete(step);
}

function renderUpsert({ table, rows }: SeedStep): string {
  const records = rows.map(toRecord);
  const columns = Object.keys(records[0] ?? {});
  const keys = keyColumns(table);
  const updates = columns.filter((column) => !keys.includes(column))
    .map((column) => `${column} = excluded.${column}`);
  const values = records.map((record) =>
    `  (${columns.map((column) => literal(record[column])).join(", ")})`
  );
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES\n${values.join(",\n")}\n` +
    `ON CONFLICT (${keys.join(", ")}) DO UPDATE SET ${updates.join(", ")};`;
}

function renderDelete({ table, rows }: SeedStep): string {
  const conditions = rows.map(toRecord).map((record) => {
    const equals = keyColumns(table).map((column) => `${column} = ${literal(record[column])}`);
    return `(${equals.join(" AND ")})`;
  });
  return `DELETE FROM ${table} WHERE ${conditions.join("\n  OR ")};`;
}

function renderState({ toVersion, checksum }: SeedPlan): string {
  return "INSERT INTO registry_state (id, version, checksum, seeded_at) VALUES\n" +
    `  (1, ${literal(toVersion)}, ${literal(checksum)}, :now)\n` +
    "ON CONFLICT (id) DO UPDATE SET version = excluded.version, checksum = excluded.checksum, " +
    "seeded_at = excluded.seeded_at;";
}

function toRecord(row: object): Readonly<Record<string, unknown>> {
  return row as Readonly<Record<string, unknown>>;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}
