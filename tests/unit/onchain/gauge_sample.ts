import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { GasGauge, GaugeSource, MempoolGauge } from "@/services/onchain/mod.ts";

/** Where samples begin. */
export const GAUGE_START = utcMsOf(Date.UTC(2026, 0, 1));

/** Gas prices at an instant. */
export function sampleGas(asof: UtcMs = GAUGE_START, given: Partial<GasGauge> = {}): GasGauge {
  return { asof, block: 16_134_573, safe: 34, proposed: 35, fast: 36, baseFee: 33.95, ...given };
}

/** What waits at an instant, in two blocks. */
export function sampleMempool(
  asof: UtcMs = GAUGE_START,
  given: Partial<MempoolGauge> = {},
): MempoolGauge {
  return {
    asof,
    size: 3_169,
    vsize: 1_891_542,
    totalFee: 20_317_481,
    fees: { fastest: 12, halfHour: 9, hour: 6, economy: 2, minimum: 1 },
    bands: [
      { from: 8, to: 10, vsize: 1_000_000 },
      { from: 1, to: 2, vsize: 891_542 },
    ],
    projected: [
      { transactions: 863, vsize: 1_000_000, medianFee: 10.8, feeRange: [8, 10.8, 302] },
      { transactions: 2_306, vsize: 891_542, medianFee: 1.2, feeRange: [1, 1.2, 7.9] },
    ],
    ...given,
  };
}

/** A source of gas prices that is told what to answer. */
export class FakeGas implements GaugeSource<"eth_gas"> {
  readonly name = "eth_gas";
  readonly provider = "etherscan";
  problem: Error | null = null;
  reads = 0;
  readonly #now: () => UtcMs;

  constructor(now: () => UtcMs) {
    this.#now = now;
  }

  fetch(): Promise<GasGauge> {
    this.reads++;
    return this.problem
      ? Promise.reject(this.problem)
      : Promise.resolve(sampleGas(this.#now(), { fast: 36 + this.reads }));
  }
}
