/** Decimals of what has other ones than dollars: about as much as a cent is worth, or one yen. */
const DECIMALS: Readonly<Record<string, number>> = { JPY: 0, ETH: 5, BTC: 6 };

/** Decimals of dollars, and of most money. */
export const CENTS = 2;

/** How many decimals an amount in a currency is shown to, by its code. */
export function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? CENTS;
}
