/** Why a row can't enter the ledger, for programs; its message says so to people. */
export type FaultCode =
  | "unreadable_row"
  | "field_count"
  | "missing_value"
  | "bad_id"
  | "bad_time"
  | "unknown_action"
  | "bad_number"
  | "bad_text"
  | "unknown_asset"
  | "ambiguous_asset"
  | "half_trade"
  | "conflicting_row";

/** A row that is set aside: thrown while it is read, and turned into a quarantined row there. */
export class RowFault extends Error {
  override readonly name = "RowFault";
  readonly code: FaultCode;
  /** Ids of assets that may be meant. */
  readonly candidates: readonly string[];

  constructor(code: FaultCode, message: string, candidates: readonly string[] = []) {
    super(message);
    this.code = code;
    this.candidates = candidates;
  }
}

/** A row that says nothing for the ledger, such as a deposit of euros. */
export class IgnoredRow extends Error {
  override readonly name = "IgnoredRow";
}

/** A cell as a message shows it. */
export function shown(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}
