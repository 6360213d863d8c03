import type { Uuid } from "../../kernel/ids.ts";
import type { LedgerIndex } from "./asset_plan.ts";
import type { LotRow } from "./lot_book.ts";

/** The rows of a ledger by id, and fees by the row that they were paid for. */
export class RowIndex<Row extends LotRow = LotRow> implements LedgerIndex {
  readonly #rows = new Map<Uuid, Row>();
  /** Ids, as most rows that have fees have one. */
  readonly #fees = new Map<Uuid, readonly Uuid[]>();

  constructor(rows: Iterable<Row> = []) {
    for (const row of rows) this.set(row);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** In no order; rows that come meanwhile are among them. */
  values(): MapIterator<Row> {
    return this.#rows.values();
  }

  readonly rowOf = (id: Uuid): Row | null => this.#rows.get(id) ?? null;

  /** In the order of their ids, whatever order they came in. */
  readonly feesOf = (parentId: Uuid): readonly Row[] =>
    this.#fees.get(parentId)?.flatMap((id) => this.#rows.get(id) ?? []) ?? [];

  /** Adds a row, or puts it in place of the one with its id, which it tells. */
  set(row: Row): Row | null {
    const before = this.rowOf(row.id);
    if (before?.parentId !== row.parentId) {
      if (before !== null) this.#unlink(before);
      this.#link(row);
    }
    this.#rows.set(row.id, row);
    return before;
  }

  /** Takes a row away and tells it; `null` for one that is not there. */
  delete(id: Uuid): Row | null {
    const before = this.rowOf(id);
    if (before === null) return null;
    this.#rows.delete(id);
    this.#unlink(before);
    return before;
  }

  #link({ id, parentId }: Row): void {
    if (parentId === null) return;
    const fees = this.#fees.get(parentId);
    this.#fees.set(parentId, fees === undefined ? [id] : [...fees, id].sort());
  }

  #unlink({ id, parentId }: Row): void {
    if (parentId === null) return;
    const others = this.#fees.get(parentId)?.filter((one) => one !== id) ?? [];
    if (others.length > 0) this.#fees.set(parentId, others);
    else this.#fees.delete(parentId);
  }
}
