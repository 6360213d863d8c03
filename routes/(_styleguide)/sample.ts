import type { ExplainedFigure } from "../../components/explain/Explanation.tsx";
import type { AssetRow } from "../../components/table/asset_row.ts";
import { DAY_MS } from "../../services/kernel/time.ts";

/** The instant that the samples stand at; a style guide looks the same on every day. */
export const SAMPLE_AT = Date.UTC(2021, 6, 6, 23, 59);

type Sketch = readonly [
  assetId: string,
  symbol: string,
  name: string,
  price: number,
  day: number,
  week: number,
  volume: number,
  marketCap: number,
];

const SKETCHES: readonly Sketch[] = [
  ["bitcoin", "BTC", "Bitcoin", 34235.19, 0.0145, -0.0455, 26.5e9, 642e9],
  ["ethereum", "ETH", "Ethereum", 2324.68, 0.0574, 0.0759, 20.9e9, 271e9],
  ["ripple", "XRP", "XRP", 0.6654, 0.017, -0.0518, 1.94e9, 30.7e9],
  ["dogecoin", "DOGE", "Dogecoin", 0.2344, -0.0121, -0.1079, 1.27e9, 30.6e9],
];

function known(value: number) {
  return { value, reason: null };
}

/** A wave around a price: a line that is plainly made up. */
function wave(price: number, phase: number): readonly number[] {
  return Array.from(
    { length: 90 },
    (_, day) => price * (1 + 0.2 * Math.sin(phase + day / 9) + 0.05 * Math.cos(day / 2)),
  );
}

/** Assets with every figure known but one, so that a dash is among them. */
export const SAMPLE_ROWS: readonly AssetRow[] = SKETCHES.map(
  ([assetId, symbol, name, price, day, week, volume, marketCap], at) => ({
    assetId,
    symbol,
    name,
    price: known(price),
    change24h: known(day),
    change7d: known(week),
    change30d: known(week * 2),
    change1y: at === 3 ? { value: null, reason: "listed less than a year" } : known(day * 40),
    volume24hUsd: known(volume),
    isVolumeEstimated: at === 2,
    marketCapUsd: known(marketCap),
    sparkline: wave(price, at),
    freshness: "live",
    provenance: { asof: SAMPLE_AT },
  }),
);

/** A figure taken apart, with two inputs and three raw rows. */
export const SAMPLE_EXPLANATION: ExplainedFigure = {
  figure: "change_24h",
  asset: { assetId: "bitcoin", name: "Bitcoin", symbol: "BTC" },
  label: "Change over 24 hours",
  value: 0.0145,
  unit: "fraction",
  reason: null,
  words: "How far the newest close stands from the close 24 hours before it.",
  formula: "close(now) / close(24 hours before) − 1",
  inputs: [
    {
      name: "Newest close",
      value: 34235.19,
      unit: "usd",
      asof: SAMPLE_AT,
      source: "sample",
      resolution: "1d",
    },
    {
      name: "Close 24 hours before",
      value: 33745.87,
      unit: "usd",
      asof: SAMPLE_AT - DAY_MS,
      source: "sample",
      resolution: "1d",
    },
  ],
  rounding: "None: a 64-bit float as computed. Pages round what they show, copies do not.",
  provenance: {
    source: "sample",
    resolution: "1d",
    asof: SAMPLE_AT,
    derivedFrom: null,
    isDemo: true,
  },
  rows: [35287.78, 33745.87, 34235.19].map((close, at) => ({
    openTime: SAMPLE_AT - (3 - at) * DAY_MS + 60_000,
    open: close * 0.99,
    high: close * 1.02,
    low: close * 0.97,
    close,
    volume: null,
    volumeUsd: 26.5e9,
    marketCapUsd: 642e9,
    state: "final",
  })),
};
