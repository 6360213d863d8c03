import type { Uuid } from "../../kernel/ids.ts";
import { isCash } from "../cash.ts";
import { formatExact, ZERO } from "./exact.ts";
import type { FeeEntry, IncomeEntry, LotOptions, LotProblem, LotRow } from "./lot_book.ts";
import { compareEvents, type LotEvent, TradeEvent } from "./lot_event.ts";
import { lotProblem } from "./lot_problem.ts";
import {
  feeEntriesOf,
  type Price,
  priceOf,
  sumOfFees,
  totalOf,
  unvaluedFee,
  valueSource,
} from "./row_value.ts";
import { pairTransfers, type TransferLink, type TransferRest } from "./transfer_pairs.ts";

/** What one row means for its asset, but for transfers: these depend on each other. */
export interface RowPlan {
  readonly row: LotRow;
  /** `null` of a transfer, and of money. */
  readonly event: LotEvent | null;
  readonly income: readonly IncomeEntry[];
  readonly fees: readonly FeeEntry[];
  readonly problems: readonly LotProblem[];
}

/** The rows around those of an asset: fees may be in another. */
export interface LedgerIndex {
  readonly rowOf: (id: Uuid) => LotRow | null;
  readonly feesOf: (parentId: Uuid) => readonly LotRow[];
}

/** Shared by all rows without any: most have no income, fees or problems. */
const NONE: readonly never[] = [];

/** Plans a row; it must be planned anew when its parent or one of its fees changes. */
export function planRow(
  row: LotRow,
  { index, options }: { readonly index: LedgerIndex; readonly options: LotOptions },
): RowPlan {
  const problems: LotProblem[] = [];
  const fee = sumOfFees(row, { index, options });
  const isFee = row.fee || row.action === "FEE";
  const fees = isFee ? feeEntriesOf(row, { index, options }) : NONE;
  const told = () => problems.length > 0 ? problems : NONE;
  if (isTransfer(row)) return { row, event: null, income: NONE, fees, problems: told() };
  const price = priceOf(row, { index, options });
  if (price === null) {
    problems.push(row.action === "FEE" ? unvaluedFee(row, { index, options }) : unvalued(row));
  }
  const income = isIncome(row) ? [incomeEntry(row, price)] : NONE;
  if (row.action === "FEE" && row.parentId !== null && index.rowOf(row.parentId) === null) {
    problems.push(orphanFee(row));
  }
  const event = isCash(row.assetId) ? null : new TradeEvent(row, { price, fee, options });
  return { row, event, income, fees, problems: told() };
}

/** Whether a row moves an asset from or to another account. */
export function isTransfer({ action }: LotRow): boolean {
  return action === "TRANSFER_IN" || action === "TRANSFER_OUT";
}

function isIncome({ action }: LotRow): boolean {
  return action === "STAKING_REWARD" || action === "AIRDROP" || action === "INCOME";
}

function incomeEntry(row: LotRow, price: Price | null): IncomeEntry {
  const { id: rowId, action, assetId, account, at, quantity } = row;
  const value = price === null ? null : formatExact(totalOf(row, price));
  return { rowId, action, assetId, account, at, quantity, value };
}

/** What the transfers of an asset do, in order, and which of them lack their other side. */
export interface TransferPlan {
  readonly events: readonly LotEvent[];
  readonly problems: readonly LotProblem[];
}

/**
 * Plans the transfers of an asset, which are in order of rows. `linkOf` names what left with one
 * row and arrived with another, by a number of its own.
 */
export function planTransfers(
  rows: readonly LotRow[],
  { options, linkOf }: {
    readonly options: LotOptions;
    readonly linkOf: (link: TransferLink) => number;
  },
): TransferPlan {
  const { links, rests } = pairTransfers(rows, { windowMs: options.transferWindowMs });
  const bare = { price: ZERO, extra: ZERO, rank: null, isValued: false };
  const events = links.flatMap((pair): LotEvent[] => {
    const { out, in: into, quantity } = pair;
    const link = linkOf(pair);
    // Clocks of two places may disagree: nothing arrives before it left.
    const left = into.at < out.at ? into.at : out.at;
    return [
      { kind: "leave", row: out, at: left, quantity, ...bare, link },
      { kind: "arrive", row: into, at: into.at, quantity, ...bare, link },
    ];
  });
  for (const { row, quantity } of rests) {
    const kind = row.action === "TRANSFER_OUT" ? "leave" : "open";
    events.push({ kind, row, at: row.at, quantity, ...bare, link: -1 });
  }
  // Of links at one moment, the order in which they were found stays.
  return { events: events.sort(compareEvents), problems: rests.map(restProblem) };
}

function unvalued(row: LotRow): LotProblem {
  return lotProblem("VALUE_UNKNOWN", row, {
    message: `The value of this ${row.action} is unknown, so what depends on it is, too`,
    fix: `Enter its unit price, or ${valueSource(row)}`,
  });
}

function orphanFee(row: LotRow): LotProblem {
  return lotProblem("PARENT_UNKNOWN", row, {
    message: "The row that this fee was paid for is not in the ledger",
    fix: "Import the missing row, or clear the fee's parent",
  });
}

function restProblem({ row, quantity, isPartial }: TransferRest): LotProblem {
  const isOut = row.action === "TRANSFER_OUT";
  const amount = formatExact(quantity);
  if (isPartial) {
    return lotProblem("TRANSFER_DIFFERS", row, {
      quantity: amount,
      message: isOut
        ? `${amount} of what left never arrived`
        : `${amount} more arrived than had left`,
      fix: isOut
        ? "Lower this row to what arrived, and enter the difference as a FEE row"
        : "Correct the amounts of the two sides",
    });
  }
  return lotProblem("TRANSFER_UNPAIRED", row, {
    quantity: amount,
    message: isOut
      ? "Nothing says where this transfer went; until then its lots count as taken out"
      : "Nothing says where this transfer came from; its cost and date are unknown",
    fix: isOut
      ? "Add the TRANSFER_IN of the other account, or make it a SELL if it was spent"
      : "Add the TRANSFER_OUT of the other account, or make it a BUY with its price",
  });
}
