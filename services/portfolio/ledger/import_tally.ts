import type { Uuid } from "../../kernel/ids.ts";
import { refusal } from "../imports/import_bytes.ts";
import type { LedgerEntry } from "../imports/entry.ts";
import type { SourceRow } from "../imports/cells.ts";
import type { FaultCode } from "../imports/row_fault.ts";
import type { ReadItem } from "../imports/transaction_file.ts";
import type { FieldChange, GroupVerdict, LedgerSums, RejectedRow } from "./ledger_ports.ts";

/** Rows that a report lists of each kind; its counts have them all. */
export const MAX_LISTED = 1_000;
/** Rejected rows, and letters of them, beyond which a file is refused: its mapping is wrong. */
export const MAX_REJECTED = 100_000;
const MAX_REJECTED_LETTERS = 32 * 1024 ** 2;

/** A change that an import makes, or would make, to a row of the ledger. */
export interface ListedChange {
  readonly line: number;
  readonly id: Uuid;
  readonly changes: readonly FieldChange[];
}

/** A row that did not enter the ledger, and why. */
export interface ListedRow {
  readonly line: number;
  readonly code: FaultCode | "ignored";
  readonly reason: string;
  readonly candidates: readonly string[];
  /** The row as it was received, its cells between commas, cut where it is long. */
  readonly text: string;
}

/** An entry of the file as it stands, or would stand, in the ledger. */
export interface ListedEntry {
  readonly line: number;
  readonly verdict: "inserted" | "updated" | "duplicate";
  readonly entry: LedgerEntry;
}

/** Entries that a report lists, so that somebody can see whether they are read as they are meant. */
export const MAX_FIRST = 12;
/** Letters of a row that a report shows. */
const MAX_ROW_TEXT = 240;

type Written = Extract<ReadItem, { kind: "entries" }>;
type Rejected = Extract<ReadItem, { kind: "quarantined" }>;
type Ignored = Extract<ReadItem, { kind: "ignored" }>;

/** Counts the rows of a file, each exactly once, by what became of them. */
export class ImportTally {
  #inserted = 0;
  #updated = 0;
  #duplicate = 0;
  #ignored = 0;
  #letters = 0;
  readonly #changes: ListedChange[] = [];
  readonly #skipped: ListedRow[] = [];
  readonly #listed: ListedRow[] = [];
  readonly #first: ListedEntry[] = [];
  readonly #rejected: RejectedRow[] = [];

  get sums(): LedgerSums {
    const accepted = this.#inserted + this.#updated;
    const quarantined = this.#rejected.length;
    const read = accepted + this.#duplicate + quarantined + this.#ignored;
    return { read, accepted, duplicate: this.#duplicate, quarantined, ignored: this.#ignored };
  }

  get quarantined(): number {
    return this.#rejected.length;
  }

  get updated(): number {
    return this.#updated;
  }

  /** In the order of the file. */
  get allRejected(): readonly RejectedRow[] {
    return this.#rejected.toSorted((a, b) => a.line - b.line);
  }

  report() {
    return {
      ...this.sums,
      inserted: this.#inserted,
      updated: this.#updated,
      changes: this.#changes,
      rejected: this.#listed.toSorted((a, b) => a.line - b.line),
      skipped: this.#skipped,
      first: this.#first,
    };
  }

  addIgnored({ rows, reason }: Ignored): void {
    this.#ignored += rows.length;
    for (const row of rows) {
      if (this.#skipped.length === MAX_LISTED) return;
      const { line } = row;
      this.#skipped.push({ line, code: "ignored", reason, candidates: [], text: textOf(row) });
    }
  }

  addRejected({ rows, code, reason, candidates }: Omit<Rejected, "kind">): void {
    for (const row of rows) {
      const { line, fields } = row;
      this.#rejected.push({ line, fields, code, reason });
      this.#letters += fields.reduce((sum, cell) => sum + cell.length, reason.length);
      if (this.#listed.length < MAX_LISTED) {
        this.#listed.push({ line, code, reason, candidates, text: textOf(row) });
      }
    }
    if (this.#rejected.length <= MAX_REJECTED && this.#letters <= MAX_REJECTED_LETTERS) return;
    const [first] = this.#listed;
    throw refusal(
      `has too many rows that can't be read, the first on line ${first?.line} ` +
        `(${first?.reason}): check the mapping of its columns`,
    );
  }

  /** Counts the rows behind a group that was given to the ledger. */
  addWritten({ rows, entries }: Written, verdict: GroupVerdict): void {
    const { kind } = verdict;
    if (kind !== "conflict") {
      for (const entry of entries.slice(0, MAX_FIRST - this.#first.length)) {
        this.#first.push({ line: rows[0]?.line ?? 0, verdict: kind, entry });
      }
    }
    switch (kind) {
      case "inserted":
        this.#inserted += rows.length;
        return;
      case "duplicate":
        this.#duplicate += rows.length;
        return;
      case "updated":
        this.#updated += rows.length;
        if (this.#changes.length === MAX_LISTED) return;
        this.#changes.push({
          line: rows[0]?.line ?? 0,
          id: verdict.id,
          changes: verdict.changes,
        });
        return;
      case "conflict": {
        const reason = `says something else than line ${verdict.line}, which has the same key`;
        this.addRejected({ rows, code: "conflicting_row", reason, candidates: [] });
      }
    }
  }
}

function textOf({ fields }: SourceRow): string {
  const text = fields.join(",");
  return text.length > MAX_ROW_TEXT ? `${text.slice(0, MAX_ROW_TEXT - 1)}…` : text;
}
