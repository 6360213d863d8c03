import type { RegistryChange } from "@/services/market/assets_diff.ts";

/** One line per change, the gravest first: `major  removed  assets bitcoin`. */
export function changeLines(changes: readonly RegistryChange[]): readonly string[] {
  const order = ["major", "minor", "patch"];
  return changes
    .toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
    .map(({ level, kind, table, key, field, before, after }) => {
      const what = `${level.padEnd(5)}  ${kind.padEnd(7)}  ${table} ${key}`;
      return field === null
        ? what
        : `${what}: ${field} ${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
    });
}
