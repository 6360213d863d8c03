import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import { isCash } from "../cash.ts";
import {
  absolute,
  add,
  type Exact,
  formatExact,
  multiply,
  parseExact,
  smaller,
  subtract,
  ZERO,
} from "../lots/exact.ts";
import { isMoney, type LotRow, type MoneyOptions } from "../lots/lot_book.ts";
import { pairTransfers } from "../lots/transfer_pairs.ts";
import type { LotPools } from "../portfolio.ts";
import { compareTransactions, isInflow } from "../transaction.ts";

/**
 * One change of what an account holds of an asset, and the money that crossed the portfolio's
 * border with it.
 *
 * A ledger holds assets and no cash, so the money of a purchase comes from outside and that of a
 * sale leaves; at one instant the two are set off, which makes a swap no flow at all. A transfer
 * between own accounts is none, one from or to outside is one at the price of its time. Rewards,
 * airdrops and other income are earned inside, fees in assets are lost inside, and a fee in money
 * is paid from outside.
 */
export interface Movement {
  readonly at: UtcMs;
  readonly account: string;
  /** What the account holds after it; exact sums, rounded once. */
  readonly held: number;
  /** How much that changed it. */
  readonly quantity: number;
  /**
   * Dollars that came in; below 0 what went out. NaN is the quantity at the price of its time;
   * `null` is a fee in money without a rate, of which nobody knows the dollars.
   */
  readonly flowUsd: number | null;
}

/** All changes of one asset, in order of time. */
export interface AssetMovements {
  readonly assetId: AssetId;
  readonly movements: readonly Movement[];
}

export interface MovementOptions extends MoneyOptions {
  /** Whether a sale may take what other accounts hold; by default it may not. */
  readonly pools?: LotPools | undefined;
  readonly transferWindowMs?: number | undefined;
  /**
   * Dollars for one unit of money that is not dollars; `null` leaves its fees unvalued, and trades
   * for it at the price of their time.
   */
  readonly cashPriceUsd?: ((cashId: AssetId, at: UtcMs) => number | null) | undefined;
}

/** What the rows of a ledger, in any order, do to each asset. */
export function movementsOf(
  rows: readonly LotRow[],
  options: MovementOptions = {},
): readonly AssetMovements[] {
  return [...rowsByBearer(rows)].map(([assetId, own]) => ({
    assetId,
    movements: movementsOfAsset(own, { ...options, assetId }),
  }));
}

/** The rows that an asset's history depends on, and on no others; not in order. */
export function rowsByBearer(rows: readonly LotRow[]): ReadonlyMap<AssetId, readonly LotRow[]> {
  // A ledger may be long, and few of its rows are paid for in money.
  const parents = new Set(
    rows.flatMap(({ assetId, parentId }) => parentId !== null && isCash(assetId) ? parentId : []),
  );
  const assets = new Map<Uuid, AssetId>();
  for (const { id, assetId } of rows) if (parents.has(id)) assets.set(id, assetId);
  return Map.groupBy(rows, (row) => bearerOf(row, assets));
}

/** The asset that a row's gain or loss belongs to: a fee in money counts for what it was paid for. */
function bearerOf({ assetId, parentId }: LotRow, parents: ReadonlyMap<Uuid, AssetId>): AssetId {
  if (!isCash(assetId) || parentId === null) return assetId;
  return parents.get(parentId) ?? assetId;
}

/** A change before it is known how much is held. */
interface Step {
  readonly at: UtcMs;
  /** At one instant: what comes in, then what moves, then what goes out. */
  readonly rank: 0 | 1 | 2;
  readonly from: string | null;
  readonly to: string | null;
  readonly quantity: Exact;
  readonly flowUsd: number;
  /** Paid from outside whatever becomes of the quantity; `null` where its dollars are unknown. */
  readonly feeUsd: number | null;
}

type AssetOptions = MovementOptions & { readonly assetId: AssetId };

/** What the rows of one bearer do, as `rowsByBearer` has them. */
export function movementsOfAsset(
  unordered: readonly LotRow[],
  options: AssetOptions,
): readonly Movement[] {
  const rows = unordered.toSorted(compareTransactions);
  const own = rows.filter(({ assetId }) => !isCash(assetId));
  const fees = rows.filter((row) => row.action === "FEE" && isCash(row.assetId));
  const steps = own.flatMap((row) => tradeStep(row, options));
  const { links, rests } = pairTransfers(own, { windowMs: options.transferWindowMs });
  for (const { out, in: into, quantity } of links) {
    // Until they arrive, units stand where they left.
    const [from, to] = [out.account, into.account];
    steps.push({ at: into.at, rank: 1, from, to, quantity, flowUsd: 0, feeUsd: 0 });
  }
  for (const { row, quantity } of rests) steps.push(sidedStep(row, { quantity, flowUsd: NaN }));
  for (const row of fees) steps.push(cashFeeStep(row, options));
  steps.sort((a, b) => a.at - b.at || a.rank - b.rank);
  const holder = new Holder(options.pools === "universal");
  return steps.flatMap((step) => holder.take(step));
}

