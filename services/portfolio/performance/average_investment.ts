import { finiteOrNull } from "../../kernel/numbers.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { LotBook } from "../lots/lot_book.ts";
import { bookTotals } from "./book_totals.ts";

/** The gain of lots on what was invested in them on average. */
export interface ReturnOnAverageInvestment {
  /** Cost of what was held, weighted by time, over the time in which anything was held. */
  readonly averageInvestment: number | null;
  /** Gain on it, as a fraction. */
  readonly return: number | null;
}

/**
 * Return on average investment up to an instant: realised and unrealised gain / the average cost
 * of open lots over the time that any was open. A convention of some trackers, offered beside TWR
 * and XIRR; unlike those it depends on the lot method. Lots of unknown date or cost are left out,
 * and so are disposals of unknown gain; where no other was sold, there is no return.
 *
 * With fees in cost it is net of them. Match the book without fees in cost for the trackers' gross
 * figure; `fees` makes that net. Average cost (`acb`) blurs when what was invested: match first in,
 * first out.
 */
export function returnOnAverageInvestment(
  book: LotBook,
  { asof, unrealized, fees = 0 }: {
    readonly asof: UtcMs;
    readonly unrealized: number;
    readonly fees?: number;
  },
): ReturnOnAverageInvestment {
  const average = averageInvestment(book, asof);
  const { sum: realized } = bookTotals(book, { to: asof }).realized;
  return {
    averageInvestment: average,
    return: average === null || realized === null
      ? null
      : finiteOrNull((Number(realized) + unrealized - fees) / average),
  };
}

interface Step {
  readonly at: number;
  /** Change of the open cost, and of the number of open fractions. */
  readonly cost: number;
  readonly open: 1 | -1;
}

function averageInvestment({ lots, disposals }: LotBook, asof: UtcMs): number | null {
  const fractions = [
    ...lots.map(({ acquired, cost }) => ({ acquired, cost, until: asof as number })),
    ...disposals.filter(({ gain }) => gain !== null)
      .map(({ acquired, cost, disposed }) => ({ acquired, cost, until: disposed })),
  ];
  const steps = fractions.flatMap(({ acquired, cost, until }): readonly Step[] => {
    const end = Math.min(until, asof);
    if (acquired === null || cost === null || acquired >= end) return [];
    const amount = Number(cost);
    return [{ at: acquired, cost: amount, open: 1 }, { at: end, cost: -amount, open: -1 }];
  }).sort((a, b) => a.at - b.at);
  let [costTime, time, cost, open, last] = [0, 0, 0, 0, 0];
  for (const step of steps) {
    if (open > 0) {
      costTime += cost * (step.at - last);
      time += step.at - last;
    }
    cost += step.cost;
    open += step.open;
    last = step.at;
  }
  return time > 0 && costTime > 0 ? costTime / time : null;
}
