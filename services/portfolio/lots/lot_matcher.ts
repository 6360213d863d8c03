import type { Uuid } from "../../kernel/ids.ts";
import type { AssetId } from "../../market/mod.ts";
import { LedgerLots } from "./ledger_lots.ts";
import type { LotBook, LotOptions, LotRow } from "./lot_book.ts";
import { RowIndex } from "./row_index.ts";

/** Keeps rows that come and go, and their lots by one set of rules, which `LedgerLots` matches. */
export class LotMatcher {
  readonly #rows = new RowIndex();
  readonly #lots: LedgerLots;

  constructor(rows: Iterable<LotRow>, options: LotOptions) {
    this.#lots = new LedgerLots(this.#rows, options);
    for (const row of rows) this.upsert(row);
  }

  /** Adds a row, or replaces the one with its id. */
  upsert(row: LotRow): void {
    this.#lots.change({ before: this.#rows.set(row), after: row });
  }

  /** Takes a row away; one that is not there is none. */
  remove(id: Uuid): void {
    this.#lots.change({ before: this.#rows.delete(id), after: null });
  }

  /** The assets that have rows. */
  assetIds(): AssetId[] {
    return this.#lots.assetIds();
  }

  /** The book of one asset, or `null` if it has no rows. */
  bookOf(assetId: AssetId): LotBook | null {
    return this.#lots.bookOf(assetId);
  }

  /** The book of the whole ledger. */
  book(): LotBook {
    return this.#lots.book();
  }

  /** Does in pieces what `book` otherwise does at once, so that others get their turn. */
  async catchUp(rest: () => Promise<void>): Promise<void> {
    await this.#lots.catchUp(rest);
  }
}