function tradeStep(row: LotRow, options: AssetOptions): readonly Step[] {
  switch (row.action) {
    case "TRANSFER_IN":
    case "TRANSFER_OUT":
      return [];
    case "BUY":
    case "SELL": {
      const quantity = absolute(parseExact(row.quantity));
      return [sidedStep(row, { quantity, flowUsd: moneyOf(row, { ...options, quantity }) })];
    }
    default:
      return [sidedStep(row, { quantity: absolute(parseExact(row.quantity)), flowUsd: 0 })];
  }
}

function sidedStep(
  row: LotRow,
  { quantity, flowUsd }: { readonly quantity: Exact; readonly flowUsd: number },
): Step {
  const isIn = isInflow(row);
  return {
    at: row.at,
    rank: isIn ? 0 : 2,
    from: isIn ? null : row.account,
    to: isIn ? row.account : null,
    quantity,
    flowUsd: isIn ? flowUsd : -flowUsd,
    feeUsd: row.fee ? numberOf(parseExact(row.fee)) : 0,
  };
}

/** What changed hands for a trade before fees; NaN where its row does not say, or has no rate. */
function moneyOf(row: LotRow, options: AssetOptions & { readonly quantity: Exact }): number {
  if (row.value !== undefined && row.value !== null) return Number(row.value);
  if (row.unitPriceUsd !== null) {
    return numberOf(multiply(options.quantity, parseExact(row.unitPriceUsd)));
  }
  const { paid } = row;
  const rate = paid ? rateOf(paid.cashId, { ...options, at: row.at }) : null;
  return paid && rate !== null ? Number(paid.total) * rate : NaN;
}

/** What one unit of money was worth; `null` where nobody knows. */
function rateOf(cashId: AssetId, options: AssetOptions & { readonly at: UtcMs }): number | null {
  return isMoney(cashId, options) ? 1 : options.cashPriceUsd?.(cashId, options.at) ?? null;
}

function cashFeeStep(row: LotRow, options: AssetOptions): Step {
  const amount = Math.abs(Number(row.quantity));
  const named = row.unitPriceUsd === null ? null : Number(row.unitPriceUsd);
  const price = named ?? rateOf(row.assetId, { ...options, at: row.at });
  const nothing = { quantity: ZERO, flowUsd: 0 };
  return { ...sidedStep(row, nothing), feeUsd: price === null ? null : amount * price };
}

/** Follows what accounts hold, and never less than nothing. */
class Holder {
  readonly #isShared: boolean;
  readonly #held = new Map<string, Exact>();
  #total = ZERO;

  constructor(isShared: boolean) {
    this.#isShared = isShared;
  }

  /** What a step does. Of more than is held, only what is held goes, with its part of the money. */
  take({ at, from, to, quantity, flowUsd, feeUsd }: Step): readonly Movement[] {
    if (from === null) return to === null ? [] : this.#add(to, { at, quantity, flowUsd, feeUsd });
    const available = to === null && this.#isShared ? this.#total : this.#heldBy(from);
    const taken = smaller(quantity, available.units > 0n ? available : ZERO);
    const part = quantity.units === 0n ? 1 : numberOf(taken) / numberOf(quantity);
    const left = {
      ...{ at, account: from, quantity: -numberOf(taken) },
      held: this.#change(from, subtract(ZERO, taken)),
    };
    if (to === null) return [{ ...left, flowUsd: withFee(flowUsd * part, feeUsd) }];
    // What nobody held before comes from outside.
    const surplus = subtract(quantity, taken);
    const arrived = this.#add(to, { at, quantity: taken, flowUsd: 0, feeUsd: 0 });
    return surplus.units === 0n ? [{ ...left, flowUsd: 0 }, ...arrived] : [
      { ...left, flowUsd: 0 },
      ...arrived,
      ...this.#add(to, { at, quantity: surplus, flowUsd: NaN, feeUsd: 0 }),
    ];
  }

  #add(
    account: string,
    { at, quantity, flowUsd, feeUsd }: Pick<Step, "at" | "quantity" | "flowUsd" | "feeUsd">,
  ): readonly Movement[] {
    const held = this.#change(account, quantity);
    return [{ at, account, held, quantity: numberOf(quantity), flowUsd: withFee(flowUsd, feeUsd) }];
  }

  #heldBy(account: string): Exact {
    return this.#held.get(account) ?? ZERO;
  }

  #change(account: string, by: Exact): number {
    const held = add(this.#heldBy(account), by);
    this.#held.set(account, held);
    this.#total = add(this.#total, by);
    return numberOf(held);
  }
}

function withFee(flowUsd: number, feeUsd: number | null): number | null {
  return feeUsd === null ? null : flowUsd + feeUsd;
}

function numberOf(amount: Exact): number {
  return Number(formatExact(amount));
}
