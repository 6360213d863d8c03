import type { AssetId } from "../../market/mod.ts";
import { AssetLots } from "./asset_lots.ts";
import { JoinedBook } from "./joined_book.ts";
import type { LotBook, LotOptions, LotRow } from "./lot_book.ts";
import type { RowIndex } from "./row_index.ts";

/** Rows that are taken in before others get their turn. */
const ROWS_AT_ONCE = 2_000;

/** A row as it was, and as it is; `null` where there is none. */
export interface RowChange {
  readonly before: LotRow | null;
  readonly after: LotRow | null;
}

/**
 * Keeps the lots of a ledger by one set of rules while its rows come and go; the rows themselves
 * are kept elsewhere, as several sets of rules may follow them. No asset's lots depend on those of
 * another, so a changed row costs a new match of its asset, and of the asset that it is a fee for,
 * from the last checkpoint before it on. What is kept for that grows with the rows alone: the
 * amounts of each event, lot and fraction, and at most two lots an event in checkpoints.
 */
export class LedgerLots {
  readonly #rows: RowIndex;
  readonly #options: LotOptions;
  readonly #assets = new Map<AssetId, AssetLots>();
  readonly #joined = new JoinedBook();
  #isFilling = false;

  /** Rows that are there already are taken in by `fill`. */
  constructor(rows: RowIndex, options: LotOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  /**
   * Takes the rows in that are there, in pieces. What changes meanwhile may be told; rows that come
   * are to be among those that follow.
   */
  async fill(rows: Iterable<LotRow>, rest: () => Promise<void>): Promise<void> {
    this.#isFilling = true;
    let count = 0;
    for (const row of rows) {
      this.#assetOf(row).add(row);
      if (++count % ROWS_AT_ONCE === 0) await rest();
    }
    this.#isFilling = false;
  }

  /** Follows a change of the rows, which was made already. */
  change({ before, after }: RowChange): void {
    // What was not taken in yet will be, as it then is.
    if (this.#isFilling && !this.#hasAdded(before)) return;
    if (before !== null) {
      const lots = this.#assetOf(before);
      lots.remove(before);
      if (lots.size === 0) this.#assets.delete(before.assetId);
      this.#rereadAround(before);
    }
    if (after !== null) {
      this.#assetOf(after).add(after);
      this.#rereadAround(after);
    }
  }

  /** The assets that have rows. */
  assetIds(): AssetId[] {
    return [...this.#assets.keys()];
  }

  /** The book of one asset, or `null` if it has no rows. */
  bookOf(assetId: AssetId): LotBook | null {
    return this.#assets.get(assetId)?.book() ?? null;
  }

  /** The book of the whole ledger. */
  book(): LotBook {
    return this.#joined.update(
      new Map([...this.#assets].map(([assetId, lots]) => [assetId, lots.book()])),
    );
  }

  /** Does in pieces what `book` otherwise does at once, so that others get their turn. */
  async catchUp(rest: () => Promise<void>): Promise<void> {
    for (const lots of [...this.#assets.values()]) {
      for (const _ of lots.catchUp()) await rest();
      await rest();
    }
  }

  /** The book of one asset after the other, each of which is forgotten when the next is asked for. */
  async *drain(rest: () => Promise<void>): AsyncGenerator<LotBook> {
    for (const [assetId, lots] of this.#assets) {
      for (const _ of lots.catchUp()) await rest();
      yield lots.book();
      this.#assets.delete(assetId);
    }
  }

  #hasAdded(row: LotRow | null): boolean {
    return row !== null && this.#assets.get(row.assetId)?.hasAdded(row.id) === true;
  }

  /** Lets the rows that a row belongs to, or that belong to it, be read anew. */
  #rereadAround({ id, parentId }: LotRow): void {
    if (this.#isFilling) return;
    const parent = parentId === null ? null : this.#rows.rowOf(parentId);
    for (const row of [...parent === null ? [] : [parent], ...this.#rows.feesOf(id)]) {
      this.#assetOf(row).reread(row);
    }
  }

  #assetOf({ assetId }: LotRow): AssetLots {
    const known = this.#assets.get(assetId);
    if (known) return known;
    const context = { index: this.#rows, options: this.#options };
    const lots = new AssetLots(assetId, context);
    this.#assets.set(assetId, lots);
    return lots;
  }
}
