import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { feeId } from "../../portfolio/imports/entry.ts";
import { FileKeys } from "../../portfolio/ledger/file_keys.ts";
import { judgeGroups, type Judgement } from "../../portfolio/ledger/judge_groups.ts";
import type {
  EntryGroup,
  FieldChange,
  GroupVerdict,
  LedgerWriter,
} from "../../portfolio/ledger/ledger_ports.ts";
import type { Database } from "../database.ts";
import { Breather } from "../breather.ts";
import type { UuidValue } from "../uuid_column.ts";
import type { LedgerClaim } from "./ledger_claim.ts";
import { deleteRows, findByKeys, findStored, type LedgerTarget } from "./ledger_lookup.ts";
import { pairOf, type Replacement, replacementOf, storedRowsOf } from "./ledger_replace.ts";
import {
  insertBefore,
  insertStaged,
  insertTransactions,
  type StagedRow,
  type StoredTransaction,
} from "./ledger_rows.ts";

/** What a part of a file writes. */
interface StagedPart {
  readonly left: readonly UuidValue[];
  readonly inserts: readonly StoredTransaction[];
  readonly before: readonly StoredTransaction[];
  readonly after: readonly StagedRow[];
}

/**
 * Stages the rows of one import, each part in a short transaction of its own, so that other writers
 * wait for milliseconds. No ledger shows them before the transaction that commits the import.
 * Without a claim, as for a preview, groups are only judged.
 */
export class SqlLedgerStager implements LedgerWriter {
  readonly #database: Database;
  readonly #target: LedgerTarget;
  readonly #importId: Uuid;
  readonly #keys = new FileKeys();
  readonly #breather = new Breather();
  #claim: LedgerClaim | null;
  #changedFrom: UtcMs | null = null;
  #inserted = 0;
  #hasStaged = false;
  #hasReplaced = false;

  constructor(
    database: Database,
    { portfolioId, importId, claim }: {
      portfolioId: Uuid;
      importId: Uuid;
      claim: LedgerClaim | null;
    },
  ) {
    this.#database = database;
    this.#target = { portfolioId, dialect: database.dialect };
    this.#importId = importId;
    this.#claim = claim;
  }

  /** The earliest instant that a staged row, or what stands in its place, has. */
  get changedFrom(): UtcMs | null {
    return this.#changedFrom;
  }

  /** Rows that are new, fees included. */
  get inserted(): number {
    return this.#inserted;
  }

  /** Whether the database holds anything of the import's rows. */
  get hasStaged(): boolean {
    return this.#hasStaged;
  }

  /** Whether rows of the ledger are to be written over once the import is committed. */
  get hasReplaced(): boolean {
    return this.#hasReplaced;
  }

  keepNothing(): void {
    this.#claim = null;
  }

  async write(groups: readonly EntryGroup[]): Promise<readonly GroupVerdict[]> {
    const { read } = this.#database;
    const [target, importId] = [this.#target, this.#importId];
    const entries = groups.flatMap((group) => group.entries);
    const { known, left } = await findByKeys(read, { target, entries, importId });
    const judged = judgeGroups(groups, { known, keys: this.#keys });
    await this.#breather.restIfDue();
    const replacements = await this.#replacementsOf(groups, judged);
    const inserts = judged.flatMap((judgement, at) =>
      judgement.kind === "conflict"
        ? []
        : judgement.inserts.flatMap((named) =>
          storedRowsOf(named, { importId, line: groups[at]?.line ?? 0 })
        )
    );
    const all = [...replacements.values()].flat();
    this.#count(inserts, all);
    // Nobody else changes the ledger meanwhile, so that what was judged still holds.
    await this.#breather.restIfDue();
    await this.#stage({
      left,
      inserts,
      before: all.flatMap(({ before }) => before),
      after: all.flatMap(({ after }) => after),
    });
    await this.#breather.restIfDue();
    return judged.map((judgement, at) => verdictOf(judgement, replacements.get(at) ?? []));
  }

  /** What the updates of each group come to, by the place of the group. */
  async #replacementsOf(
    groups: readonly EntryGroup[],
    judged: readonly Judgement[],
  ): Promise<ReadonlyMap<number, readonly Replacement[]>> {
    const updates = judged.flatMap((judgement, at) =>
      judgement.kind === "conflict" ? [] : judgement.updates.map((update) => ({ at, ...update }))
    );
    const result = new Map<number, readonly Replacement[]>();
    if (updates.length === 0) return result;
    const ids = updates.flatMap(({ row: { id } }) => [id, feeId(id)]);
    const rows = await findStored(this.#database.read, { target: this.#target, ids });
    for (const { at, named, row: { id } } of updates) {
      const pair = pairOf(id, rows);
      if (pair === null) throw new RangeError(`Cannot replace transaction "${id}": there is none`);
      const writing = { importId: this.#importId, line: groups[at]?.line ?? null };
      const replacement = replacementOf({ ...named, id }, { ...pair, writing });
      result.set(at, [...result.get(at) ?? [], replacement]);
    }
    return result;
  }

  #count(inserts: readonly StoredTransaction[], replacements: readonly Replacement[]): void {
    this.#inserted += inserts.length;
    for (const { row } of inserts) this.#touch(row.at);
    for (const { inserted, before, after } of replacements) {
      this.#inserted += inserted;
      for (const { row } of before) this.#touch(row.at);
      for (const { stored } of after) this.#touch(stored.row.at);
    }
  }

  async #stage({ left, inserts, before, after }: StagedPart): Promise<void> {
    const claim = this.#claim;
    if (claim === null) return;
    const isEmpty = inserts.length === 0 && after.length === 0;
    if (isEmpty && !claim.isDue) return;
    const [target, importId] = [this.#target, this.#importId];
    await this.#database.transaction(async ({ db }) => {
      await claim.renew(db);
      if (isEmpty) return;
      this.#hasStaged = true;
      await deleteRows(db, { target, ids: left });
      await insertTransactions(db, { rows: inserts, ...target });
      if (after.length === 0) return;
      this.#hasReplaced = true;
      await insertBefore(db, { rows: before, importId, dialect: target.dialect });
      await insertStaged(db, { rows: after, importId, ...target });
    });
  }

  #touch(at: UtcMs): void {
    if (this.#changedFrom === null || at < this.#changedFrom) this.#changedFrom = at;
  }
}

function verdictOf(judgement: Judgement, replacements: readonly Replacement[]): GroupVerdict {
  if (judgement.kind === "conflict") return judgement;
  const changes: readonly FieldChange[] = replacements.flatMap((one) => one.changes);
  const changed = judgement.updates.findLast((_, at) =>
    (replacements[at]?.changes.length ?? 0) > 0
  );
  if (changed !== undefined) return { kind: "updated", id: changed.row.id, changes };
  return { kind: judgement.inserts.length > 0 ? "inserted" : "duplicate" };
}
