import { finiteOrNull, nanIfNull } from "../kernel/numbers.ts";
import { type IndicatorDefinition, outputFor, parsePeriods } from "./indicator.ts";
import { MomentsWindow, rollingMoments } from "./rolling_moments.ts";

export interface BollingerColumns {
  readonly upper: Float64Array;
  readonly middle: Float64Array;
  readonly lower: Float64Array;
  /** Where the value lies between the bands: 0 at the lower, 1 at the upper. A fraction. */
  readonly percent_b: Float64Array;
  /** (upper - lower) / middle. A fraction. */
  readonly width: Float64Array;
}

export interface BollingerOptions {
  readonly period: number;
  /** Standard deviations between the middle and a band. */
  readonly multiplier: number;
  readonly out?: BollingerColumns | undefined;
}

/** The widest bands on offer, in standard deviations. */
const MAX_MULTIPLIER = 100;

/**
 * Bollinger bands: SMA(n) ± k population standard deviations, in the unit of `values`. NaN until
 * the window is whole and wherever it holds a missing value; `percent_b` also where the bands have
 * no width, and `width` where the middle is 0.
 */
export function bollinger(
  values: Float64Array,
  { period, multiplier, out }: BollingerOptions,
): BollingerColumns {
  checkMultiplier(multiplier);
  const upper = outputFor(values, out?.upper);
  const middle = outputFor(values, out?.middle);
  const lower = outputFor(values, out?.lower);
  const percentB = outputFor(values, out?.percent_b);
  const width = outputFor(values, out?.width);
  const columns = { upper, middle, lower, percent_b: percentB, width };
  rollingMoments(values, { period, into: { mean: middle, deviation: upper } });
  spread(values, multiplier, columns);
  return columns;
}

/** Turns the deviations in `upper` into bands around the middle. */
function spread(values: Float64Array, multiplier: number, columns: BollingerColumns): void {
  const { upper, middle, lower, percent_b: percentB, width } = columns;
  for (let i = 0; i < values.length; i++) {
    const mean = middle[i] as number;
    const reach = multiplier * (upper[i] as number);
    upper[i] = mean + reach;
    lower[i] = mean - reach;
    // Measured from the middle: the lower band is far from 0, and its digits would be lost.
    percentB[i] = reach > 0 ? 0.5 + (values[i] as number - mean) / (2 * reach) : NaN;
    width[i] = mean === 0 ? NaN : 2 * reach / mean;
  }
}

function checkMultiplier(multiplier: number): void {
  if (!(multiplier > 0 && multiplier <= MAX_MULTIPLIER)) {
    throw new RangeError(
      `Cannot use multiplier ${multiplier}: expected above 0 to ${MAX_MULTIPLIER}`,
    );
  }
}

/** Reads `20-2` or `20-2.5`, or `null`. */
function parseBands(text: string): { period: number; multiplier: number } | null {
  const match = /^(\d+)-(\d{1,3}(?:\.\d{1,4})?)$/.exec(text);
  const [period] = parsePeriods(match?.[1] ?? "", 1) ?? [];
  const multiplier = Number(match?.[2]);
  if (period === undefined || !(multiplier > 0 && multiplier <= MAX_MULTIPLIER)) return null;
  return { period, multiplier };
}

export const BOLLINGER: IndicatorDefinition<"bb"> = {
  syntax: "bb:N-K",
  readsRange: false,
  parse(parameters, seed) {
    const bands = seed === "" ? parseBands(parameters) : null;
    if (bands === null) return null;
    return { kind: "bb", name: `bb:${bands.period}-${bands.multiplier}`, ...bands };
  },
  warmUp: ({ period }) => period - 1,
  memory: () => 0,
  compute: ({ close }, { period, multiplier }) => ({ ...bollinger(close, { period, multiplier }) }),
  stream({ period, multiplier }) {
    const window = new MomentsWindow(period);
    return {
      update({ close }) {
        window.step(nanIfNull(close));
        const { mean } = window;
        const reach = multiplier * window.deviation;
        return {
          upper: finiteOrNull(mean + reach),
          middle: finiteOrNull(mean),
          lower: finiteOrNull(mean - reach),
          percent_b: reach > 0 ? finiteOrNull(0.5 + (nanIfNull(close) - mean) / (2 * reach)) : null,
          width: mean === 0 ? null : finiteOrNull(2 * reach / mean),
        };
      },
    };
  },
  describe: ({ period, multiplier }) => ({
    label: `Bollinger ${period}, ${multiplier}`,
    words: `The average of the last ${period} closes and two bands ${multiplier} standard ` +
      "deviations away. Narrow bands mean quiet trading; %B says where the price lies between " +
      "them (0 the lower, 1 the upper), width how far apart they are for the price's level.",
    formula: "middle = SMA(n); upper, lower = middle ± k · σ(n), σ the population deviation; " +
      "%B = (close − lower) / (upper − lower); width = (upper − lower) / middle",
    parameters: { period, multiplier },
  }),
};
