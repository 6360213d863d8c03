import type { AssetId } from "./assets.ts";

/** Of a text of n letters this part may be wrong for a name to count as similar. */
const MAX_WRONG_PART = 1 / 3;

/**
 * The assets with the most similar names, nearest first, none twice. Names that go on where the
 * text ends count as one letter away; others by their edit distance, up to a third of the text.
 */
export function nearestNames(
  text: string,
  names: Iterable<readonly [name: string, id: AssetId]>,
  { limit }: { readonly limit: number },
): readonly AssetId[] {
  const wanted = text.toLowerCase();
  const maxDistance = Math.max(1, Math.floor(wanted.length * MAX_WRONG_PART));
  const nearest = new Map<AssetId, number>();
  for (const [name, id] of names) {
    const distance = nameDistance(wanted, name.toLowerCase(), maxDistance);
    if (distance > maxDistance || distance >= (nearest.get(id) ?? Infinity)) continue;
    nearest.set(id, distance);
  }
  return [...nearest]
    .sort(([idA, a], [idB, b]) => a - b || (idA < idB ? -1 : 1))
    .slice(0, limit)
    .map(([id]) => id);
}

function nameDistance(wanted: string, name: string, maxDistance: number): number {
  if (wanted.length >= 3 && name.startsWith(wanted)) return 1;
  if (Math.abs(wanted.length - name.length) > maxDistance) return Infinity;
  return editDistance(wanted, name);
}

/** Levenshtein distance: insertions, deletions and replacements of one UTF-16 unit. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? 0) + 1;
      const inserted = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, inserted));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
