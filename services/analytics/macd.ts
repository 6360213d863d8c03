import { finiteOrNull, nanIfNull } from "../kernel/numbers.ts";
import {
  checkPeriod,
  type IndicatorDefinition,
  type IndicatorParameters,
  outputFor,
  parsePeriods,
} from "./indicator.ts";

export interface MacdColumns {
  readonly macd: Float64Array;
  readonly signal: Float64Array;
  readonly histogram: Float64Array;
}

type MacdParameters = IndicatorParameters["macd"];

export interface MacdOptions extends Omit<MacdParameters, "seed"> {
  /**
   * `sma` starts each average from its own first mean; `talib` starts the fast one from the mean of
   * the f closes before the slow one starts; `first` starts all from the first value there is.
   */
  readonly seed?: MacdParameters["seed"] | undefined;
  readonly out?: MacdColumns | undefined;
}

/**
 * Moving average convergence divergence, in the unit of `values`: EMA_fast - EMA_slow from index
 * s - 1 on, its EMA as the signal, and their difference. NaN before, and again from a missing
 * value on. The signal starts from the mean of its first g values, with `first` from the first one.
 */
export function macd(
  values: Float64Array,
  { fast, slow, signal, seed = "sma", out }: MacdOptions,
): MacdColumns {
  const columns = {
    macd: outputFor(values, out?.macd),
    signal: outputFor(values, out?.signal),
    histogram: outputFor(values, out?.histogram),
  };
  const state = new MacdState({ fast, slow, signal, seed });
  for (let i = 0; i < values.length; i++) {
    if (state.isSeeded) i = state.run(values, columns, i);
    if (i === values.length) break;
    const point = state.step(values[i] as number);
    columns.macd[i] = point.macd;
    columns.signal[i] = point.signal;
    columns.histogram[i] = point.macd - point.signal;
  }
  return columns;
}

/** An exponential average that starts from the mean of `seedLength` values after `skip` others. */
class Average {
  readonly #skip: number;
  readonly #seedLength: number;
  readonly weight: number;
  #count = 0;
  value = 0;

  constructor({ period, seedLength, skip = 0 }: {
    readonly period: number;
    readonly seedLength: number;
    readonly skip?: number;
  }) {
    this.#skip = skip;
    this.#seedLength = seedLength;
    this.weight = 2 / (period + 1);
  }

  get isSeeded(): boolean {
    return this.#count >= this.#skip + this.#seedLength;
  }

  reset(): void {
    this.#count = 0;
    this.value = 0;
  }

  /** The average with one more value, or NaN until it is seeded. */
  step(value: number): number {
    if (this.isSeeded) {
      this.value = (1 - this.weight) * this.value + this.weight * value;
      return this.value;
    }
    this.#count++;
    if (this.#count > this.#skip) this.value += value;
    if (!this.isSeeded) return NaN;
    this.value /= this.#seedLength;
    return this.value;
  }
}

/** Three averages in progress: of the values fast and slow, and of their difference. */
class MacdState {
  readonly #slowPeriod: number;
  readonly #fast: Average;
  readonly #slow: Average;
  readonly #signal: Average;
  /** Values in a row, counted up to the slow period. */
  #count = 0;

  constructor({ fast, slow, signal, seed }: MacdParameters) {
    for (const [name, period] of Object.entries({ fast, slow, signal })) checkPeriod(period, name);
    if (fast >= slow) {
      throw new RangeError(`Cannot compare EMA ${fast} with EMA ${slow}: expected fast below slow`);
    }
    this.#slowPeriod = slow;
    const seedLength = (period: number) => seed === "first" ? 1 : period;
    const skip = seed === "talib" ? slow - fast : 0;
    this.#fast = new Average({ period: fast, seedLength: seedLength(fast), skip });
    this.#slow = new Average({ period: slow, seedLength: seedLength(slow) });
    this.#signal = new Average({ period: signal, seedLength: seedLength(signal) });
  }

  get isSeeded(): boolean {
    return this.#signal.isSeeded;
  }

  step(value: number): { readonly macd: number; readonly signal: number } {
    if (Number.isNaN(value)) {
      for (const average of [this.#fast, this.#slow, this.#signal]) average.reset();
      this.#count = 0;
      return { macd: NaN, signal: NaN };
    }
    if (this.#count < this.#slowPeriod) this.#count++;
    const difference = this.#fast.step(value) - this.#slow.step(value);
    if (this.#count < this.#slowPeriod) return { macd: NaN, signal: NaN };
    return { macd: difference, signal: this.#signal.step(difference) };
  }

  /** All three lines from index `from` to the next missing value or the end; returns that index. */
  run(values: Float64Array, { macd, signal, histogram }: MacdColumns, from: number): number {
    const [fastWeight, slowWeight, signalWeight] = [
      this.#fast.weight,
      this.#slow.weight,
      this.#signal.weight,
    ];
    const [keepFast, keepSlow, keepSignal] = [1 - fastWeight, 1 - slowWeight, 1 - signalWeight];
    let [fast, slow, smooth] = [this.#fast.value, this.#slow.value, this.#signal.value];
    let i = from;
    for (; i < values.length; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) break;
      fast = keepFast * fast + fastWeight * value;
      slow = keepSlow * slow + slowWeight * value;
      const difference = fast - slow;
      smooth = keepSignal * smooth + signalWeight * difference;
      macd[i] = difference;
      signal[i] = smooth;
      histogram[i] = difference - smooth;
    }
    [this.#fast.value, this.#slow.value, this.#signal.value] = [fast, slow, smooth];
    return i;
  }
}

const SEED_WORDS = {
  sma: "Each average starts from the mean of its first closes.",
  first: "All averages start from the first close.",
  talib: "Both averages start at the slow one's first bar, as in TA-Lib.",
} as const;

export const MACD: IndicatorDefinition<"macd"> = {
  syntax: "macd:FAST-SLOW-SIGNAL[@first|@talib]",
  readsRange: false,
  parse(parameters, seed) {
    const [fast = 0, slow = 0, signal = 0] = parsePeriods(parameters, 3) ?? [];
    if (fast >= slow) return null;
    const name = `macd:${fast}-${slow}-${signal}`;
    if (seed === "") return { kind: "macd", name, fast, slow, signal, seed: "sma" };
    if (seed !== "first" && seed !== "talib") return null;
    return { kind: "macd", name: `${name}@${seed}`, fast, slow, signal, seed };
  },
  warmUp: ({ slow }) => slow - 1,
  // The signal averages averages: together they forget like one over both windows.
  memory: ({ slow, signal }) => 1 - 2 / (slow + signal),
  compute: ({ close }, spec) => ({ ...macd(close, spec) }),
  stream(spec) {
    const state = new MacdState(spec);
    return {
      update({ close }) {
        const { macd, signal } = state.step(nanIfNull(close));
        return {
          macd: finiteOrNull(macd),
          signal: finiteOrNull(signal),
          histogram: finiteOrNull(macd - signal),
        };
      },
    };
  },
  describe: ({ fast, slow, signal, seed }) => ({
    label: `MACD ${fast}, ${slow}, ${signal}`,
    words: "The distance between a fast and a slow average of the closes: above 0 the recent " +
      "prices are higher than the older ones. The signal is its own average, and the histogram " +
      `is the distance to it. ${SEED_WORDS[seed]}`,
    formula: "MACD = EMA(fast) − EMA(slow); signal = EMA(signal) of MACD; " +
      "histogram = MACD − signal",
    parameters: { fast, slow, signal, seed },
  }),
};
