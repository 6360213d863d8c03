import type { Uuid } from "../../kernel/ids.ts";
import type { AssetId } from "../../market/mod.ts";
import { AssetLots } from "./asset_lots.ts";
import type { LedgerIndex } from "./asset_plan.ts";
import { JoinedBook } from "./joined_book.ts";
import type { LotBook, LotOptions, LotRow } from "./lot_book.ts";

/**
 * Keeps the lots of a ledger while rows come and go. No asset's lots depend on those of another,
 * so a changed row costs a new match of its asset, and of the asset that it is a fee for, from
 * the last checkpoint before it on. What is kept for that grows with the rows alone: the amounts
 * of each event, lot and fraction, and at most two lots an event in checkpoints.
 */
export class LotMatcher {
  readonly #rows = new Map<Uuid, LotRow>();
  readonly #feesByParent = new Map<Uuid, Set<Uuid>>();
  readonly #assets = new Map<AssetId, AssetLots>();
  readonly #joined = new JoinedBook();
  readonly #context: { readonly index: LedgerIndex; readonly options: LotOptions };

  constructor(rows: Iterable<LotRow>, options: LotOptions) {
    const index = {
      rowOf: (id: Uuid) => this.#rows.get(id) ?? null,
      feesOf: (parentId: Uuid) => this.#feesOf(parentId),
    };
    this.#context = { index, options };
    for (const row of rows) this.upsert(row);
  }

  /** Adds a row, or replaces the one with its id. */
  upsert(row: LotRow): void {
    this.remove(row.id);
    this.#rows.set(row.id, row);
    this.#assetOf(row).add(row);
    if (row.parentId !== null) {
      const fees = this.#feesByParent.get(row.parentId);
      if (fees) fees.add(row.id);
      else this.#feesByParent.set(row.parentId, new Set([row.id]));
    }
    this.#replanAround(row);
  }

  /** Takes a row away; one that is not there is none. */
  remove(id: Uuid): void {
    const row = this.#rows.get(id);
    if (!row) return;
    this.#rows.delete(id);
    const lots = this.#assets.get(row.assetId);
    lots?.remove(id);
    if (lots?.size === 0) this.#assets.delete(row.assetId);
    if (row.parentId !== null) {
      const fees = this.#feesByParent.get(row.parentId);
      fees?.delete(id);
      if (fees?.size === 0) this.#feesByParent.delete(row.parentId);
    }
    this.#replanAround(row);
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

  /** Lets the rows that a row belongs to, or that belong to it, be read anew. */
  #replanAround({ id, parentId }: LotRow): void {
    const parent = parentId === null ? undefined : this.#rows.get(parentId);
    if (parent) this.#assetOf(parent).reread(parent);
    for (const fee of this.#feesOf(id)) this.#assetOf(fee).reread(fee);
  }

  /** In the order of their ids, whatever order they came in. */
  #feesOf(parentId: Uuid): LotRow[] {
    const ids = this.#feesByParent.get(parentId);
    return ids ? [...ids].sort().flatMap((id) => this.#rows.get(id) ?? []) : [];
  }

  #assetOf({ assetId }: LotRow): AssetLots {
    const known = this.#assets.get(assetId);
    if (known) return known;
    const lots = new AssetLots(assetId, this.#context);
    this.#assets.set(assetId, lots);
    return lots;
  }
}
