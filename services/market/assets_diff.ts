import type { Registry } from "./assets.ts";
import { keyText, REGISTRY_TABLES, type RegistryTable } from "./assets_tables.ts";

/** Semver classes, least first. */
export const CHANGE_LEVELS = ["patch", "minor", "major"] as const;
export type ChangeLevel = typeof CHANGE_LEVELS[number];

/** One difference between two registries, with the version part it calls for. */
export interface RegistryChange {
  readonly level: ChangeLevel;
  readonly kind: "added" | "removed" | "changed";
  readonly table: RegistryTable;
  /** The row's key columns joined by spaces. */
  readonly key: string;
  /** What changed of the row; `null` where the whole row came or went. */
  readonly field: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** Rows that only describe: other names and other systems' names of what is there already. */
const METADATA_TABLES: ReadonlySet<RegistryTable> = new Set([
  "asset_provider_ids",
  "asset_aliases",
]);

/** Fields that say what a thing is. A change of them gives old quantities a new meaning. */
const IDENTITY_FIELDS: ReadonlySet<string> = new Set([
  "decimals",
  "native_chain_id",
  "address_format",
  "eip155_id",
  "asset_id",
]);

const LIFECYCLE_FIELDS: ReadonlySet<string> = new Set([
  "deprecated_in",
  "deprecation_status",
  "superseded_by",
]);

/** Every difference, by table and key; empty when both hold the same rows. */
export function diffRegistries(before: Registry, after: Registry): RegistryChange[] {
  return REGISTRY_TABLES.flatMap(({ name }) => diffTable(name, { before, after }));
}

function diffTable(
  table: RegistryTable,
  { before, after }: { before: Registry; after: Registry },
): RegistryChange[] {
  const old = rowsByKey(before, table);
  const fresh = rowsByKey(after, table);
  const changes: RegistryChange[] = [];
  for (const [key, row] of old) {
    const next = fresh.get(key);
    if (next) {
      changes.push(...diffRow(table, key, { before: row, after: next }));
    } else {
      const level = METADATA_TABLES.has(table) ? "patch" : "major";
      changes.push({ level, kind: "removed", table, key, field: null, before: row, after: null });
    }
  }
  for (const [key, row] of fresh) {
    if (old.has(key)) continue;
    const level = METADATA_TABLES.has(table) ? "patch" : "minor";
    changes.push({ level, kind: "added", table, key, field: null, before: null, after: row });
  }
  return changes;
}

type Fields = Readonly<Record<string, unknown>>;

function rowsByKey(registry: Registry, table: RegistryTable): Map<string, Fields> {
  const rows: readonly object[] = registry[table];
  return new Map(rows.map((row) => [keyText(table, row), row as Fields]));
}

function diffRow(
  table: RegistryTable,
  key: string,
  { before, after }: { before: Fields; after: Fields },
): RegistryChange[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .filter((field) => !sameValue(before[field], after[field]))
    .map((field) => ({
      level: fieldLevel(table, field, before[field]),
      kind: "changed",
      table,
      key,
      field,
      before: before[field] ?? null,
      after: after[field] ?? null,
    }));
}

function fieldLevel(table: RegistryTable, field: string, before: unknown): ChangeLevel {
  if (METADATA_TABLES.has(table)) return "patch";
  // A fact that was not known before takes nothing back.
  if (IDENTITY_FIELDS.has(field)) {
    return before === null || before === undefined ? "minor" : "major";
  }
  return LIFECYCLE_FIELDS.has(field) ? "minor" : "patch";
}

/** Fields are scalars, or lists of texts that count as sets. */
function sameValue(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return (a ?? null) === (b ?? null);
  return a.length === b.length && a.every((item) => b.includes(item));
}

/** The highest level among the changes; `null` without any. */
export function highestLevel(changes: readonly RegistryChange[]): ChangeLevel | null {
  const ranks = changes.map((change) => CHANGE_LEVELS.indexOf(change.level));
  return CHANGE_LEVELS[Math.max(-1, ...ranks)] ?? null;
}

/**
 * What the step from one version to the next announces: `null` for the same version, "older" for
 * a step back. Throws `RangeError` on what is no semver.
 */
export function bumpLevel(from: string, to: string): ChangeLevel | "older" | null {
  const [old, fresh] = [parseVersion(from), parseVersion(to)];
  for (const [at, level] of [[0, "major"], [1, "minor"], [2, "patch"]] as const) {
    if (fresh[at] > old[at]) return level;
    if (fresh[at] < old[at]) return "older";
  }
  return null;
}

function parseVersion(text: string): readonly [number, number, number] {
  const match = SEMVER.exec(text);
  if (!match) throw new RangeError(`Cannot read version "${text}": expected MAJOR.MINOR.PATCH`);
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** A released version: three numbers, no pre-release. */
export const SEMVER = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;
