import {
  checkPeriod,
  closeStream,
  type IndicatorDefinition,
  type IntoColumn,
  outputFor,
  parsePeriods,
} from "./indicator.ts";

export interface EmaOptions extends IntoColumn {
  readonly period: number;
  /** `sma` starts from the mean of the first n values, `first` from the first value. */
  readonly seed?: "sma" | "first" | undefined;
}

/**
 * Exponential moving average: EMA_i = k x_i + (1 - k) EMA_{i-1}, k = 2 / (n + 1), in the unit of
 * `values`; NaN until n values in a row are present, and again from a missing value on.
 */
export function ema(
  values: Float64Array,
  { period, seed = "sma", out }: EmaOptions,
): Float64Array {
  const averages = outputFor(values, out);
  const state = new EmaState(period, seed);
  for (let i = 0; i < values.length; i++) {
    if (state.isAtBase) i = state.run(values, averages, i);
    if (i < values.length) averages[i] = state.step(values[i] as number);
  }
  return averages;
}

/** Steps that are taken from one base. */
const STRIDE = 4;

/**
 * An average in progress. Four steps are taken from one `base`:
 * EMA_{b+s} = (1 - k)^s EMA_b + tail_s, where tail_s is the part that the s newest values weigh in.
 * The tails don't wait for the base, so the processor works on the next four steps meanwhile; the
 * textbook recursion would make it wait twice a point.
 */
class EmaState {
  readonly #period: number;
  readonly #isSeededByMean: boolean;
  /** Weight of a new value. */
  readonly #weight: number;
  /** (1 - k) to the powers 0 to `STRIDE`. */
  readonly #keep: Float64Array;
  /** Present values in a row, counted up to n. */
  #count = 0;
  #base = 0;
  #tail = 0;
  #stepsFromBase = 0;

  constructor(period: number, seed: "sma" | "first") {
    checkPeriod(period);
    this.#period = period;
    this.#isSeededByMean = seed === "sma";
    this.#weight = 2 / (period + 1);
    this.#keep = Float64Array.from({ length: STRIDE + 1 }, (_, s) => (1 - this.#weight) ** s);
  }

  get isAtBase(): boolean {
    return this.#count === this.#period && this.#stepsFromBase === 0;
  }

  step(value: number): number {
    if (Number.isNaN(value)) {
      this.#count = 0;
      return NaN;
    }
    if (this.#count < this.#period) return this.#seed(value);
    if (this.#stepsFromBase === 0) this.#tail = 0;
    this.#stepsFromBase++;
    this.#tail = this.#power(1) * this.#tail + this.#weight * value;
    const average = this.#power(this.#stepsFromBase) * this.#base + this.#tail;
    if (this.#stepsFromBase === STRIDE) this.#restart(average);
    return average;
  }

  /** Takes whole strides from index `from` on; returns the index behind them. */
  run(values: Float64Array, averages: Float64Array, from: number): number {
    const k = this.#weight;
    const q = this.#power(1);
    const q2 = this.#power(2);
    const q3 = this.#power(3);
    const q4 = this.#power(4);
    let base = this.#base;
    let i = from;
    for (; i + STRIDE <= values.length; i += STRIDE) {
      const tail1 = k * (values[i] as number);
      const tail2 = q * tail1 + k * (values[i + 1] as number);
      const tail3 = q * tail2 + k * (values[i + 2] as number);
      const tail4 = q * tail3 + k * (values[i + 3] as number);
      if (Number.isNaN(tail4)) break;
      averages[i] = q * base + tail1;
      averages[i + 1] = q2 * base + tail2;
      averages[i + 2] = q3 * base + tail3;
      base = q4 * base + tail4;
      averages[i + 3] = base;
    }
    this.#base = base;
    return i;
  }

  #seed(value: number): number {
    if (this.#count === 0) this.#restart(this.#isSeededByMean ? 0 : value);
    this.#count++;
    if (this.#isSeededByMean) this.#base += value;
    else if (this.#count > 1) this.#base = this.#power(1) * this.#base + this.#weight * value;
    if (this.#count < this.#period) return NaN;
    if (this.#isSeededByMean) this.#base /= this.#period;
    return this.#base;
  }

  #restart(base: number): void {
    this.#base = base;
    this.#stepsFromBase = 0;
  }

  #power(exponent: number): number {
    return this.#keep[exponent] as number;
  }
}

export const EMA: IndicatorDefinition<"ema"> = {
  syntax: "ema:N[@first]",
  readsRange: false,
  parse(parameters, seed) {
    const [period] = parsePeriods(parameters, 1) ?? [];
    if (period === undefined) return null;
    if (seed === "") return { kind: "ema", name: `ema:${period}`, period, seed: "sma" };
    if (seed !== "first") return null;
    return { kind: "ema", name: `ema:${period}@first`, period, seed };
  },
  warmUp: ({ period }) => period - 1,
  memory: ({ period }) => 1 - 2 / (period + 1),
  compute: ({ close }, { period, seed }) => ema(close, { period, seed }),
  stream({ period, seed }) {
    const state = new EmaState(period, seed);
    return closeStream((close) => state.step(close));
  },
  describe: ({ period, seed }) => ({
    label: `EMA ${period}`,
    words: "An average of the closes in which each bar counts a little less than the one after " +
      "it, so that it turns sooner than the plain average. It starts from " +
      (seed === "sma" ? `the mean of the first ${period} closes.` : "the first close."),
    formula: "EMA_t = k · close_t + (1 − k) · EMA_{t−1}, k = 2 / (n + 1)",
    parameters: { period, seed },
  }),
};
