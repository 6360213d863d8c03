import {
  closeStream,
  type IndicatorDefinition,
  type IntoColumn,
  namedByPeriod,
  outputFor,
} from "./indicator.ts";
import { MomentsWindow, rollingMoments } from "./rolling_moments.ts";

export interface StddevOptions extends IntoColumn {
  readonly period: number;
}

/**
 * Rolling population standard deviation, sqrt(sum((x - mean)^2) / n), in the unit of `values`; NaN
 * until the window is whole and wherever it holds a missing value. Over closes it is what the
 * market calls price volatility, in price units.
 */
export function stddev(values: Float64Array, { period, out }: StddevOptions): Float64Array {
  const deviation = outputFor(values, out);
  rollingMoments(values, {
    period,
    into: { mean: new Float64Array(values.length), deviation },
  });
  return deviation;
}

export const STDDEV: IndicatorDefinition<"stddev"> = {
  ...namedByPeriod("stddev"),
  warmUp: ({ period }) => period - 1,
  memory: () => 0,
  compute: ({ close }, { period }) => stddev(close, { period }),
  stream({ period }) {
    const window = new MomentsWindow(period);
    return closeStream((close) => {
      window.step(close);
      return window.deviation;
    });
  },
  describe: ({ period }) => ({
    label: `Standard deviation ${period}`,
    words: `How far the last ${period} closes lie from their average, in the unit of the price.`,
    formula: "σ = √(Σ (close − SMA(n))² / n)",
    parameters: { period },
  }),
};
