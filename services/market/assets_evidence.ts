import { z } from "zod";
import type { Registry } from "./assets.ts";
import type { RegistryProblem } from "./assets_schema.ts";
import { keyText, type RegistryTable } from "./assets_tables.ts";

const SourceNames = z.record(z.string(), z.array(z.string()).min(1));

/**
 * Where each fact of the registry that can be wrong was seen: rows by their key, each with the
 * names of the published lists that hold it. `assets` is about the decimals of native coins.
 */
const EvidenceSchema = z.strictObject({
  /** Name to list, pinned: package and version, or repository, commit and path. */
  sources: z.record(z.string(), z.string().min(1)),
  assets: SourceNames,
  asset_contracts: SourceNames,
  asset_provider_ids: SourceNames,
});

export type Evidence = z.infer<typeof EvidenceSchema>;

/** Reads `registry/evidence.json`; the problems where it has not the shape. */
export function readEvidence(
  json: unknown,
): { readonly evidence: Evidence } | { readonly problems: readonly RegistryProblem[] } {
  const parsed = EvidenceSchema.safeParse(json);
  if (parsed.success) return { evidence: parsed.data };
  return {
    problems: parsed.error.issues.map(({ path, message }) => ({
      path: `evidence.${path.map(String).join(".")}`,
      message,
    })),
  };
}

/** Contracts, provider ids and native decimals that no list stands for, and idle evidence. */
export function findEvidenceProblems(registry: Registry, evidence: Evidence): RegistryProblem[] {
  return [
    ...tableProblems("asset_contracts", registry.asset_contracts, evidence),
    ...tableProblems("asset_provider_ids", registry.asset_provider_ids, evidence),
    ...tableProblems(
      "assets",
      registry.assets.map((row) =>
        row.native_chain_id !== null && row.decimals !== null ? row : null
      ),
      evidence,
    ),
  ];
}

/** `rows` are the table's; `null` stands for a row that needs no evidence. */
function tableProblems(
  table: RegistryTable & keyof Evidence,
  rows: readonly (object | null)[],
  evidence: Evidence,
): RegistryProblem[] {
  const seen = new Map(Object.entries(evidence[table]));
  const problems = rows.flatMap((row, index) => {
    if (row === null) return [];
    const key = keyText(table, row);
    const names = seen.get(key);
    seen.delete(key);
    if (!names) {
      return [{ path: `${table}[${index}]`, message: `expected evidence for "${key}"` }];
    }
    return names.filter((name) => !(name in evidence.sources)).map((name) => ({
      path: `evidence.${table}["${key}"]`,
      message: `expected a name of evidence.sources: "${name}" is none`,
    }));
  });
  const idle = [...seen.keys()].map((key) => ({
    path: `evidence.${table}["${key}"]`,
    message: `expected a row of ${table} with this key`,
  }));
  return [...problems, ...idle];
}
