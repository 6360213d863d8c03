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

/** Why sums are not known, of those that are not. */
export function whyUnknown<Name extends string>(
  sums: Readonly<Record<Name, DecimalText | null>>,
  reasons: Readonly<Record<Name, string>>,
): Readonly<Partial<Record<Name, string>>> {
  const unknown: Partial<Record<Name, string>> = {};
  for (const name of Object.keys(reasons) as Name[]) {
    if (sums[name] === null) unknown[name] = reasons[name];
  }
  return unknown;
}
