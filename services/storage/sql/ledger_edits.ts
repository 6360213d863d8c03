import type { Kysely } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { AppError } from "../../kernel/errors.ts";
import { feeId, identityOf } from "../../portfolio/imports/entry.ts";
import { FileKeys } from "../../portfolio/ledger/file_keys.ts";
import { judgeGroups } from "../../portfolio/ledger/judge_groups.ts";
import type { NamedEntry } from "../../portfolio/ledger/ledger_ports.ts";
import type { Transaction } from "../../portfolio/transaction.ts";
import { toUuidColumn } from "../uuid_column.ts";
import {
  clearHidden,
  deleteRows,
  findByKeys,
  findStored,
  type LedgerTarget,
} from "./ledger_lookup.ts";
import { pairOf, replacementOf, storedRowsOf } from "./ledger_replace.ts";
import { insertTransactions, type StoredTransaction, toTransactionRow } from "./ledger_rows.ts";
import type { Schema } from "./schema.ts";

const BY_HAND = { importId: null, line: null };

/** Changes rows of a ledger by hand, inside one transaction. */
export class SqlLedgerEdits {
  readonly #db: Kysely<Schema>;
  readonly #target: LedgerTarget;
  #changedFrom: UtcMs | null = null;

  constructor(db: Kysely<Schema>, target: LedgerTarget) {
    this.#db = db;
    this.#target = target;
  }

  /** The earliest instant that a written row, or what stood in its place, has. */
  get changedFrom(): UtcMs | null {
    return this.#changedFrom;
  }

  /** Adds a row and its fee; throws `CONFLICT` where the ledger has a row of its key. */
  async add(named: NamedEntry): Promise<void> {
    const [db, target] = [this.#db, this.#target];
    const entries = [named];
    const { known, left } = await findByKeys(db, { target, entries, importId: null });
    const group = { line: 0, entries };
    const [judged] = judgeGroups([group], { known, keys: new FileKeys() });
    if (judged?.kind !== "accepted" || judged.inserts.length === 0) {
      throw new AppError("CONFLICT", "The ledger has this transaction already");
    }
    await deleteRows(db, { target, ids: left });
    await this.#insert(storedRowsOf(named, BY_HAND));
  }

  /** Writes a row and its fee in place of those that stand; `false` where none does. */
  async replace(named: NamedEntry): Promise<boolean> {
    const [db, target] = [this.#db, this.#target];
    const pair = pairOf(
      named.id,
      await findStored(db, { target, ids: [named.id, feeId(named.id)] }),
    );
    if (pair === null) return false;
    await this.#requireOwnKey(named);
    const { before, after } = replacementOf(named, { ...pair, writing: BY_HAND });
    for (const { row } of before) this.#touch(row.at);
    const known = new Set(before.map(({ row }) => row.id));
    for (const { stored, isRemoved } of after) {
      if (isRemoved) await this.remove(stored.row);
      else if (known.has(stored.row.id)) await this.#update(stored);
      else await this.#insert([stored]);
    }
    return true;
  }

  /** Removes a row and its fee, and gives them as they stood; none where there is no such row. */
  async removePair(id: Uuid): Promise<readonly StoredTransaction[]> {
    const target = this.#target;
    const pair = pairOf(id, await findStored(this.#db, { target, ids: [id, feeId(id)] }));
    if (pair === null) return [];
    const { before, fee } = pair;
    const rows = fee === null ? [before] : [before, fee];
    for (const { row } of rows) await this.remove(row);
    return rows;
  }

  async remove({ id, at }: Transaction): Promise<void> {
    this.#touch(at);
    const ids = [toUuidColumn(id, this.#target.dialect)];
    await deleteRows(this.#db, { target: this.#target, ids });
  }

  /** Refuses a key that another row of the ledger has. */
  async #requireOwnKey({ entry, id }: NamedEntry): Promise<void> {
    const identity = identityOf(entry);
    if (identity === null) return;
    const keys = { ids: [], identities: [identity] };
    const shown = await clearHidden(this.#db, { target: this.#target, ...keys });
    if (shown.every((one) => one === id)) return;
    throw new AppError(
      "CONFLICT",
      "The ledger has another transaction of this hash or external id",
    );
  }

  async #insert(rows: readonly StoredTransaction[]): Promise<void> {
    for (const { row } of rows) this.#touch(row.at);
    await insertTransactions(this.#db, { rows, ...this.#target });
  }

  async #update(stored: StoredTransaction): Promise<void> {
    this.#touch(stored.row.at);
    const { portfolio_id, id, ...values } = toTransactionRow(stored, this.#target);
    await this.#db.updateTable("transactions").set(values)
      .where("portfolio_id", "=", portfolio_id).where("id", "=", id).execute();
  }

  #touch(at: UtcMs): void {
    if (this.#changedFrom === null || at < this.#changedFrom) this.#changedFrom = at;
  }
}
