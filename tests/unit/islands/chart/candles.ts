import { type CandleSeries, readSeries } from "@/components/charts/candles_data.ts";
import { packChart } from "@/components/charts/candles_view.ts";

export const DAY = 86_400_000;
/** 2021-01-01, day 18,628 since the epoch: a multiple of 2 and not of 5. */
export const START = 1_609_459_200_000;

export interface Bar {
  readonly day: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volumeUsd?: number;
}

/** A flat bar at a price. */
export function flat(day: number, price: number): Bar {
  return { day, open: price, high: price, low: price, close: price, volumeUsd: 1 };
}

/** Daily bars, counted from `START`, as a chart series. */
export function seriesOf(
  bars: readonly Bar[],
  lines: Readonly<Record<string, readonly (number | null)[]>> = {},
  { endDay = null }: { readonly endDay?: number | null } = {},
): CandleSeries {
  return readSeries(packChart({
    interval: "1d",
    openTime: bars.map(({ day }) => START + day * DAY),
    open: bars.map(({ open }) => open),
    high: bars.map(({ high }) => high),
    low: bars.map(({ low }) => low),
    close: bars.map(({ close }) => close),
    volume: bars.map(() => null),
    volumeUsd: bars.map(({ volumeUsd }) => volumeUsd ?? null),
    lines,
    isProvisional: false,
    rangeEnd: endDay === null ? null : START + endDay * DAY,
  }));
}
