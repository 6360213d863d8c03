import { add, formatExact, parseExact, ZERO } from "./lots/exact.ts";
import type { DecimalText } from "./transaction.ts";

/** The exact sum of amounts, of which some may not be known. */
export interface KnownSum {
  /** Of those that are known; `null` where there are amounts and none of them is known. */
  readonly sum: DecimalText | null;
  /** How many are not known, which are in no sum. */
  readonly unknown: number;
}

/** Adds up what is known. Of no amounts at all the sum is 0. */
export function knownSum(amounts: Iterable<DecimalText | null>): KnownSum {
  let [exact, known, unknown] = [ZERO, 0, 0];
  for (const amount of amounts) {
    if (amount === null) {
      unknown++;
    } else {
      exact = add(exact, parseExact(amount));
      known++;
    }
  }
  return { sum: known === 0 && unknown > 0 ? null : formatExact(exact), unknown };
}
