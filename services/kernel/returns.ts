import { AppError } from "./errors.ts";
import { finiteOrNull } from "./numbers.ts";
import { formatUtcMs, type UtcMs } from "./time.ts";
import type { CashFlow } from "./xirr.ts";

/** A portfolio's value at an instant, just before any flow at that instant; `null` is missing. */
export interface DatedValue {
  readonly at: UtcMs;
  readonly value: number | null;
}

/** What one unit of money became. */
export interface Growth {
  /** Simple return of each period as a fraction; NaN where it is missing. */
  readonly returns: Float64Array;
  /** Value of the unit at the end of each period; NaN where it is unknown. */
  readonly path: Float64Array;
}

/** Growth from returns: a missing one counts as 0 in compounding, and its period counts. */
export function growthOfReturns(returns: Float64Array): Growth {
  let unit = 1;
  const path = returns.map((change) => Number.isNaN(change) ? unit : (unit *= 1 + change));
  return { returns, path: returns.every(Number.isNaN) ? path.fill(NaN) : path };
}

/**
 * Growth of a unit bought at the first price: a missing price makes the returns on both sides of
 * it missing, while the path goes on at the next one. Start with a known price.
 */
export function growthOfPrices(prices: Float64Array): Growth {
  const [base = NaN] = prices;
  const later = prices.subarray(1);
  return {
    returns: later.map((price, i) => growthRatio(prices[i] ?? NaN, price) - 1),
    path: later.map((price) => growthRatio(base, price)),
  };
}

/**
 * Growth from values, flows taken out: each period returns V_before / V_after_previous - 1, where
 * a flow at an instant changes the value right after it. The first value holds all flows up to it.
 *
 * A missing value makes the returns on both sides of it missing; the path goes on at the next
 * value, as nothing was paid meanwhile. A flow at an instant without a value can't be taken out:
 * the return around it is missing, and the path ends there. Both arguments are in time order.
 */
export function growthOfValues(
  values: readonly DatedValue[],
  flows: readonly CashFlow[],
): Growth {
  const periods = Math.max(0, values.length - 1);
  const returns = new Float64Array(periods).fill(NaN);
  const path = new Float64Array(periods).fill(NaN);
  const valued = values.flatMap(({ at, value }, index) =>
    value === null ? [] : [{ at, value, index }]
  );
  let next = 0;
  const takeWhile = (isWanted: (at: UtcMs) => boolean) => {
    const taken = [];
    for (let flow = flows[next]; flow && isWanted(flow.at); flow = flows[++next]) {
      taken.push(flow.amount);
    }
    return taken;
  };
  let unit = 1;
  valued.forEach((to, i) => {
    const from = valued[i - 1];
    if (from === undefined) {
      takeWhile((at) => at <= to.at);
      return;
    }
    const paid = takeWhile((at) => at === from.at);
    const unvalued = takeWhile((at) => at < to.at);
    const base = paid.reduce((value, amount) => value - amount, from.value);
    const ratio = unvalued.length > 0 ? NaN : growthRatio(base, to.value);
    unit *= ratio;
    path[to.index - 1] = unit;
    if (to.index === from.index + 1) returns[to.index - 1] = ratio - 1;
  });
  return { returns, path };
}

/** An empty portfolio earns nothing; out of nothing or of debt no ratio grows. */
function growthRatio(base: number, value: number): number {
  if (base === 0 && value === 0) return 1;
  return base > 0 && value >= 0 ? value / base : NaN;
}

/** Chain-linked return as a fraction, unaffected by the size of flows; `null` where unknown. */
export function timeWeightedReturn({ path }: Growth): number | null {
  const end = path.findLast((unit) => !Number.isNaN(unit));
  const isBroken = path.length > 0 && Number.isNaN(path[path.length - 1]);
  return end === undefined || isBroken ? null : finiteOrNull(end - 1);
}

/**
 * What the investor of a valued portfolio paid and could take: the first value as paid, the flows
 * after it, and the last value. In time order; none without two values at different times.
 */
export function flowsOfValues(
  values: readonly DatedValue[],
  flows: readonly CashFlow[],
): readonly CashFlow[] {
  const known = values.flatMap(({ at, value }) => value === null ? [] : [{ at, value }]);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || first.at === last.at) return [];
  const late = flows.find(({ at }) => at > last.at);
  if (late) {
    throw new AppError(
      "VALIDATION_FAILED",
      `Cannot measure a flow at ${formatUtcMs(late.at)}: expected a value at or after it`,
      { details: { field: "flows" } },
    );
  }
  return [
    { at: first.at, amount: -first.value },
    ...flows.filter(({ at }) => at > first.at && at < last.at),
    { at: last.at, amount: last.value },
  ];
}

/**
 * Modified Dietz return over the whole time of the flows, as a fraction: gain / sum of what was
 * paid in, each weighted by the part of the time that it was invested. `null` where nothing was
 * invested on average, or no time passed. Flows in time order, the final value among them.
 */
export function modifiedDietz(flows: readonly CashFlow[]): number | null {
  const [first, last] = [flows[0], flows.at(-1)];
  if (!first || !last || first.at === last.at) return null;
  let gain = 0;
  let invested = 0;
  for (const { at, amount } of flows) {
    gain += amount;
    invested -= amount * (last.at - at) / (last.at - first.at);
  }
  return invested > 0 ? finiteOrNull(gain / invested) : null;
}
