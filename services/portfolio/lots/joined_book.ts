import type { AssetId } from "../../market/mod.ts";
import type { Lot, LotBook } from "./lot_book.ts";
import { type Compare, mergeSorted, samePrefix } from "./sorted_list.ts";

/** Where more assets changed, joining all of them costs less than one after the other. */
const MAX_REPLACED = 8;

/** The order of lots of several assets, of each of which they are in order. */
export function compareLots(a: Lot, b: Lot): number {
  return (a.acquired ?? 0) - (b.acquired ?? 0) || compareTexts(a.assetId, b.assetId);
}

/** By time, then by asset, so that the order does not depend on that of the rows. */
const ORDERS: { readonly [Name in keyof LotBook]: Compare<LotBook[Name][number]> } = {
  lots: compareLots,
  disposals: (a, b) => a.disposed - b.disposed || compareTexts(a.assetId, b.assetId),
  income: (a, b) => a.at - b.at || compareTexts(a.assetId, b.assetId),
  // A fee in the currency of the prices names no asset.
  fees: (a, b) => a.at - b.at || compareTexts(a.rowId, b.rowId),
  realized: (a, b) => a.year - b.year || compareTexts(a.assetId, b.assetId),
  problems: (a, b) => a.at - b.at || compareTexts(a.assetId, b.assetId),
};
const EMPTY: LotBook = {
  ...{ lots: [], disposals: [], income: [], fees: [], realized: [], problems: [] },
};

/** The books of all assets as one; what changed is put in its place among the rest. */
export class JoinedBook {
  #parts: ReadonlyMap<AssetId, LotBook> = new Map();
  #whole = EMPTY;

  /** The whole of these books; there are no others. */
  update(books: ReadonlyMap<AssetId, LotBook>): LotBook {
    const changed = [...new Set([...this.#parts.keys(), ...books.keys()])]
      .filter((assetId) => this.#parts.get(assetId) !== books.get(assetId));
    if (changed.length > MAX_REPLACED) {
      this.#whole = joinAll([...books.values()]);
    } else {
      for (const assetId of changed) {
        const before = this.#parts.get(assetId) ?? EMPTY;
        this.#whole = replaceIn(this.#whole, { before, after: books.get(assetId) ?? EMPTY });
      }
    }
    this.#parts = new Map(books);
    return this.#whole;
  }
}

function joinAll(books: readonly LotBook[]): LotBook {
  return {
    lots: books.flatMap(({ lots }) => lots).sort(ORDERS.lots),
    disposals: books.flatMap(({ disposals }) => disposals).sort(ORDERS.disposals),
    income: books.flatMap(({ income }) => income).sort(ORDERS.income),
    fees: books.flatMap(({ fees }) => fees).sort(ORDERS.fees),
    realized: books.flatMap(({ realized }) => realized).sort(ORDERS.realized),
    problems: books.flatMap(({ problems }) => problems).sort(ORDERS.problems),
  };
}

/** What one asset had, and has now. */
interface Change<Part> {
  readonly before: Part;
  readonly after: Part;
}

function replaceIn(whole: LotBook, { before, after }: Change<LotBook>): LotBook {
  return {
    lots: listWith(whole.lots, { before: before.lots, after: after.lots, compare: ORDERS.lots }),
    disposals: listWith(whole.disposals, {
      before: before.disposals,
      after: after.disposals,
      compare: ORDERS.disposals,
    }),
    income: listWith(whole.income, {
      before: before.income,
      after: after.income,
      compare: ORDERS.income,
    }),
    fees: listWith(whole.fees, { before: before.fees, after: after.fees, compare: ORDERS.fees }),
    realized: listWith(whole.realized, {
      before: before.realized,
      after: after.realized,
      compare: ORDERS.realized,
    }),
    problems: listWith(whole.problems, {
      before: before.problems,
      after: after.problems,
      compare: ORDERS.problems,
    }),
  };
}

function listWith<Item>(
  whole: readonly Item[],
  { before, after, compare }: Change<readonly Item[]> & { readonly compare: Compare<Item> },
): readonly Item[] {
  const same = samePrefix(before, after);
  if (same === before.length && same === after.length) return whole;
  const gone = new Set(before.slice(same));
  return mergeSorted(whole, { gone, added: after.slice(same).sort(compare), compare });
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
