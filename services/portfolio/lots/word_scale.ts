import type { LotEvent } from "./asset_plan.ts";
import type { EventColumns } from "./event_columns.ts";
import type { Exact } from "./exact.ts";
import { HIGH_DECIMALS, MONEY_DECIMALS, WORD_LIMIT } from "./words.ts";

/** How many decimals the whole numbers of quantities and prices stand for. */
export interface WordScale {
  readonly quantityDecimals: number;
  readonly priceDecimals: number;
}

/** The half of the range that is used: the bounds below are themselves rounded. */
export const MOST_WORD = WORD_LIMIT / 2;

/**
 * The scale in which quantities and prices of these events are whole numbers, with the fewest
 * decimals; `null` where a product of the two would not fit the decimals of money.
 */
export function wordScaleOf(columns: EventColumns): WordScale | null {
  const quantityDecimals = mostDecimals(quantitiesOf(columns));
  const ownDecimals = mostDecimals(columns.events.map(({ price }) => price));
  const priceDecimals = Math.max(ownDecimals, HIGH_DECIMALS - quantityDecimals);
  if (quantityDecimals + priceDecimals > MONEY_DECIMALS) return null;
  return { quantityDecimals, priceDecimals };
}

/** The quantities of events from one on, and of the lots that they name. */
export function quantitiesOf({ events, picks }: EventColumns, from = 0): Exact[] {
  const named = [...picks].filter(([index]) => index >= from).flatMap(([, own]) => own);
  return [...events.slice(from), ...named].map(({ quantity }) => quantity);
}

/** Whether an event is made of whole numbers of the scale, and nothing made of it leaves the range. */
export function fitsScale(event: LotEvent, scale: WordScale): boolean {
  const { kind, quantity, price, extra } = event;
  const areWhole = quantity.decimals <= scale.quantityDecimals &&
    price.decimals <= scale.priceDecimals && extra.decimals <= MONEY_DECIMALS;
  // Costs are divided as they are; only proceeds have a sign of their own.
  if (!areWhole || price.units < 0n || kind === "open" && extra.units < 0n) return false;
  const amount = floatOf(quantity);
  const unitPrice = floatOf(price);
  const money = (amount * unitPrice + Math.abs(floatOf(extra)) + 1) * 10 ** HIGH_DECIMALS;
  return amount * 10 ** scale.quantityDecimals < MOST_WORD && money < MOST_WORD &&
    unitPrice * 10 ** scale.priceDecimals < MOST_WORD;
}

/** The decimals that hold all of the amounts. */
export function mostDecimals(amounts: readonly Exact[]): number {
  return amounts.reduce((most, { decimals }) => Math.max(most, decimals), 0);
}

function floatOf({ units, decimals }: Exact): number {
  return Number(units) / 10 ** decimals;
}
