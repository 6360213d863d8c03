import { AppError } from "@/services/kernel/errors.ts";
import type { Registry } from "@/services/market/assets.ts";
import { diffRegistries, highestLevel } from "@/services/market/assets_diff.ts";
import { problemLine } from "@/services/market/assets_parse.ts";
import { readRegistryShape } from "@/services/market/assets_schema.ts";
import { changeLines } from "./assets_changes.ts";
import { readJson } from "./assets_files.ts";
import { runAsProcess, type Script } from "./cli.ts";

/** Prints every difference of two registries with its semver class. */
export const ASSETS_DIFF: Script<Record<never, never>> = {
  name: "assets:diff",
  usage: `OLD NEW [--json]

Compares two asset registries. Classes: patch is metadata (aliases, provider ids, names), minor is
what is new (assets, contracts, facts) or deprecated, major is identity (decimals, chain, removal).

  --json  print one object: from, to, level, changes
  --help  show this text`,
  flags: {},
  positionals: { min: 2, max: 2 },
  async main({ positionals, report }) {
    const [before, after] = await Promise.all(positionals.map(readRegistry));
    if (!before || !after) throw new RangeError("Cannot compare without two registries");
    const changes = diffRegistries(before, after);
    const level = highestLevel(changes);
    const heading = `Registry ${before.version} -> ${after.version}: ` +
      (level === null ? "no changes" : `${changes.length} changes, which call for a ${level} step`);
    report(
      { from: before.version, to: after.version, level, changes },
      [heading, ...changeLines(changes)].join("\n"),
    );
  },
};

/** A registry of the right shape. Its rules are not asked: an old one may break new rules. */
export async function readRegistry(path: string): Promise<Registry> {
  const shape = readRegistryShape(await readJson(path));
  if ("registry" in shape) return shape.registry;
  const problems = shape.problems.map(problemLine).join("\n");
  throw new AppError("VALIDATION_FAILED", `Cannot read registry "${path}":\n${problems}`);
}

if (import.meta.main) await runAsProcess(ASSETS_DIFF);
