/** What a token that holds the value of a currency bears in its symbol. */
const CURRENCY = /usd|eur(?!o?x)|gbp|chf|^x?dai$|^[sw]x?dai$|^frax|^gho$|^mai$|^mimatic$|^dola$/i;
/** Parts of a yield that was split, which are worth what they are paid. */
const SPLIT = /^(?:pt|yt|sy|lp)$/i;

/**
 * Whether every token of a pool holds the value of a currency, as far as their symbols tell: they
 * name the currency, or are one of a few that are known for it. `USDC-WETH` holds none.
 */
export function isStableSymbol(symbol: string): boolean {
  const tokens = symbol.split(/[-/+]/).map((token) => token.trim()).filter((token) => token !== "");
  return tokens.length > 0 &&
    tokens.every((token) =>
      !SPLIT.test(token) && token.split(/[^A-Za-z0-9]+/).some((word) => CURRENCY.test(word))
    );
}
