/**
 * Log returns ln(p_t / p_{t-1}) of prices, one fewer than there are prices; NaN where either price
 * is missing or not positive, so that a missing bar makes both neighbours' returns missing.
 */
export function logReturns(prices: Float64Array): Float64Array {
  const returns = new Float64Array(Math.max(0, prices.length - 1));
  let from = prices[0] ?? NaN;
  for (let i = 0; i < returns.length; i++) {
    const to = prices[i + 1] as number;
    returns[i] = from > 0 && to > 0 ? Math.log(to / from) : NaN;
    from = to;
  }
  return returns;
}
