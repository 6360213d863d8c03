import type { EventColumns } from "./event_columns.ts";
import type { Exact } from "./exact.ts";
import { HIGH_DECIMALS, MONEY_DECIMALS } from "./words.ts";

/** How many decimals the whole numbers of quantities and prices stand for. */
export interface WordScale {
  readonly quantityDecimals: number;
  readonly priceDecimals: number;
}

/**
 * The scale in which quantities and prices of these events are whole numbers, with the fewest
 * decimals; `null` where a product of the two would not fit the decimals of money.
 */
export function wordScaleOf(columns: EventColumns): WordScale | null {
  const quantityDecimals = quantityDecimalsOf(columns);
  const ownDecimals = mostDecimals(columns.events, ({ price }) => price);
  const priceDecimals = Math.max(ownDecimals, HIGH_DECIMALS - quantityDecimals);
  if (quantityDecimals + priceDecimals > MONEY_DECIMALS) return null;
  return { quantityDecimals, priceDecimals };
}

/** The decimals that hold the quantities of events from one on, and of the lots that they name. */
export function quantityDecimalsOf({ events, picks }: EventColumns, from = 0): number {
  let most = 0;
  for (let index = from; index < events.length; index++) {
    most = Math.max(most, events[index]?.quantity.decimals ?? 0);
  }
  for (const [index, named] of picks) {
    if (index >= from) most = Math.max(most, mostDecimals(named, ({ quantity }) => quantity));
  }
  return most;
}

/** The decimals that hold an amount of each item. */
export function mostDecimals<Item>(
  items: readonly Item[],
  amountOf: (item: Item) => Exact,
): number {
  return items.reduce((most, item) => Math.max(most, amountOf(item).decimals), 0);
}
