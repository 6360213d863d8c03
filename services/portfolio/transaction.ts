import type { Uuid } from "../kernel/ids.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";

/** What a ledger row says happened, as Transactions CSV v1.1 names it. */
export const ACTIONS = [
  "BUY",
  "SELL",
  "TRANSFER_IN",
  "TRANSFER_OUT",
  "FEE",
  "STAKING_REWARD",
  "AIRDROP",
  "INCOME",
] as const;
export type Action = typeof ACTIONS[number];

/** A plain decimal number as text, without exponent: money is never a float. */
export type DecimalText = string;

/** One row of the ledger. */
export interface Transaction {
  readonly id: Uuid;
  readonly at: UtcMs;
  readonly action: Action;
  readonly assetId: AssetId;
  /** Above 0; of a `FEE` below 0, as it takes away. */
  readonly quantity: DecimalText;
  /** US dollars for one unit; `null` where the row names none. */
  readonly unitPriceUsd: DecimalText | null;
  readonly account: string;
  readonly wallet: string | null;
  readonly venue: string | null;
  readonly txHash: string | null;
  /** The row's name at the place it comes from. */
  readonly externalId: string | null;
  readonly notes: string | null;
  /** Columns that we do not know, by their header. */
  readonly notesExtra: Readonly<Record<string, string>>;
  /** Of a `FEE`: the row that it was paid for; `null` for one that stands alone. */
  readonly parentId: Uuid | null;
}

/** Whether a row adds to what is held. */
export function isInflow({ action }: Pick<Transaction, "action">): boolean {
  return action !== "SELL" && action !== "TRANSFER_OUT" && action !== "FEE";
}

type OrderedRow = Pick<Transaction, "at" | "action" | "id">;

/** The order in which rows count: by time; at one moment, what comes in before what goes out. */
export function compareTransactions(a: OrderedRow, b: OrderedRow): number {
  return a.at - b.at || Number(isInflow(b)) - Number(isInflow(a)) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
