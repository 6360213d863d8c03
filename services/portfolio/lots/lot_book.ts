import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { PaidMoney } from "../paid_money.ts";
import type { LotRule } from "../portfolio.ts";
import type { Action, DecimalText, Transaction } from "../transaction.ts";

/** What of a ledger row matters to lots. Money is in one currency, `MoneyOptions`. */
export interface LotRow extends
  Pick<
    Transaction,
    "id" | "at" | "action" | "assetId" | "quantity" | "unitPriceUsd" | "account" | "txHash"
  > {
  /** Of a `FEE`: the row that it was paid for. */
  readonly parentId: Uuid | null;
  /** The row's total before fees, where it is known; a unit price beside it is only quoted. */
  readonly value?: DecimalText | null;
  /** What it was traded for in other money; its price by the rate of its time. */
  readonly paid?: PaidMoney | null;
  /** A fee in the currency of the prices that has no row of its own. */
  readonly fee?: DecimalText | null;
}

/** A part of a lot that a disposal names: which row acquired it, and how much of it. */
export interface LotPick {
  readonly rowId: Uuid;
  readonly quantity: DecimalText;
}

/** What amounts are in: one unit of it is worth 1 at any time. */
export interface MoneyOptions {
  /** US dollars by default. */
  readonly moneyId?: AssetId | undefined;
}

/** Whether an asset is the money that amounts are in. */
export function isMoney(assetId: AssetId, { moneyId }: MoneyOptions): boolean {
  return assetId === (moneyId ?? "usd");
}

export interface LotOptions extends MoneyOptions {
  readonly rule: LotRule;
  /** Tax years (UTC year of the row) with a rule of their own. */
  readonly rulesByYear?: Readonly<Record<number, LotRule>>;
  /** The price of one unit of an asset, or fiat currency, where its row names none. */
  readonly priceOf?: (assetId: AssetId, at: UtcMs) => DecimalText | null;
  /** Of `specid`: the lots that a row takes; what it leaves open is taken first in, first out. */
  readonly picksOf?: (rowId: Uuid) => readonly LotPick[];
  /** How far apart in time the two sides of a transfer without a hash may be; a day. */
  readonly transferWindowMs?: number;
  /** A fraction held for more days than this is long-term; 365. */
  readonly longTermDays?: number;
  /** Whether fees are part of cost and proceeds (default) or only listed. */
  readonly areFeesInCost?: boolean;
  /** What HIFO and LOFO compare: cost with fees (default) or the bare price. */
  readonly rankBy?: "unit_cost" | "unit_price";
  /** What more than is held costs: unknown (default), or 0, so that all of it is gain. */
  readonly missingCost?: "unknown" | "zero";
  /** How cost is split where a division does not end; at 18 decimals, down. */
  readonly split?: Split;
  /** Events of an asset between two checkpoints, at first: fewer cost memory, more cost time. */
  readonly checkpointEvery?: number;
}

/** The last part of a split always takes what the others left, so parts add up either way. */
export interface Split {
  readonly decimals: number;
  readonly rounding: "down" | "half_up";
}

/** Units that were acquired together and are still held. */
export interface Lot {
  readonly assetId: AssetId;
  readonly account: string;
  /** When the units were acquired, before any transfer; `null` where the ledger does not say. */
  readonly acquired: UtcMs | null;
  readonly quantity: DecimalText;
  /** Fees included; `null` where unknown. */
  readonly cost: DecimalText | null;
  /** `cost` for one unit, to 18 decimals. */
  readonly unitCost: DecimalText | null;
  /** The row that brought it: its acquisition, or the transfer that nobody paired. */
  readonly rowId: Uuid;
  /** Set while it has left an account and not arrived at another. */
  readonly isInTransit: boolean;
}

/** A fraction of a lot that a row disposed of. */
export interface Disposal {
  readonly rowId: Uuid;
  readonly action: Action;
  readonly assetId: AssetId;
  readonly account: string;
  /** The row that acquired the fraction; `null` for what was not held. */
  readonly lotRowId: Uuid | null;
  readonly acquired: UtcMs | null;
  readonly disposed: UtcMs;
  readonly quantity: DecimalText;
  readonly cost: DecimalText | null;
  readonly proceeds: DecimalText | null;
  readonly gain: DecimalText | null;
  readonly daysHeld: number | null;
  readonly term: "short" | "long" | null;
  /** Whether its cost, date and proceeds are all known. */
  readonly isComplete: boolean;
}

/** What a reward, an airdrop or other income was worth when it came. */
export interface IncomeEntry {
  readonly rowId: Uuid;
  readonly action: Action;
  readonly assetId: AssetId;
  readonly account: string;
  readonly at: UtcMs;
  readonly quantity: DecimalText;
  readonly value: DecimalText | null;
}

/** A fee and where it went. */
export interface FeeEntry {
  readonly rowId: Uuid;
  readonly at: UtcMs;
  readonly account: string;
  /** What it was paid in; `null` for the currency of the prices. */
  readonly assetId: AssetId | null;
  readonly quantity: DecimalText;
  readonly value: DecimalText | null;
  /** Whether it is in a cost, off proceeds, or stands alone. */
  readonly appliedTo: "cost" | "proceeds" | "none";
}

export const LOT_PROBLEM_CODES = [
  "OVERSOLD",
  "TRANSFER_UNPAIRED",
  "TRANSFER_DIFFERS",
  "TRANSFER_OVERDRAWN",
  "VALUE_UNKNOWN",
  "PARENT_UNKNOWN",
  "PICK_UNAVAILABLE",
] as const;
export type LotProblemCode = typeof LOT_PROBLEM_CODES[number];

/** Something that the ledger does not tell, with what would fix it. */
export interface LotProblem {
  readonly code: LotProblemCode;
  readonly rowId: Uuid;
  readonly at: UtcMs;
  readonly assetId: AssetId;
  readonly account: string;
  /** How much of the asset is concerned. */
  readonly quantity: DecimalText;
  readonly message: string;
  readonly fix: string;
}

/**
 * Sums of a year and asset, each of the fractions of which it is known, and `null` where it is
 * known of none.
 */
export interface RealizedTotal {
  readonly year: number;
  readonly assetId: AssetId;
  readonly proceeds: DecimalText | null;
  readonly cost: DecimalText | null;
  readonly gain: DecimalText | null;
  readonly shortTermGain: DecimalText | null;
  readonly longTermGain: DecimalText | null;
  /** Fractions whose cost, date or proceeds are not known. */
  readonly incomplete: number;
}

/** All that follows from a ledger and its rules; lists are in order of time. */
export interface LotBook {
  readonly lots: readonly Lot[];
  readonly disposals: readonly Disposal[];
  readonly income: readonly IncomeEntry[];
  readonly fees: readonly FeeEntry[];
  readonly realized: readonly RealizedTotal[];
  readonly problems: readonly LotProblem[];
}
