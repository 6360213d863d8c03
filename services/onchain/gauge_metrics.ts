import type { UtcMs } from "../kernel/time.ts";
import type { GasGauge, GaugeName, Gauges, MempoolGauge } from "./gauges.ts";

/** The figures of each gauge that are charted and summed up, as data routes name them. */
export const GAUGE_METRICS = {
  eth_gas: ["safe", "proposed", "fast", "base_fee"],
  btc_mempool: [
    "size",
    "vsize",
    "total_fee",
    "fastest",
    "half_hour",
    "hour",
    "economy",
    "minimum",
  ],
} as const satisfies Readonly<Record<GaugeName, readonly string[]>>;

export type GaugeMetric<Name extends GaugeName> = typeof GAUGE_METRICS[Name][number];

/** A gauge's figures at one time; `null` is not given by the source. */
export interface GaugePoint<Name extends GaugeName> {
  /** When it was read, or the start of the hour that it stands for. */
  readonly t: UtcMs;
  readonly values: Readonly<Record<GaugeMetric<Name>, number | null>>;
}

/** The figures of a reading. */
export function gaugePoint<Name extends GaugeName>(
  name: Name,
  reading: Gauges[Name],
): GaugePoint<Name> {
  const values = READERS[name](reading);
  return { t: reading.asof, values };
}

type Reader<Name extends GaugeName> = (
  reading: Gauges[Name],
) => Readonly<Record<GaugeMetric<Name>, number | null>>;

const READERS: { readonly [Name in GaugeName]: Reader<Name> } = {
  eth_gas: ({ safe, proposed, fast, baseFee }: GasGauge) => ({
    ...{ safe, proposed, fast, base_fee: baseFee },
  }),
  btc_mempool: ({ size, vsize, totalFee, fees }: MempoolGauge) => ({
    ...{ size, vsize, total_fee: totalFee },
    fastest: fees.fastest,
    half_hour: fees.halfHour,
    hour: fees.hour,
    economy: fees.economy,
    minimum: fees.minimum,
  }),
};
