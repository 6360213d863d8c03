/** The ids with one of them a place further, as far as there is one. */
export function movedBy<Id extends string>(
  ids: readonly Id[],
  { id, by }: { readonly id: string; readonly by: 1 | -1 },
): readonly Id[] {
  const from = ids.findIndex((one) => one === id);
  const moved = ids[from];
  const to = from + by;
  if (moved === undefined || to < 0 || to >= ids.length) return ids;
  return ids.toSpliced(from, 1).toSpliced(to, 0, moved);
}
