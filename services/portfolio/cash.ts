import type { AssetId } from "../market/mod.ts";

/**
 * Money, by its id in the ledger. A price or fee may be in it, and a `FEE` row may take it away;
 * no row holds it.
 */
export const CASH_IDS = [
  ...["usd", "eur", "gbp", "jpy", "chf", "cad", "aud", "nzd", "sek", "nok", "dkk", "pln"],
  ...["czk", "huf", "try", "brl", "mxn", "inr", "krw", "cny", "hkd", "sgd", "zar", "uah"],
] as const;

const CASH: ReadonlySet<string> = new Set(CASH_IDS);

/** Whether an asset's id names money. */
export function isCash(assetId: AssetId): boolean {
  return CASH.has(assetId);
}

/** The id of money by its ISO 4217 code, whatever its case; `null` for anything else. */
export function cashIdOf(code: string): AssetId | null {
  const id = code.toLowerCase();
  return CASH.has(id) ? id as AssetId : null;
}
