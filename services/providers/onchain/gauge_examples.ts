import { DAY_MS, MINUTE_MS, type UtcMs } from "../../kernel/time.ts";
import { feeBands } from "../../onchain/fee_bands.ts";
import type { GaugeExamples } from "../../onchain/gauge_service.ts";
import type { GasGauge, MempoolGauge, ProjectedBlock } from "../../onchain/gauges.ts";
import { hashOf, normalOf, seedOf } from "../demo/noise.ts";

const SEED = 20_260_101;
const BLOCK_VSIZE = 1_000_000;
const BLOCKS = 6;
/** Of Ethereum, 12 s each; any would do. */
const FIRST_BLOCK = 25_000_000;
const BLOCKS_A_MINUTE = 5;

/** Made-up gauges: days and hours of business, and some noise, all of them made of the time. */
export const GAUGE_EXAMPLES: GaugeExamples = { eth_gas: gasAt, btc_mempool: mempoolAt };

function gasAt(at: UtcMs): GasGauge {
  const baseFee = rounded(1.4 * Math.exp(0.5 * bustle(at, "gas") + 0.12 * noise(at, "gas")), 3);
  return {
    asof: at,
    block: FIRST_BLOCK + Math.floor((at - Date.UTC(2026, 0, 1)) / MINUTE_MS) * BLOCKS_A_MINUTE,
    safe: rounded(baseFee * 1.02, 3),
    proposed: rounded(baseFee * 1.08 + 0.02, 3),
    fast: rounded(baseFee * 1.25 + 0.1, 3),
    baseFee,
  };
}

function mempoolAt(at: UtcMs): MempoolGauge {
  const pressure = Math.exp(0.6 * bustle(at, "mempool") + 0.08 * noise(at, "mempool"));
  const fastest = rounded(6 * pressure, 1);
  // Of the dearest block down to the cheapest, each about a third less.
  const medians = Array.from({ length: BLOCKS }, (_, index) => fastest * 0.68 ** index);
  const projected = medians.map((medianFee, index): ProjectedBlock => ({
    transactions: Math.round(2_900 + 200 * noise(at, `block ${index}`)),
    vsize: index === BLOCKS - 1 ? Math.round(BLOCK_VSIZE * (3 + 4 * pressure)) : BLOCK_VSIZE,
    medianFee: rounded(medianFee, 2),
    feeRange: [0.75, 0.85, 1, 1.3, 2.2].map((factor) => rounded(medianFee * factor, 2)),
  }));
  const vsize = projected.reduce((sum, block) => sum + block.vsize, 0);
  const [, , third = 0, , , sixth = 0] = medians;
  return {
    asof: at,
    size: projected.reduce((sum, block) => sum + block.transactions, 0) +
      Math.round((vsize - BLOCKS * BLOCK_VSIZE) / 360),
    vsize,
    totalFee: Math.round(
      projected.reduce((sum, block) => sum + block.vsize * block.medianFee, 0),
    ),
    fees: {
      fastest,
      halfHour: rounded(third, 1),
      hour: rounded(sixth, 1),
      economy: rounded(Math.min(1.2, sixth), 1),
      minimum: 0.1,
    },
    bands: feeBands(
      projected.flatMap(({ vsize, feeRange }) =>
        feeRange.map((fee) => [fee, vsize / feeRange.length] as const)
      ),
    ),
    projected,
  };
}

/** From about -1.5 to 1.5: a day and a week of business, and a slower swell. */
function bustle(at: UtcMs, name: string): number {
  const phase = seedOf(SEED, name) / 2 ** 32 * 2 * Math.PI;
  const days = at / DAY_MS * 2 * Math.PI;
  return 0.7 * Math.sin(days - 2) + 0.3 * Math.sin(days / 7 + phase) +
    0.5 * Math.sin(days / 23 + phase);
}

function noise(at: UtcMs, name: string): number {
  return normalOf(hashOf(seedOf(SEED, name), Math.floor(at / MINUTE_MS) >>> 0));
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
