import type { Uuid } from "../kernel/ids.ts";
import type { AssetId } from "../market/mod.ts";
import type { PortfolioValue } from "./holding_service.ts";
import type { KeptRow } from "./kept_row.ts";
import type { MatchedLots } from "./lot_service.ts";
import type { MeasuredPerformance } from "./performance_service.ts";
import type { LedgerRow } from "./ports.ts";

/** Rows of the ledger that an explanation lists at most, the newest. */
export const MAX_EXPLAINED_ROWS = 200;

/** What a number is: money of the portfolio's currency, dollars, a fraction, units, text. */
export type ExplainedUnit = "money" | "usd" | "fraction" | "units" | "text";

/** One thing that a figure is made of. */
export interface PortfolioInput {
  readonly name: string;
  /** The asset that its name has by the id, for who knows what it is called. */
  readonly assetId?: AssetId;
  /** A plain number as text; `null` where it is not known. */
  readonly value: string | null;
  readonly unit: ExplainedUnit;
  /** Where it comes from, and as of when. */
  readonly note: string | null;
}

/** A figure of a portfolio taken apart, down to the rows of its ledger. */
export interface PortfolioExplanation {
  readonly figure: string;
  readonly label: string;
  readonly value: string | null;
  readonly unit: ExplainedUnit;
  readonly currency: string;
  readonly reason: string | null;
  readonly words: string;
  readonly formula: string;
  readonly inputs: readonly PortfolioInput[];
  readonly rounding: string;
  /** The newest rows that it stands on, and how many there are. */
  readonly rows: readonly LedgerRow[];
  readonly rowCount: number;
}

/** The same with its rows by their ids. */
export interface FigureExplanation extends Omit<PortfolioExplanation, "rows"> {
  readonly rowIds: readonly Uuid[];
}

/** What a figure is explained from. */
export interface ExplainedState {
  readonly value: PortfolioValue;
  readonly matched: MatchedLots;
  readonly measured: MeasuredPerformance;
}

/** Lots or entries that an explanation lists at most. */
export const MAX_INPUTS = 100;

/** How sums of decimals are rounded. */
export const EXACT = "Exact decimals throughout; shown to the decimals of the currency.";

/** The rows that an explanation ends with: the newest first. */
export function newestRows(
  rows: Iterable<KeptRow>,
): Pick<FigureExplanation, "rowIds" | "rowCount"> {
  let newest: KeptRow[] = [];
  let rowCount = 0;
  const cut = () => newest.sort(compareNewest).slice(0, MAX_EXPLAINED_ROWS);
  for (const row of rows) {
    rowCount++;
    // A ledger may be long, so that not all of it is sorted.
    if (newest.push(row) >= 10 * MAX_EXPLAINED_ROWS) newest = cut();
  }
  return { rowIds: cut().map(({ id }) => id), rowCount };
}

function compareNewest(a: KeptRow, b: KeptRow): number {
  return b.at - a.at || (a.id < b.id ? 1 : -1);
}
