import type { UtcMs } from "../../kernel/time.ts";
import type { KnownSum } from "../known_sum.ts";
import { type Exact, formatExact, parseExact, unitsAt } from "../lots/exact.ts";
import type { DecimalText } from "../transaction.ts";

/** An amount of an instant; `null` where it is not known. */
export interface DatedAmount {
  readonly at: UtcMs;
  readonly amount: DecimalText | null;
}

/** Exact sums up to each of some amounts, so that the sum over any range takes two look-ups. */
export class RunningSums {
  readonly #times: Float64Array;
  /** Before each amount, and after the last, in units of 10^-`decimals`. */
  readonly #sums: readonly bigint[];
  readonly #unknown: Int32Array;
  readonly #decimals: number;

  constructor(amounts: readonly DatedAmount[]) {
    const ordered = isAscending(amounts) ? amounts : amounts.toSorted((a, b) => a.at - b.at);
    const exact = ordered.map(({ amount }) => amount === null ? null : parseExact(amount));
    const decimals = exact.reduce((most, one) => Math.max(most, one?.decimals ?? 0), 0);
    this.#times = Float64Array.from(ordered, ({ at }) => at);
    this.#decimals = decimals;
    this.#sums = runningSums(exact, decimals);
    this.#unknown = new Int32Array(exact.length + 1);
    for (const [index, one] of exact.entries()) {
      this.#unknown[index + 1] = (this.#unknown[index] as number) + Number(one === null);
    }
  }

  /** How many amounts there are. */
  get size(): number {
    return this.#times.length;
  }

  /** The sum of what happened after `from` and up to `to`. */
  between(from: number, to: number): KnownSum {
    const first = this.#firstAfter(from);
    const end = Math.max(first, this.#firstAfter(to));
    const unknown = (this.#unknown[end] as number) - (this.#unknown[first] as number);
    const units = (this.#sums[end] ?? 0n) - (this.#sums[first] ?? 0n);
    const isBlind = unknown > 0 && unknown === end - first;
    return { sum: isBlind ? null : formatExact({ units, decimals: this.#decimals }), unknown };
  }

  #firstAfter(at: number): number {
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function runningSums(amounts: readonly (Exact | null)[], decimals: number): readonly bigint[] {
  const sums = [0n];
  let sum = 0n;
  for (const amount of amounts) {
    if (amount !== null) sum += unitsAt(amount, decimals);
    sums.push(sum);
  }
  return sums;
}

function isAscending(amounts: readonly DatedAmount[]): boolean {
  return amounts.every(({ at }, index) => at >= (amounts[index - 1]?.at ?? -Infinity));
}
