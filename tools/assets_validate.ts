import type { Registry } from "@/services/market/assets.ts";
import { findEvidenceProblems, readEvidence } from "@/services/market/assets_evidence.ts";
import { problemLine } from "@/services/market/assets_parse.ts";
import {
  readRegistryShape,
  registryJsonSchema,
  type RegistryProblem,
} from "@/services/market/assets_schema.ts";
import { REGISTRY_TABLES } from "@/services/market/assets_tables.ts";
import { findRegistryProblems } from "@/services/market/assets_validate.ts";
import { EVIDENCE_FILE, readJson, REGISTRY_FILE } from "./assets_files.ts";
import { type CliIo, runAsProcess, type Script } from "./cli.ts";

const FLAGS = { evidence: { type: "string" }, schema: { type: "boolean" } } as const;

/** Prints every problem of a registry at once, or how much of it holds. */
export const ASSETS_VALIDATE: Script<typeof FLAGS> = {
  name: "assets:validate",
  usage: `[FILE] [--evidence FILE] [--json] | --schema

Checks an asset registry (by default ${REGISTRY_FILE}): its shape, references, duplicates,
addresses and their checksums, lifecycles, its own checksum, and that every contract and provider
id was seen in a published list. Prints all problems; exits with 1 if there is one.

  --evidence FILE  where the rows were seen (by default ${EVIDENCE_FILE})
  --schema         print the shape as JSON Schema, as registry/assets.schema.json has it
  --json           print one object: valid, problems, version, counts
  --help           show this text`,
  flags: FLAGS,
  positionals: { min: 0, max: 1 },
  async main({ io, flags, positionals, isJson, report }) {
    if (flags.schema) return printSchema(io);
    const shape = readRegistryShape(await readJson(positionals[0] ?? REGISTRY_FILE));
    const problems = "problems" in shape ? shape.problems : [
      ...findRegistryProblems(shape.registry),
      ...await evidenceProblems(shape.registry, flags.evidence ?? EVIDENCE_FILE),
    ];
    const isValid = problems.length === 0;
    const facts = "registry" in shape
      ? { version: shape.registry.version, counts: countRows(shape.registry) }
      : { version: null, counts: null };
    if (isValid || isJson) report({ valid: isValid, problems, ...facts }, describe(facts));
    for (const problem of problems) io.stderr(`${problemLine(problem)}\n`);
    return isValid ? 0 : 1;
  },
};

function printSchema(io: CliIo): number {
  io.stdout(`${JSON.stringify(registryJsonSchema(), null, 2)}\n`);
  return 0;
}

async function evidenceProblems(
  registry: Registry,
  path: string,
): Promise<readonly RegistryProblem[]> {
  const read = readEvidence(await readJson(path));
  return "problems" in read ? read.problems : findEvidenceProblems(registry, read.evidence);
}

function countRows(registry: Registry): Readonly<Record<string, number>> {
  return Object.fromEntries(REGISTRY_TABLES.map(({ name }) => [name, registry[name].length]));
}

function describe(
  { version, counts }: { version: string | null; counts: Readonly<Record<string, number>> | null },
): string {
  const rows = Object.entries(counts ?? {}).map(([table, count]) => `${count} ${table}`);
  return `Registry ${version} is valid: ${rows.join(", ")}`;
}

if (import.meta.main) await runAsProcess(ASSETS_VALIDATE);
