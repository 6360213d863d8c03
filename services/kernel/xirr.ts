import { type UtcMs, YEAR_MS } from "./time.ts";

/** Money that changes hands; negative when the investor pays it. */
export interface CashFlow {
  readonly at: UtcMs;
  readonly amount: number;
}

/** The rates that are looked for: -99.999999 % to 1,000,000 % a year. */
const MIN_RATE = -0.99999999;
const MAX_RATE = 10_000;

/** The first step of the search for a sign change, in ln(1 + rate), and how the steps grow. */
const FIRST_STEP = 0.02;
const STEP_GROWTH = 1.3;
const MAX_ITERATIONS = 200;

/**
 * Yearly rate r, as a fraction, at which the flows are worth nothing:
 * sum(amount_i (1 + r)^(-days_i / 365)) = 0. `null` unless money goes both ways at different times,
 * where an amount is NaN, as it is not known, and where no rate from -99.999999 % to 1,000,000 %
 * solves it. Of several solutions the one nearest to 0, in ln(1 + r), is given.
 *
 * Solved for x = ln(1 + r), where each term is an exponential and no power overflows: the sign
 * change nearest to 0 is bracketed, then Newton's steps are taken that stay inside.
 */
export function xirr(flows: readonly CashFlow[]): number | null {
  const moving = flows.filter(({ amount }) => amount !== 0);
  if (moving.some(({ amount }) => Number.isNaN(amount))) return null;
  if (!moving.some(({ amount }) => amount > 0) || !moving.some(({ amount }) => amount < 0)) {
    return null;
  }
  const worth = new PresentWorth(moving);
  if (worth.years === 0) return null;
  const bracket = findBracket(worth);
  return bracket === null ? null : Math.expm1(solve(worth, bracket));
}

interface Bracket {
  readonly from: number;
  readonly to: number;
}

/** What flows are worth at rate e^x - 1, up to a positive factor. */
class PresentWorth {
  readonly years: number;
  readonly #amounts: Float64Array;
  readonly #years: Float64Array;

  constructor(flows: readonly CashFlow[]) {
    const first = flows.reduce((earliest, { at }) => Math.min(earliest, at), Infinity);
    const largest = flows.reduce((size, { amount }) => Math.max(size, Math.abs(amount)), 0);
    // In units of the largest, so that tiny currencies don't discount to nothing.
    this.#amounts = Float64Array.from(flows, ({ amount }) => amount / largest);
    this.#years = Float64Array.from(flows, ({ at }) => (at - first) / YEAR_MS);
    this.years = this.#years.reduce((latest, years) => Math.max(latest, years), 0);
  }

  /** Worth and slope, discounted to the first flow, or to the last where rates are negative. */
  at(x: number): { readonly worth: number; readonly slope: number } {
    let worth = 0;
    let slope = 0;
    for (let i = 0; i < this.#amounts.length; i++) {
      const years = this.#years[i] as number;
      // Exponents of x that never are positive can't overflow.
      const exponent = x < 0 ? this.years - years : -years;
      const term = (this.#amounts[i] as number) * Math.exp(x * exponent);
      worth += term;
      slope += term * exponent;
    }
    return { worth, slope };
  }
}

/** The sign change nearest to rate 0, looked for on both sides in growing steps. */
function findBracket(worth: PresentWorth): Bracket | null {
  const [lowest, highest] = [Math.log1p(MIN_RATE), Math.log1p(MAX_RATE)];
  const atZero = Math.sign(worth.at(0).worth);
  if (atZero === 0) return { from: 0, to: 0 };
  let [above, below, reach] = [0, 0, FIRST_STEP];
  while (above < highest || below > lowest) {
    const [nextAbove, nextBelow] = [Math.min(highest, reach), Math.max(lowest, -reach)];
    // Everything nearer to 0 has the sign of 0 itself.
    if (Math.sign(worth.at(nextAbove).worth) !== atZero) return { from: above, to: nextAbove };
    if (Math.sign(worth.at(nextBelow).worth) !== atZero) return { from: below, to: nextBelow };
    [above, below, reach] = [nextAbove, nextBelow, reach * STEP_GROWTH];
  }
  return null;
}

/** Newton's method from the middle; a step that would leave the bracket halves it instead. */
function solve(worth: PresentWorth, bracket: Bracket): number {
  let { from, to } = bracket;
  const signFrom = Math.sign(worth.at(from).worth);
  let x = (from + to) / 2;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    const { worth: value, slope } = worth.at(x);
    if (value === 0) return x;
    if (Math.sign(value) === signFrom) from = x;
    else to = x;
    const newton = x - value / slope;
    const isInside = newton > Math.min(from, to) && newton < Math.max(from, to);
    const next = isInside ? newton : (from + to) / 2;
    if (next === x || Math.abs(next - x) <= Number.EPSILON * Math.abs(x)) return next;
    x = next;
  }
  return x;
}
