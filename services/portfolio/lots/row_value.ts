import { isCash } from "../cash.ts";
import type { LedgerIndex } from "./asset_plan.ts";
import { absolute, add, type Exact, formatExact, multiply, parseExact, ZERO } from "./exact.ts";
import {
  type FeeEntry,
  isMoney,
  type LotOptions,
  type LotProblem,
  type LotRow,
} from "./lot_book.ts";
import { lotProblem } from "./lot_problem.ts";

const ONE: Exact = { units: 1n, decimals: 0 };

/** What a row is worth without fees: quantity × unit + extra. */
export interface Price {
  readonly unit: Exact;
  readonly extra: Exact;
}

interface Around {
  readonly index: LedgerIndex;
  readonly options: LotOptions;
}

/**
 * What a row is worth: by its own price or total, or by what it was traded for at the rate of that
 * time; of a fee in the asset of its parent, by the parent's price; else by the price at that time.
 * `null` where none of them is known.
 */
export function priceOf(row: LotRow, { index, options }: Around): Price | null {
  if (row.value !== undefined && row.value !== null) {
    return { unit: ZERO, extra: parseExact(row.value) };
  }
  const paid = unitPriceOf(row) === null ? paidPriceOf(row, options) : null;
  if (paid !== null) return { unit: ZERO, extra: paid };
  const unit = unitPriceOf(row) ?? parentPriceOf(row, index) ?? marketPriceOf(row, options);
  return unit && { unit, extra: ZERO };
}

/** What a row is worth in all. */
export function totalOf({ quantity }: LotRow, { unit, extra }: Price): Exact {
  return unit.units === 0n ? extra : add(multiply(absolute(parseExact(quantity)), unit), extra);
}

/** What a row is worth by the unit price that it names, whatever its total says. */
export function quotedTotalOf(row: LotRow, price: Price): Exact {
  const unit = unitPriceOf(row);
  return unit ? multiply(absolute(parseExact(row.quantity)), unit) : totalOf(row, price);
}

/** The price of a row that is the unit price which it names; `null` of another one. */
export function namedPriceOf(row: LotRow): Exact | null {
  return row.value === undefined || row.value === null ? unitPriceOf(row) : null;
}

function unitPriceOf({ unitPriceUsd }: LotRow): Exact | null {
  return unitPriceUsd === null ? null : parseExact(unitPriceUsd);
}

function paidPriceOf({ paid, at }: LotRow, options: LotOptions): Exact | null {
  if (!paid) return null;
  const rate = marketPriceOf({ assetId: paid.cashId, at }, options);
  return rate && multiply(parseExact(paid.total), rate);
}

function parentPriceOf(row: LotRow, index: LedgerIndex): Exact | null {
  const parent = row.parentId === null ? null : index.rowOf(row.parentId);
  return parent?.assetId === row.assetId ? unitPriceOf(parent) : null;
}

function marketPriceOf(
  { assetId, at }: Pick<LotRow, "assetId" | "at">,
  options: LotOptions,
): Exact | null {
  if (isMoney(assetId, options)) return ONE;
  const price = options.priceOf?.(assetId, at) ?? null;
  return price === null ? null : parseExact(price);
}

/** The fees that count into the cost or the proceeds of a row; one of unknown value does not. */
export function sumOfFees(row: LotRow, { index, options }: Around): Exact {
  if (options.areFeesInCost === false || placeOf(row) === "none") return ZERO;
  let sum = row.fee ? parseExact(row.fee) : ZERO;
  for (const fee of index.feesOf(row.id)) {
    const price = priceOf(fee, { index, options });
    if (price) sum = add(sum, totalOf(fee, price));
  }
  return sum;
}

/** What tells the value of a row that names none. */
export function valueSource({ assetId }: LotRow): string {
  return isCash(assetId)
    ? "add exchange rates of that day, which deno task fx:import FILE does"
    : "add prices of its asset for that time";
}

/** A fee of unknown value: one thing to decide on, whatever lacks it. */
export function unvaluedFee(fee: LotRow, { index, options }: Around): LotProblem {
  const parent = fee.parentId === null ? null : index.rowOf(fee.parentId);
  const place = parent === null || options.areFeesInCost === false ? "none" : placeOf(parent);
  const isPaidInCash = isCash(fee.assetId);
  const paidIn = isPaidInCash ? fee.assetId.toUpperCase() : fee.assetId;
  const lacking = [
    "the sum of fees",
    isPaidInCash ? "returns" : "realised gains",
    ...parent === null || place === "none"
      ? []
      : [`the ${place} of the ${parent.action} of ${parent.assetId}`],
  ];
  return lotProblem("VALUE_UNKNOWN", fee, {
    message: `What this fee of ${fee.quantity.replace("-", "")} ${paidIn} was worth is unknown; ` +
      `it is missing in ${lacking.slice(0, -1).join(", ")} and ${lacking.at(-1)}`,
    fix: `Enter its unit price, or ${valueSource(fee)}`,
  });
}

/** The fee that a row is, or that it names. */
export function feeEntriesOf(row: LotRow, around: Around): FeeEntry[] {
  const { id: rowId, at, account, assetId, fee } = row;
  const entries: FeeEntry[] = [];
  const isCounted = around.options.areFeesInCost !== false;
  if (fee && parseExact(fee).units !== 0n) {
    const appliedTo = isCounted ? placeOf(row) : "none";
    entries.push({ rowId, at, account, assetId: null, quantity: fee, value: fee, appliedTo });
  }
  if (row.action === "FEE") {
    const parent = row.parentId === null ? null : around.index.rowOf(row.parentId);
    const price = priceOf(row, around);
    entries.push({
      ...{ rowId, at, account, assetId },
      quantity: row.quantity.replace("-", ""),
      value: price && formatExact(totalOf(row, price)),
      appliedTo: isCounted && parent && price ? placeOf(parent) : "none",
    });
  }
  return entries;
}

function placeOf({ action }: LotRow): FeeEntry["appliedTo"] {
  switch (action) {
    case "BUY":
    case "STAKING_REWARD":
    case "AIRDROP":
    case "INCOME":
      return "cost";
    case "SELL":
      return "proceeds";
    default:
      return "none";
  }
}
