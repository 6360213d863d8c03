import type { Uuid } from "../kernel/ids.ts";
import type { UtcMs } from "../kernel/time.ts";

/** Whose everything is in local mode, where nobody signs in. */
export const LOCAL_OWNER = "local";

/** Which lots a disposal takes first. */
export const LOT_METHODS = ["fifo", "lifo", "hifo", "lofo", "acb", "specid"] as const;
export type LotMethod = typeof LOT_METHODS[number];

/** Whether a disposal takes lots of its own account alone, or of all accounts. */
export const LOT_POOLS = ["account", "universal"] as const;
export type LotPools = typeof LOT_POOLS[number];

/** What a portfolio can be valued in. */
export const BASE_CURRENCIES = [
  "USD",
  "EUR",
  "GBP",
  "JPY",
  "CHF",
  "CAD",
  "AUD",
  "BTC",
  "ETH",
] as const;
export type BaseCurrency = typeof BASE_CURRENCIES[number];

/** How lots are matched from a year on. */
export interface LotRule {
  readonly method: LotMethod;
  readonly pools: LotPools;
}

/** A ledger with an owner and its own rules. */
export interface Portfolio {
  readonly id: Uuid;
  /** Whose it is; nobody else reaches it. */
  readonly ownerId: string;
  readonly name: string;
  readonly baseCurrency: BaseCurrency;
  readonly rule: LotRule;
  /** Tax years (UTC) that have a rule of their own. */
  readonly rulesByYear: Readonly<Record<number, LotRule>>;
  readonly createdAt: UtcMs;
  /** Set while it is deleted; it can be restored. */
  readonly deletedAt: UtcMs | null;
  /** Grows with each change of its ledger, so that what is computed from it can tell. */
  readonly ledgerVersion: number;
}
