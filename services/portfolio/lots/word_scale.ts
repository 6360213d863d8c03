import type { LotEvent } from "./asset_plan.ts";
import type { Exact } from "./exact.ts";
import { HIGH_DECIMALS, MONEY_DECIMALS, WORD_LIMIT } from "./words.ts";

/** How many decimals the whole numbers of quantities and prices stand for. */
export interface WordScale {
  readonly quantityDecimals: number;
  readonly priceDecimals: number;
}

/** The half of the range that is used: the bounds below are themselves rounded. */
const MOST = WORD_LIMIT / 2;

/**
 * How quantities and prices of these events are whole numbers of a machine word, such that
 * nothing that can be made of them leaves its range; `null` where there is no such scale.
 * Single lots and fractions are never larger than their event; pools of average cost may be as
 * large as all events together.
 */
export function wordScaleOf(
  events: readonly LotEvent[],
  { picks, hasPools }: { readonly picks: readonly Exact[]; readonly hasPools: boolean },
): WordScale | null {
  const quantityDecimals = mostDecimals([...events.map(({ quantity }) => quantity), ...picks]);
  const ownDecimals = mostDecimals(events.map(({ price }) => price));
  const priceDecimals = Math.max(ownDecimals, HIGH_DECIMALS - quantityDecimals);
  if (quantityDecimals + priceDecimals > MONEY_DECIMALS) return null;
  const scale = { quantityDecimals, priceDecimals };
  let quantitySum = 0;
  let moneySum = 0;
  for (const event of events) {
    const { quantity, money, price } = wordsOf(event, scale);
    quantitySum += quantity;
    moneySum += money;
    // Costs are divided as they are; only proceeds have a sign of their own.
    const isNegative = price < 0 || event.kind === "open" && event.extra.units < 0n;
    if (isNegative || event.extra.decimals > MONEY_DECIMALS) return null;
    if (quantity >= MOST || money >= MOST || price >= MOST) return null;
  }
  if (picks.some((pick) => floatOf(pick) * 10 ** quantityDecimals >= MOST)) return null;
  return hasPools && (quantitySum >= MOST || moneySum >= MOST) ? null : scale;
}

function wordsOf({ quantity, price, extra }: LotEvent, scale: WordScale) {
  const amount = floatOf(quantity);
  const unitPrice = floatOf(price);
  return {
    quantity: amount * 10 ** scale.quantityDecimals,
    price: unitPrice * 10 ** scale.priceDecimals,
    money: (amount * Math.abs(unitPrice) + Math.abs(floatOf(extra)) + 1) * 10 ** HIGH_DECIMALS,
  };
}

/** The decimals that hold all of the amounts. */
export function mostDecimals(amounts: readonly Exact[]): number {
  return amounts.reduce((most, { decimals }) => Math.max(most, decimals), 0);
}

function floatOf({ units, decimals }: Exact): number {
  return Number(units) / 10 ** decimals;
}
