import { isRejectColumn, REJECT_COLUMNS } from "../imports/cells.ts";
import { anyCell, csvLine, textCell } from "./csv_text.ts";
import type { LedgerScope, LedgerStore, RejectedRow } from "./ledger_ports.ts";
import type { Uuid } from "../../kernel/ids.ts";

const ROWS_AT_ONCE = 1_000;

/**
 * The rejected rows of an import as CSV under the header of its file, with line and reason behind
 * them. Corrected, it can be imported as it is; a row that could not be taken apart stands whole in
 * its first cell.
 */
export async function* exportRejected(
  store: LedgerStore,
  { scope, importId }: { scope: LedgerScope; importId: Uuid },
): AsyncGenerator<string> {
  const header = (await store.findImport(scope, importId))?.header ?? [];
  yield rejectedHeader(header);
  for (let offset = 0;; offset += ROWS_AT_ONCE) {
    const rows = await store.listRejected(scope, importId, { offset, limit: ROWS_AT_ONCE });
    if (rows.length > 0) yield rows.map((row) => rejectedLine(row, header)).join("");
    if (rows.length < ROWS_AT_ONCE) return;
  }
}

function rejectedHeader(header: readonly string[]): string {
  return csvLine([...ownColumns(header).map((at) => header[at] ?? ""), ...REJECT_COLUMNS]
    .map(textCell));
}

function rejectedLine({ line, fields, reason }: RejectedRow, header: readonly string[]): string {
  const cells = ownColumns(header).map((at) => anyCell(fields[at] ?? ""));
  return csvLine([...cells, String(line), textCell(reason)]);
}

/** Places of the columns that are none of a list of rejected rows, which the file may itself be. */
function ownColumns(header: readonly string[]): readonly number[] {
  return [...header.keys()].filter((at) => !isRejectColumn(header[at] ?? ""));
}
