/** Something that the palette can lead to. */
export interface PaletteEntry {
  readonly id: string;
  readonly label: string;
  /** Symbol of an asset, keys of a page. */
  readonly detail: string;
  readonly group: "Assets" | "Pages" | "Actions";
}

const MAX_PER_GROUP = 8;

/** How well an entry fits, lower is better, or `null` where it does not. */
function fit({ label, detail }: PaletteEntry, needle: string): number | null {
  const name = label.toLowerCase();
  const short = detail.toLowerCase();
  if (short === needle || name === needle) return 0;
  if (short.startsWith(needle)) return 1;
  if (name.startsWith(needle)) return 2;
  if (name.includes(` ${needle}`)) return 3;
  return name.includes(needle) || short.includes(needle) ? 4 : null;
}

/** The entries that fit a query, best first inside their group, at most eight of a group. */
export function searchEntries(entries: readonly PaletteEntry[], query: string): PaletteEntry[] {
  const needle = query.trim().toLowerCase();
  const groups: Record<PaletteEntry["group"], { entry: PaletteEntry; rank: number }[]> = {
    Assets: [],
    Pages: [],
    Actions: [],
  };
  for (const entry of entries) {
    const rank = needle === "" ? 0 : fit(entry, needle);
    if (rank !== null) groups[entry.group].push({ entry, rank });
  }
  // Array.prototype.sort is stable, so entries of one rank keep the order of the registry.
  return Object.values(groups).flatMap((group) =>
    group.sort((a, b) => a.rank - b.rank).slice(0, MAX_PER_GROUP).map(({ entry }) => entry)
  );
}
