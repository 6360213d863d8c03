import type { LotEvent } from "./asset_plan.ts";
import type { Exact } from "./exact.ts";
import { HIGH_DECIMALS, MONEY_DECIMALS } from "./money_column.ts";
import { WORD_LIMIT } from "./words.ts";

/** How many decimals the whole numbers of quantities and prices stand for. */
export interface WordScale {
  readonly quantityDecimals: number;
  readonly priceDecimals: number;
}

/**
 * How quantities and prices of these events are whole numbers of a machine word, such that
 * nothing that can be made of them leaves its range; `null` where there is no such scale.
 */
export function wordScaleOf(
  events: readonly LotEvent[],
  picks: readonly Exact[],
): WordScale | null {
  let quantityDecimals = 0;
  let priceDecimals = 0;
  for (const { quantity, price, extra, kind } of events) {
    quantityDecimals = Math.max(quantityDecimals, quantity.decimals);
    priceDecimals = Math.max(priceDecimals, price.decimals);
    if (extra.decimals > MONEY_DECIMALS || kind === "open" && extra.units < 0n) return null;
    if (price.units < 0n) return null;
  }
  for (const { decimals } of picks) quantityDecimals = Math.max(quantityDecimals, decimals);
  priceDecimals = Math.max(priceDecimals, HIGH_DECIMALS - quantityDecimals);
  if (quantityDecimals + priceDecimals > MONEY_DECIMALS) return null;
  let units = 0;
  let millionths = 0;
  for (const { quantity, price, extra } of events) {
    const amount = floatOf(quantity);
    const unitPrice = floatOf(price);
    units += amount * 10 ** quantityDecimals;
    millionths += (amount * unitPrice + Math.abs(floatOf(extra)) + 1) * 10 ** HIGH_DECIMALS;
    if (unitPrice * 10 ** priceDecimals >= WORD_LIMIT / 2) return null;
  }
  for (const pick of picks) units += floatOf(pick) * 10 ** quantityDecimals;
  // Half the range is kept free, as the sums above are rounded.
  const fits = units < WORD_LIMIT / 2 && millionths < WORD_LIMIT / 2;
  return fits ? { quantityDecimals, priceDecimals } : null;
}

function floatOf({ units, decimals }: Exact): number {
  return Number(units) / 10 ** decimals;
}
