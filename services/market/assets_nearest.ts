import { editDistance } from "../kernel/edit_distance.ts";
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
