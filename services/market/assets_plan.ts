import type { AliasRow, AssetId, Registry } from "./assets.ts";
import { canonicalJson } from "./assets_checksum.ts";
import {
  bumpLevel,
  CHANGE_LEVELS,
  type ChangeLevel,
  diffRegistries,
  highestLevel,
  type RegistryChange,
} from "./assets_diff.ts";
import {
  keyText,
  REGISTRY_TABLES,
  type RegistryRows,
  type RegistryTable,
} from "./assets_tables.ts";

/** Rows of one table to insert, overwriting those of the same key, or to delete by their key. */
export type SeedStep = {
  readonly [T in RegistryTable]: {
    readonly op: "upsert" | "delete";
    readonly table: T;
    readonly rows: readonly RegistryRows[T][];
  };
}[RegistryTable];

/** A name that stood for one asset and will stand for another. */
export interface AliasRewrite {
  readonly alias: string;
  readonly from: AssetId;
  readonly to: AssetId;
}

/** All that has to happen for the database to hold `toVersion`. */
export interface SeedPlan {
  readonly fromVersion: string | null;
  readonly toVersion: string;
  readonly checksum: string;
  /** The version part that the changes call for; `null` when there are none. */
  readonly level: ChangeLevel | null;
  readonly changes: readonly RegistryChange[];
  /** In the order in which references hold throughout. */
  readonly steps: readonly SeedStep[];
  readonly aliasRewrites: readonly AliasRewrite[];
  readonly warnings: readonly string[];
  /** Why this plan must not run; `null` when it may. */
  readonly refusal: string | null;
}

/** What brings a database that holds `current` (`null`: nothing yet) to `next`. */
export function planSeed(current: Registry | null, next: Registry): SeedPlan {
  const changes = current ? diffRegistries(current, next) : [];
  const level = highestLevel(changes);
  return {
    fromVersion: current?.version ?? null,
    toVersion: next.version,
    checksum: next.checksum,
    level,
    changes,
    steps: planSteps(current, next),
    aliasRewrites: current ? findAliasRewrites(current.asset_aliases, next.asset_aliases) : [],
    ...judgeVersion(current, next, { changes, level }),
  };
}

function planSteps(current: Registry | null, next: Registry): SeedStep[] {
  const upserts = REGISTRY_TABLES.map(({ name }) =>
    step("upsert", name, missingRows(name, { from: next, in: current, byValue: true }))
  );
  const deletes = REGISTRY_TABLES.toReversed().map(({ name }) =>
    step("delete", name, missingRows(name, { from: current, in: next, byValue: false }))
  );
  // Rows that refer go before the rows they refer to, which may be needed until the upserts ran.
  const isReferring = ({ table }: SeedStep) => table.startsWith("asset_");
  return [
    ...deletes.filter(isReferring),
    ...upserts,
    ...deletes.filter((candidate) => !isReferring(candidate)),
  ].filter(({ rows }) => rows.length > 0);
}

function step(op: SeedStep["op"], table: RegistryTable, rows: readonly unknown[]): SeedStep {
  return { op, table, rows } as SeedStep;
}

/** Rows of one registry that the other has not: not at all, or not with the same values. */
function missingRows(
  table: RegistryTable,
  { from, in: other, byValue }: { from: Registry | null; in: Registry | null; byValue: boolean },
): readonly object[] {
  if (!from) return [];
  const nameOf = (row: object) => byValue ? canonicalJson(row) : keyText(table, row);
  const present = new Set((other?.[table] ?? []).map(nameOf));
  return (from[table] as readonly object[]).filter((row) => !present.has(nameOf(row)));
}

function findAliasRewrites(
  before: readonly AliasRow[],
  after: readonly AliasRow[],
): AliasRewrite[] {
  const old = new Map(before.map((row) => [row.alias, row.asset_id]));
  return after.flatMap(({ alias, asset_id: to }) => {
    const from = old.get(alias);
    return from !== undefined && from !== to ? [{ alias, from, to }] : [];
  });
}

function judgeVersion(
  current: Registry | null,
  next: Registry,
  { changes, level }: { changes: readonly RegistryChange[]; level: ChangeLevel | null },
): Pick<SeedPlan, "refusal" | "warnings"> {
  if (!current) return { refusal: null, warnings: [] };
  const step = `${current.version} -> ${next.version}`;
  const bump = bumpLevel(current.version, next.version);
  if (bump === "older") {
    const refusal = `Cannot seed registry ${step}: the database holds a newer version, ` +
      `run the program that brought it or restore a backup`;
    return { refusal, warnings: [] };
  }
  if (level === "major" && bump !== "major") {
    const breaking = changes.filter((change) => change.level === "major").length;
    const refusal = `Cannot seed registry ${step}: ${breaking} breaking ` +
      `${breaking === 1 ? "change needs" : "changes need"} a new major version`;
    return { refusal, warnings: [] };
  }
  const isShort = level !== null &&
    (bump === null || CHANGE_LEVELS.indexOf(bump) < CHANGE_LEVELS.indexOf(level));
  const warnings = isShort
    ? [`Version step ${step} is too small: the changes call for a ${level} step`]
    : [];
  return { refusal: null, warnings };
}
