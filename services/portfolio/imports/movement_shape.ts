import type { AssetId } from "../../market/mod.ts";
import { isCash } from "../cash.ts";
import type { Action, DecimalText } from "../transaction.ts";
import type { Cells, SourceRow } from "./cells.ts";
import type { EntryFee, LedgerEntry } from "./entry.ts";
import { type Amount, entryOf, feeOf, priceFrom, type Reading } from "./entry_draft.ts";
import { IgnoredRow } from "./row_fault.ts";
import { absolute, isNegative, readAmount, shareOf, sumOf } from "./values.ts";

/** A signed change of one balance. */
export interface Movement {
  readonly cells: Cells;
  readonly action: Action;
  readonly moved: Amount;
  readonly fee: EntryFee | null;
}

/** Rows that share their fate, and what they say. */
export interface RowGroup {
  readonly rows: readonly SourceRow[];
  readonly entries: readonly LedgerEntry[];
}

/** Reads a row of a balance's history. */
export function readMovement(cells: Cells, reading: Reading): Movement {
  const { rule, columns } = cells;
  if (typeof rule === "string" && rule !== "FEE" && !isAction(rule)) {
    throw new IgnoredRow(`${cells.text("action")} moves nothing of the ledger`);
  }
  const signed = readAmount(cells.required("amount"), columns.nameOf("amount"));
  const action = typeof rule === "string" ? rule : isNegative(signed) ? rule.out : rule.in;
  const amount = absolute(signed);
  const fee = feeOf(cells, reading);
  const assetId = reading.assets.find(cells.required("asset_id"), columns.nameOf("asset_id"));
  if (amount === "0" && fee === null) throw new IgnoredRow("an amount of 0 changes nothing");
  return { cells, action: action as Action, moved: { assetId, amount }, fee };
}

function isAction(rule: string): boolean {
  return rule !== "ignore" && rule !== "cash_fee" && rule !== "convert";
}

/** A part of a group while it is put together. */
interface Part {
  readonly rows: SourceRow[];
  readonly movement: Movement;
  /** Further fees of its trade. */
  readonly fees: LedgerEntry[];
  fee: EntryFee | null;
}

/**
 * The entries of movements that belong together, as the two halves of a trade do. What was paid for
 * gives the price of what was got, if it is dollars; fees go to what was traded, in their order.
 */
export function joinMovements(
  movements: readonly Movement[],
  reading: Reading,
): readonly RowGroup[] {
  const isTrade = ({ action }: Movement) => action === "BUY" || action === "SELL";
  const legs = movements.filter((one) => isTrade(one) && one.moved.amount !== "0");
  const held = legs.filter(({ moved }) => !isCash(moved.assetId));
  const parts: Part[] = held.map((movement) => ({
    rows: [movement.cells.row],
    movement,
    fees: [],
    fee: movement.fee,
  }));
  const rest: RowGroup[] = [];
  for (const movement of movements) {
    if (held.includes(movement)) continue;
    rest.push(...joinOther(movement, { parts, reading, isLeg: legs.includes(movement) }));
  }
  return [...parts.map((part) => toGroup(part, { legs, reading })), ...rest];
}

/** A movement that is no traded asset: money of a trade, a fee, or something on its own. */
function joinOther(
  movement: Movement,
  { parts, reading, isLeg }: { parts: Part[]; reading: Reading; isLeg: boolean },
): readonly RowGroup[] {
  const { cells, action, moved, fee } = movement;
  const { row } = cells;
  const [first] = parts;
  if (isLeg && first !== undefined) {
    first.rows.push(row);
    if (fee !== null) payFee(fee, { movement, parts, first, reading });
    return [];
  }
  if (action === "FEE" && moved.amount !== "0" && fee === null && first !== undefined) {
    const payer = payFee(moved, { movement, parts, first, reading });
    payer.rows.push(row);
    return [];
  }
  if (moved.amount === "0" && fee !== null) {
    return [{ rows: [row], entries: [entryOf(cells, reading, { action: "FEE", moved: fee })] }];
  }
  if (isCash(moved.assetId) && action !== "FEE") return [{ rows: [row], entries: [] }];
  return [{ rows: [row], entries: [entryOf(cells, reading, { action, moved, fee })] }];
}

/** Gives a fee to the first traded asset that has none, else as a row of its own to the first. */
function payFee(
  fee: EntryFee,
  { movement, parts, first, reading }: {
    movement: Movement;
    parts: readonly Part[];
    first: Part;
    reading: Reading;
  },
): Part {
  const free = parts.find((part) => part.fee === null);
  if (free === undefined) {
    first.fees.push(entryOf(movement.cells, reading, { action: "FEE", moved: fee }));
    return first;
  }
  free.fee = fee;
  return free;
}

function toGroup(
  { rows, movement, fee, fees }: Part,
  { legs, reading }: { legs: readonly Movement[]; reading: Reading },
): RowGroup {
  const { cells, action, moved } = movement;
  const price = priceFrom(paidFor(movement, legs, reading.dollars), {
    quantity: moved.amount,
    dollars: reading.dollars,
  });
  return { rows, entries: [entryOf(cells, reading, { action, moved, fee, ...price }), ...fees] };
}

/**
 * What one movement's part of a trade was paid with: of a trade of two assets the other one, by the
 * part of the quantity; `null` where more assets were traded at once.
 */
function paidFor(
  { moved }: Movement,
  legs: readonly Movement[],
  dollars: ReadonlySet<AssetId>,
): Amount | null {
  const assetIds = [...new Set(legs.map((leg) => leg.moved.assetId))];
  const other = assetIds.find((id) => id !== moved.assetId);
  if (other === undefined || assetIds.length > 2) return null;
  // A dollar that is held is worth itself.
  if (dollars.has(moved.assetId)) return moved;
  const total = (assetId: AssetId): DecimalText =>
    sumOf(legs.filter((leg) => leg.moved.assetId === assetId).map((leg) => leg.moved.amount));
  return {
    assetId: other,
    amount: shareOf(total(other), { part: moved.amount, whole: total(moved.assetId) }),
  };
}
