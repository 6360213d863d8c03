import type { Kysely } from "kysely";
import { fingerprint } from "../../kernel/fingerprint.ts";
import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { feeId, identityOf, rowsOf } from "../../portfolio/imports/entry.ts";
import { changesOf } from "../../portfolio/ledger/field_changes.ts";
import type {
  EntryGroup,
  FieldChange,
  GroupVerdict,
  LedgerWriter,
  NamedEntry,
} from "../../portfolio/ledger/ledger_ports.ts";
import type { Transaction } from "../../portfolio/transaction.ts";
import type { Dialect } from "../database.ts";
import { Breather } from "../event_loop.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import { findKeyRows } from "./ledger_keys.ts";
import {
  fromTransactionRow,
  insertTransactions,
  type StoredTransaction,
  toTransactionRow,
} from "./ledger_rows.ts";
import type { Schema } from "./schema.ts";

/** Groups decided at once: as many as hold the event loop for a few milliseconds. */
const GROUPS_AT_ONCE = 250;

/** What is known of a row that may be the same as one of the file. */
interface KnownRow {
  readonly id: Uuid;
  content: number;
  /** The line of this very file that said it; `null` if none did. */
  line: number | null;
}

interface Decision {
  readonly named: NamedEntry;
  readonly known: KnownRow | null;
}

/** Writes the entries of one import, or one edit, inside its transaction. */
export class SqlLedgerWriter implements LedgerWriter {
  readonly #db: Kysely<Schema>;
  readonly #portfolioId: Uuid;
  readonly #importId: Uuid | null;
  readonly #dialect: Dialect;
  readonly #breather = new Breather();
  /** Lines that said again what stood there, by the fingerprint of its id: a million fit. */
  readonly #repeated = new Map<number, number>();
  #changedFrom: UtcMs | null = null;
  #inserted = 0;

  /** Without `importId` rows are written as by hand. */
  constructor(
    db: Kysely<Schema>,
    { portfolioId, importId, dialect }: {
      portfolioId: Uuid;
      importId: Uuid | null;
      dialect: Dialect;
    },
  ) {
    this.#db = db;
    this.#portfolioId = portfolioId;
    this.#importId = importId;
    this.#dialect = dialect;
  }

  /** The earliest instant that a written row, or what stood in its place, has. */
  get changedFrom(): UtcMs | null {
    return this.#changedFrom;
  }

  /** Rows that are new, fees included. */
  get inserted(): number {
    return this.#inserted;
  }

