import { field } from "../api/client.ts";
import { formatCounted } from "../format/number.ts";

/** A row that was set aside or passed over, with why. */
export interface ReportedRow {
  readonly line: number;
  readonly code: string;
  readonly reason: string;
  readonly candidates: readonly string[];
  /** As it was received, cut where it is long. */
  readonly row: string;
}

/** A row as it is read: what stands, or would stand, in the ledger. */
export interface ReadRow {
  readonly line: number;
  readonly verdict: "inserted" | "updated" | "duplicate";
  readonly timestamp: string;
  readonly action: string;
  readonly asset_id: string;
  readonly quantity: string;
  readonly unit_price_usd: string | null;
  /** In the money of `price_asset`, where the row was traded for other than dollars. */
  readonly unit_price: string | null;
  readonly price_asset: string | null;
  readonly fee_asset: string | null;
  readonly fee_amount: string | null;
  readonly account: string;
}

export interface ReportedChange {
  readonly line: number;
  readonly id: string;
  readonly fields: readonly {
    readonly field: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

/** What became, or would become, of a file; as the API tells it. */
export interface ImportReport {
  readonly state: "committed" | "refused" | "preview";
  readonly import_id: string | null;
  readonly file_name: string;
  readonly format: string;
  readonly layout: string;
  /** The sum of inserted, updated, duplicate, quarantined and ignored. */
  readonly read: number;
  readonly accepted: number;
  readonly inserted: number;
  readonly updated: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly ignored: number;
  readonly changes: readonly ReportedChange[];
  readonly rejected: readonly ReportedRow[];
  readonly skipped: readonly ReportedRow[];
  /** The first of the rows that were not rejected. */
  readonly first: readonly ReadRow[];
}

const COUNTS = [
  ...["read", "accepted", "inserted", "updated", "duplicate", "quarantined", "ignored"],
];
const LISTS = ["changes", "rejected", "skipped", "first"];

/** Whether an answer is a report; a task, which large files get, is none. */
export function isImportReport(value: unknown): value is ImportReport {
  return typeof field(value, "state") === "string" &&
    COUNTS.every((name) => typeof field(value, name) === "number") &&
    LISTS.every((name) => Array.isArray(field(value, name)));
}

/** A format that a file may have, with what people call it. */
export interface FormatLabel {
  readonly format: string;
  readonly label: string;
}

/** What people call a format; one of somebody's own columns is in no list. */
export function formatLabel(format: string, formats: readonly FormatLabel[]): string {
  if (format === "custom") return "Own columns";
  return formats.find((one) => one.format === format)?.label ?? format;
}

/** So many rows, in words. */
export function rowsText(count: number): string {
  return formatCounted(count, "row");
}

/** What would make each kind of faulty row importable. */
const FIXES: Readonly<Record<string, string>> = {
  unreadable_row: "Check the quotes of the row, then import the rejected rows",
  field_count: "Give the row as many cells as the header has",
  missing_value: "Fill in what is missing",
  bad_id: "Leave the id blank, or write a UUID",
  bad_time: "Write the time as 2026-01-31T12:00:00Z",
  unknown_action: "Name an action that is known, or say what the word means under Columns",
  bad_number: "Write a plain decimal number, without separators",
  bad_text: "Shorten the text, or take out what can't be read",
  unknown_asset: "Write the id, symbol or name of an asset that the search knows",
  ambiguous_asset: "Choose one of the candidates and write its id",
  half_trade: "Correct the trade's other rows: they are imported together",
  conflicting_row: "Keep one of the rows that share a key",
};

export function fixOf({ code, candidates }: Pick<ReportedRow, "code" | "candidates">): string {
  const fix = FIXES[code] ?? "Correct the row, then import the rejected rows";
  return candidates.length === 0 ? fix : `${fix}: ${candidates.join(", ")}`;
}

/** The columns of a file that nobody knows, and which may stand for what; `null` for other errors. */
export interface MappingProposal {
  readonly columns: readonly string[];
  readonly proposal: Readonly<Record<string, string>>;
}

export function proposalOf(details: unknown): MappingProposal | null {
  const columns = field(details, "columns");
  if (!Array.isArray(columns)) return null;
  const proposal = field(details, "proposal");
  const named = typeof proposal === "object" && proposal !== null ? Object.entries(proposal) : [];
  return {
    columns: columns.filter((name) => typeof name === "string"),
    proposal: Object.fromEntries(named.filter(([, name]) => typeof name === "string")),
  };
}
