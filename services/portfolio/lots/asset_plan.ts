import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import { isCash } from "../cash.ts";
import { isInflow } from "../transaction.ts";
import { absolute, add, type Exact, formatExact, parseExact, subtract, ZERO } from "./exact.ts";
import type { FeeEntry, IncomeEntry, LotOptions, LotProblem, LotRow } from "./lot_book.ts";
import { lotProblem } from "./lot_problem.ts";
import {
  feeEntriesOf,
  type Price,
  priceOf,
  quotedTotalOf,
  sumOfFees,
  totalOf,
} from "./row_value.ts";
import { pairTransfers, type TransferRest } from "./transfer_pairs.ts";

/** What a row, or a part of one, does to the lots of its asset. */
export interface LotEvent {
  /** `leave` and `arrive` are the two sides of a transfer. */
  readonly kind: "open" | "take" | "leave" | "arrive";
  readonly row: LotRow;
  readonly at: UtcMs;
  readonly quantity: Exact;
  /** Cost of what opens, proceeds of what is taken: quantity × price + extra. */
  readonly price: Exact;
  readonly extra: Exact;
  /** What its unit cost is ranked by, where that is not its cost. */
  readonly rank: Exact | null;
  /** Whether that is known. */
  readonly isValued: boolean;
  /** Which transfer; -1 where it is none or has no other side. */
  readonly link: number;
}

/** All that happens to one asset, in order; it does not depend on how lots are matched. */
export interface AssetPlan {
  readonly assetId: AssetId;
  readonly events: readonly LotEvent[];
  readonly income: readonly IncomeEntry[];
  readonly fees: readonly FeeEntry[];
  readonly problems: readonly LotProblem[];
}

/** The rows around those of an asset: fees may be in another. */
export interface LedgerIndex {
  readonly rowOf: (id: Uuid) => LotRow | null;
  readonly feesOf: (parentId: Uuid) => readonly LotRow[];
}

/** Plans the rows of one asset, which are in order of time. */
export function planAsset(
  rows: readonly LotRow[],
  { index, options }: { readonly index: LedgerIndex; readonly options: LotOptions },
): AssetPlan {
  const assetId = rows[0]?.assetId;
  if (assetId === undefined) throw new RangeError("Cannot plan an asset without rows");
  const problems: LotProblem[] = [];
  const events: LotEvent[] = [];
  const income: IncomeEntry[] = [];
  const fees: FeeEntry[] = [];
  for (const row of rows) {
    const fee = sumOfFees(row, { index, options, problems });
    if (row.fee || row.action === "FEE") fees.push(...feeEntriesOf(row, { index, options }));
    if (row.action === "TRANSFER_IN" || row.action === "TRANSFER_OUT") continue;
    const price = priceOf(row, { index, options });
    if (price === null) problems.push(unvalued(row));
    if (isIncome(row)) income.push(incomeEntry(row, price));
    if (row.action === "FEE" && row.parentId !== null && index.rowOf(row.parentId) === null) {
      problems.push(orphanFee(row));
    }
    if (!isCash(assetId)) events.push(tradeEvent(row, { price, fee, options }));
  }
  if (!isCash(assetId)) planTransfers(rows, { options, events, problems });
  events.sort(compareEvents);
  return { assetId, events, income, fees, problems };
}

function isIncome({ action }: LotRow): boolean {
  return action === "STAKING_REWARD" || action === "AIRDROP" || action === "INCOME";
}

function incomeEntry(row: LotRow, price: Price | null): IncomeEntry {
  const { id: rowId, action, assetId, account, at, quantity } = row;
  const value = price === null ? null : formatExact(totalOf(row, price));
  return { rowId, action, assetId, account, at, quantity, value };
}

interface TradeValue {
  readonly price: Price | null;
  readonly fee: Exact;
  readonly options: LotOptions;
}

function tradeEvent(row: LotRow, { price, fee, options }: TradeValue): LotEvent {
  const extra = price?.extra ?? ZERO;
  return {
    kind: isInflow(row) ? "open" : "take",
    row,
    at: row.at,
    quantity: absolute(parseExact(row.quantity)),
    price: price?.unit ?? ZERO,
    extra: isInflow(row) ? add(extra, fee) : subtract(extra, fee),
    rank: price && options.rankBy === "unit_price" ? quotedTotalOf(row, price) : null,
    isValued: price !== null,
    link: -1,
  };
}

interface TransferPlan {
  readonly options: LotOptions;
  readonly events: LotEvent[];
  readonly problems: LotProblem[];
}

function planTransfers(rows: readonly LotRow[], { options, events, problems }: TransferPlan): void {
  const { links, rests } = pairTransfers(rows, { windowMs: options.transferWindowMs });
  const bare = { price: ZERO, extra: ZERO, rank: null, isValued: false };
  for (const [link, { out, in: into, quantity }] of links.entries()) {
    // Clocks of two places may disagree: nothing arrives before it left.
    const left = into.at < out.at ? into.at : out.at;
    events.push({ kind: "leave", row: out, at: left, quantity, ...bare, link });
    events.push({ kind: "arrive", row: into, at: into.at, quantity, ...bare, link });
  }
  for (const rest of rests) {
    const { row, quantity } = rest;
    const kind = row.action === "TRANSFER_OUT" ? "leave" : "open";
    events.push({ kind, row, at: row.at, quantity, ...bare, link: -1 });
    problems.push(restProblem(rest));
  }
}

/** By time; at one moment what opens, then transfers that have both sides, then what goes out. */
function compareEvents(a: LotEvent, b: LotEvent): number {
  return a.at - b.at || rankOf(a) - rankOf(b) ||
    (a.link >= 0 ? a.link - b.link : compareIds(a.row.id, b.row.id));
}

function compareIds(a: Uuid, b: Uuid): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf({ kind, link }: LotEvent): number {
  return kind === "open" ? 0 : link >= 0 ? 1 : 2;
}

function unvalued(row: LotRow): LotProblem {
  return lotProblem("VALUE_UNKNOWN", row, {
    message: `The value of this ${row.action} is unknown, so what depends on it is, too`,
    fix: "Enter its unit price, or add prices of the asset for that time",
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
      ? "Nothing says where this transfer went; its lots wait in transit"
      : "Nothing says where this transfer came from; its cost and date are unknown",
    fix: isOut
      ? "Add the TRANSFER_IN of the other account, or make it a SELL if it was spent"
      : "Add the TRANSFER_OUT of the other account, or make it a BUY with its price",
  });
}