  async write(groups: readonly EntryGroup[]): Promise<readonly GroupVerdict[]> {
    const verdicts: GroupVerdict[] = [];
    for (let start = 0; start < groups.length; start += GROUPS_AT_ONCE) {
      verdicts.push(...await this.#writePart(groups.slice(start, start + GROUPS_AT_ONCE)));
      if (this.#breather.isDue) await this.#breather.rest();
    }
    return verdicts;
  }

  async #writePart(groups: readonly EntryGroup[]): Promise<readonly GroupVerdict[]> {
    const known = await this.#findKnown(groups.flatMap(({ entries }) => entries));
    const inserts: StoredTransaction[] = [];
    const updates: { at: number; line: number; decision: Decision & { known: KnownRow } }[] = [];
    const verdicts = groups.map(({ entries, line }, at): GroupVerdict => {
      const decisions = entries.map((named): Decision => ({ named, known: known.find(named) }));
      const rival = decisions.find(isRival)?.known ?? known.rivalOfFees(decisions);
      if (rival) return { kind: "conflict", line: rival.line ?? line };
      if (hasTwins(entries)) return { kind: "conflict", line };
      let isNew = false;
      for (const { named, known: one } of decisions) {
        if (one === null) {
          isNew = true;
          known.add(named, line);
          inserts.push(...this.#toRows(named, { id: named.id, line }));
        } else if (one.content !== named.content) {
          known.rewrite(one, { named, line });
          updates.push({ at, line, decision: { named, known: one } });
        } else if (one.line === null) {
          one.line = line;
          this.#repeated.set(fingerprint(one.id), line);
        }
      }
      return { kind: isNew ? "inserted" : "duplicate" };
    });
    await this.#insert(inserts);
    for (const { at, line, decision } of updates) {
      const { named, known: { id } } = decision;
      const changes = await this.replace({ ...named, id }, line);
      if (changes.length === 0) continue;
      const earlier = verdicts[at];
      const all = earlier?.kind === "updated" ? [...earlier.changes, ...changes] : changes;
      verdicts[at] = { kind: "updated", id, changes: all };
    }
    return verdicts;
  }

  /** Writes a row and its fee in place of those that stand; what changed. */
  async replace(named: NamedEntry, line: number | null): Promise<readonly FieldChange[]> {
    const { entry, id } = named;
    const before = await this.findRow(id);
    if (before === null) throw new RangeError(`Cannot replace transaction "${id}": there is none`);
    const fee = await this.findRow(feeId(id));
    const changes = changesOf({ row: before.row, fee: fee?.row ?? null }, entry);
    if (changes.length === 0) return changes;
    const { importId } = before;
    // An edit by hand leaves what the file said, so that the same file again is nothing new.
    const content = this.#importId === null ? before.content : named.content;
    const [own, newFee] = this.#toRows({ ...named, content }, { id, line: line ?? before.line });
    for (const old of fee === null ? [before] : [before, fee]) await this.#keep(old);
    if (own) await this.#update({ ...own, importId });
    if (fee !== null && newFee) await this.#update({ ...newFee, importId: fee.importId });
    else if (newFee) await this.#insert([newFee]);
    else if (fee !== null) await this.remove(fee.row);
    return changes;
  }

  async findRow(id: Uuid): Promise<StoredTransaction | null> {
    const row = await this.#db.selectFrom("transactions").selectAll()
      .where("portfolio_id", "=", this.#uuid(this.#portfolioId))
      .where("id", "=", this.#uuid(id)).executeTakeFirst();
    return row ? fromTransactionRow(row) : null;
  }

  async remove({ id, at }: Transaction): Promise<void> {
    this.#touch(at);
    await this.#db.deleteFrom("transactions")
      .where("portfolio_id", "=", this.#uuid(this.#portfolioId))
      .where("id", "=", this.#uuid(id)).execute();
  }

  /** The row and the fee that an entry stands for. */
  #toRows(
    { entry, content }: NamedEntry,
    { id, line }: { id: Uuid; line: number | null },
  ): readonly StoredTransaction[] {
    const key = identityOf(entry);
    const importId = this.#importId;
    return rowsOf(entry, id).map((row, at) => ({
      row,
      identity: at === 0 ? key : null,
      // A fee is compared with its row.
      content: at === 0 ? content : 0,
      importId,
      line,
      writtenBy: importId,
    }));
  }

  async #insert(rows: readonly StoredTransaction[]): Promise<void> {
    if (rows.length === 0) return;
    for (const { row } of rows) this.#touch(row.at);
    this.#inserted += rows.length;
    const target = { portfolioId: this.#portfolioId, dialect: this.#dialect };
    await insertTransactions(this.#db, { rows, ...target });
  }

  async #update(stored: StoredTransaction): Promise<void> {
    this.#touch(stored.row.at);
    const target = { portfolioId: this.#portfolioId, dialect: this.#dialect };
    const { portfolio_id, id, ...values } = toTransactionRow(stored, target);
    await this.#db.updateTable("transactions").set(values)
      .where("portfolio_id", "=", portfolio_id).where("id", "=", id).execute();
  }

  /** Keeps a row as it stood before this import, so that the import can be undone. */
  async #keep(before: StoredTransaction): Promise<void> {
    this.#touch(before.row.at);
    if (this.#importId === null) return;
    await this.#db.insertInto("ledger_import_changes").values({
      import_id: this.#uuid(this.#importId),
      transaction_id: this.#uuid(before.row.id),
      before: JSON.stringify(before),
    }).onConflict((conflict) => conflict.doNothing()).execute();
  }

  /** The rows of the ledger that have the key or the id of one of the entries. */
  async #findKnown(entries: readonly NamedEntry[]): Promise<KnownRows> {
    const known = new KnownRows();
    if (entries.length === 0) return known;
    const ids = entries.flatMap(({ id, entry }) => entry.fee === null ? [id] : [id, feeId(id)]);
    const identities = entries.flatMap(({ entry }) => identityOf(entry) ?? []);
    const target = { portfolioId: this.#portfolioId, dialect: this.#dialect };
    const byId = await findKeyRows(this.#db, { column: "id", values: ids, ...target });
    const byIdentity = await findKeyRows(this.#db, {
      ...{ column: "identity", values: identities },
      ...target,
    });
    for (const row of [...byId, ...byIdentity]) {
      const isOurs = this.#importId !== null && row.written_by !== null &&
        fromUuidColumn(row.written_by) === this.#importId;
      const id = fromUuidColumn(row.id);
      const line = isOurs ? row.line : this.#repeated.get(fingerprint(id)) ?? null;
      known.put(row.identity, { id, content: row.content, line });
    }
    return known;
  }

  #touch(at: UtcMs): void {
    if (this.#changedFrom === null || at < this.#changedFrom) this.#changedFrom = at;
  }

  #uuid(id: Uuid) {
    return toUuidColumn(id, this.#dialect);
  }
}

/** Rows by their key and by their id, the same object under both. */
class KnownRows {
  readonly #byIdentity = new Map<string, KnownRow>();
  readonly #byId = new Map<Uuid, KnownRow>();

  put(identity: string | null, row: KnownRow): void {
    const same = this.#byId.get(row.id) ?? row;
    this.#byId.set(row.id, same);
    if (identity !== null) this.#byIdentity.set(identity, same);
  }

  /** Remembers an entry that was written, so that later ones of the file are held against it. */
  add({ entry, id, content }: NamedEntry, line: number): void {
    this.put(identityOf(entry), { id, content, line });
    if (entry.fee !== null) this.put(null, { id: feeId(id), content: 0, line });
  }

  /** Remembers that a row was written over. */
  rewrite(row: KnownRow, { named, line }: { named: NamedEntry; line: number }): void {
    row.content = named.content;
    row.line = line;
    this.put(identityOf(named.entry), row);
  }

  /** The row that an entry is: the one of its key, else the one of its id. */
  find({ entry, id }: NamedEntry): KnownRow | null {
    const identity = identityOf(entry);
    const same = identity === null ? undefined : this.#byIdentity.get(identity);
    return same ?? this.#byId.get(id) ?? null;
  }

  /** A row that stands where the fee of a new entry would. */
  rivalOfFees(decisions: readonly Decision[]): KnownRow | null {
    for (const { named, known } of decisions) {
      if (known !== null || named.entry.fee === null) continue;
      const rival = this.#byId.get(feeId(named.id));
      if (rival) return rival;
    }
    return null;
  }
}

/** Whether an entry says something else than an earlier one of the same file with its key. */
function isRival({ named, known }: Decision): boolean {
  return known !== null && known.line !== null && known.content !== named.content;
}

/** Whether two entries of one group would be the same row. */
function hasTwins(entries: readonly NamedEntry[]): boolean {
  if (entries.length < 2) return false;
  const keys = entries.flatMap(({ entry, id }) => [id, identityOf(entry) ?? []].flat());
  return new Set(keys).size < keys.length;
}
