import {
  checkPeriod,
  closeStream,
  type IndicatorDefinition,
  type IntoColumn,
  namedByPeriod,
  outputFor,
} from "./indicator.ts";

export interface RocOptions extends IntoColumn {
  readonly period: number;
}

/**
 * Rate of change over n bars in percent: 100 (x_i / x_{i-n} - 1). NaN until n + 1 values in a row
 * are present, and where the earlier one is 0.
 */
export function roc(values: Float64Array, { period, out }: RocOptions): Float64Array {
  checkPeriod(period);
  const changes = outputFor(values, out);
  let present = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    present = Number.isNaN(value) ? 0 : present + 1;
    changes[i] = present > period ? percentChange(values[i - period] as number, value) : NaN;
  }
  return changes;
}

function percentChange(from: number, to: number): number {
  return from === 0 ? NaN : 100 * ((to - from) / from);
}

/** A ring of the last n values; the next one replaces the one it is compared with. */
class RocWindow {
  readonly #ring: Float64Array;
  #next = 0;
  #present = 0;

  constructor(period: number) {
    checkPeriod(period);
    this.#ring = new Float64Array(period);
  }

  step(value: number): number {
    const earlier = this.#ring[this.#next] as number;
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % this.#ring.length;
    this.#present = Number.isNaN(value) ? 0 : this.#present + 1;
    return this.#present > this.#ring.length ? percentChange(earlier, value) : NaN;
  }
}

export const ROC: IndicatorDefinition<"roc"> = {
  ...namedByPeriod("roc"),
  warmUp: ({ period }) => period,
  memory: () => 0,
  compute: ({ close }, { period }) => roc(close, { period }),
  stream({ period }) {
    const window = new RocWindow(period);
    return closeStream((close) => window.step(close));
  },
  describe: ({ period }) => ({
    label: `ROC ${period}`,
    words: `The change of the close against ${period} bars before, in percent.`,
    formula: "ROC_t = 100 · (close_t / close_{t−n} − 1)",
    parameters: { period },
  }),
};
