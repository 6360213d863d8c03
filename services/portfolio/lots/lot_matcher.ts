import type { Uuid } from "../../kernel/ids.ts";
import type { AssetId } from "../../market/mod.ts";
import { compareTransactions } from "../transaction.ts";
import { bookOfAsset } from "./asset_book.ts";
import { type LedgerIndex, planAsset } from "./asset_plan.ts";
import type { LotBook, LotOptions, LotRow } from "./lot_book.ts";

/**
 * Keeps the lots of a ledger while rows come and go. No asset's lots depend on those of another,
 * so a changed row costs a new match of its asset, and of the asset that it is a fee for.
 */
export class LotMatcher {
  readonly #options: LotOptions;
  readonly #rows = new Map<Uuid, LotRow>();
  readonly #feesByParent = new Map<Uuid, Set<Uuid>>();
  readonly #idsByAsset = new Map<AssetId, Set<Uuid>>();
  readonly #books = new Map<AssetId, LotBook>();
  readonly #index: LedgerIndex = {
    rowOf: (id) => this.#rows.get(id) ?? null,
    feesOf: (parentId) => this.#rowsOf(this.#feesByParent.get(parentId)),
  };
  #book: LotBook | null = null;

  constructor(rows: readonly LotRow[], options: LotOptions) {
    this.#options = options;
    for (const row of rows) this.upsert(row);
  }

  /** Adds a row, or replaces the one with its id. */
  upsert(row: LotRow): void {
    this.remove(row.id);
    this.#rows.set(row.id, row);
    addTo(this.#idsByAsset, row.assetId, row.id);
    if (row.parentId !== null) addTo(this.#feesByParent, row.parentId, row.id);
    this.#forget(row);
  }

  /** Takes a row away; one that is not there is none. */
  remove(id: Uuid): void {
    const row = this.#rows.get(id);
    if (!row) return;
    this.#forget(row);
    this.#rows.delete(id);
    this.#idsByAsset.get(row.assetId)?.delete(id);
    if (row.parentId !== null) this.#feesByParent.get(row.parentId)?.delete(id);
  }

  /** The assets that have rows. */
  assetIds(): AssetId[] {
    return [...this.#idsByAsset].filter(([, ids]) => ids.size > 0).map(([assetId]) => assetId);
  }

  /** The book of one asset, or `null` if it has no rows. */
  bookOf(assetId: AssetId): LotBook | null {
    const known = this.#books.get(assetId);
    if (known) return known;
    const rows = this.#rowsOf(this.#idsByAsset.get(assetId));
    if (rows.length === 0) return null;
    rows.sort(compareTransactions);
    const context = { index: this.#index, options: this.#options };
    const book = bookOfAsset(planAsset(rows, context), this.#options);
    this.#books.set(assetId, book);
    return book;
  }

  /** The book of the whole ledger. */
  book(): LotBook {
    this.#book ??= joinBooks(this.assetIds().flatMap((assetId) => this.bookOf(assetId) ?? []));
    return this.#book;
  }

  /** Drops what depends on a row: its asset, that of its parent, and those of its fees. */
  #forget(row: LotRow): void {
    this.#book = null;
    this.#books.delete(row.assetId);
    const parent = row.parentId === null ? null : this.#rows.get(row.parentId);
    if (parent) this.#books.delete(parent.assetId);
    for (const fee of this.#index.feesOf(row.id)) this.#books.delete(fee.assetId);
  }

  #rowsOf(ids: ReadonlySet<Uuid> | undefined): LotRow[] {
    return ids ? [...ids].flatMap((id) => this.#rows.get(id) ?? []) : [];
  }
}

function addTo<Key>(sets: Map<Key, Set<Uuid>>, key: Key, id: Uuid): void {
  const set = sets.get(key);
  if (set) set.add(id);
  else sets.set(key, new Set([id]));
}

function joinBooks(books: readonly LotBook[]): LotBook {
  return {
    lots: books.flatMap(({ lots }) => lots)
      .sort((a, b) => (a.acquired ?? 0) - (b.acquired ?? 0)),
    disposals: books.flatMap(({ disposals }) => disposals)
      .sort((a, b) => a.disposed - b.disposed),
    income: books.flatMap(({ income }) => income).sort((a, b) => a.at - b.at),
    fees: books.flatMap(({ fees }) => fees).sort((a, b) => a.at - b.at),
    realized: books.flatMap(({ realized }) => realized)
      .sort((a, b) => a.year - b.year || (a.assetId < b.assetId ? -1 : 1)),
    problems: books.flatMap(({ problems }) => problems).sort((a, b) => a.at - b.at),
  };
}
