/** Orders two items as `Array.sort` does. */
export type Compare<Item> = (a: Item, b: Item) => number;

/** Changes of a sorted list. */
export interface ListChanges<Item> {
  /** Items of the list that go, by identity. */
  readonly gone: ReadonlySet<Item>;
  /** Items that come, in order; they stand behind equal ones that stay. */
  readonly added: readonly Item[];
  readonly compare: Compare<Item>;
}

/**
 * The list with its changes, as a new one. What stands before the first of them is copied as a
 * whole, so changes near the end cost little however long the list is.
 */
export function mergeSorted<Item>(
  list: readonly Item[],
  { gone, added, compare }: ListChanges<Item>,
): Item[] {
  let [earliest] = added;
  for (const item of gone) {
    if (earliest === undefined || compare(item, earliest) < 0) earliest = item;
  }
  const first = earliest === undefined ? list.length : boundOf(list, earliest, compare);
  const merged = list.slice(0, first);
  let next = 0;
  for (let place = first; place < list.length; place++) {
    const item = list[place];
    if (item === undefined) break;
    if (gone.has(item)) continue;
    for (let come = added[next]; come !== undefined && compare(come, item) < 0;) {
      merged.push(come);
      come = added[++next];
    }
    merged.push(item);
  }
  for (; next < added.length; next++) {
    const come = added[next];
    if (come !== undefined) merged.push(come);
  }
  return merged;
}

/** How many items two lists begin with that are the same objects. */
export function samePrefix(a: readonly unknown[], b: readonly unknown[]): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}

/** The item of a sorted list that stands where another one would; `null` if there is none. */
export function findSorted<Place, Item extends Place>(
  list: readonly Item[],
  { place, compare }: { readonly place: Place; readonly compare: Compare<Place> },
): Item | null {
  const found = list[boundOf(list, place, compare)];
  return found !== undefined && compare(found, place) === 0 ? found : null;
}

/** Where the first item stands that does not come before `item`. */
function boundOf<Place>(list: readonly Place[], item: Place, compare: Compare<Place>): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = list[middle];
    if (other !== undefined && compare(other, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
