import type { LotBook, LotOptions, LotRow } from "./lots/lot_book.ts";
import { LotMatcher } from "./lots/lot_matcher.ts";

/**
 * Matches a ledger's rows, in any order, to lots: what is still held, and what every disposal
 * cost. All amounts are exact; per asset, the cost of what came in is the cost of what went out
 * and of what is open, to the last digit. To follow single changes, keep a `LotMatcher`.
 */
export function matchLots(rows: readonly LotRow[], options: LotOptions): LotBook {
  return new LotMatcher(rows, options).book();
}

export { LotMatcher };
export { LedgerLots } from "./lots/ledger_lots.ts";
export { RowIndex } from "./lots/row_index.ts";
export type * from "./lots/lot_book.ts";
