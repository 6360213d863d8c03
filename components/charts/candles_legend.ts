import {
  formatChange,
  formatCompact,
  formatDecimal,
  formatPrice,
  UNKNOWN,
} from "../format/number.ts";
import { barTime, type CandleSeries } from "./candles_data.ts";
import { type IndicatorStyle, styleIndicators } from "./candles_indicators.ts";
import type { MergedCandles } from "./candles_merge.ts";
import { formatBarTime } from "./candles_summary.ts";

/** A name and a value of the legend; `series` is the number of the line's colour. */
export interface LegendItem {
  readonly label: string;
  readonly value: string;
  readonly series: number | null;
}

/** What the legend says about one candle. */
export interface Legend {
  readonly time: string;
  readonly bar: readonly LegendItem[];
  readonly indicators: readonly LegendItem[];
  readonly isProvisional: boolean;
}

function price(value: number | undefined): string {
  return formatPrice(value ?? NaN).text;
}

function change(candles: MergedCandles, at: number): string {
  const before = candles.close[at - 1] ?? NaN;
  return before > 0 ? formatChange((candles.close[at] ?? NaN) / before - 1) : UNKNOWN;
}

function dollars(value: number): string {
  const { text, unit } = formatCompact(value);
  return text + unit;
}

const LINE_NAMES: Readonly<Record<string, string>> = {
  upper: "upper",
  lower: "lower",
  signal: "signal",
  histogram: "histogram",
};

function indicatorItems(
  candles: MergedCandles,
  { key, kind, label, series }: IndicatorStyle,
  at: number,
): LegendItem[] {
  const lines = candles.indicators.find((indicator) => indicator.key === key)?.lines ?? {};
  const format = kind === "rsi" ? (value: number) => formatDecimal(value, 1) : price;
  return Object.entries(lines).filter(([name]) => name !== "middle").map(
    ([name, values], order) => {
      const value = values[at] ?? NaN;
      return {
        label: order === 0
          ? [label, LINE_NAMES[name]].filter(Boolean).join(" ")
          : LINE_NAMES[name] ?? name,
        value: Number.isNaN(value) ? UNKNOWN : format(value),
        // An RSI has a pane to itself, where its name stands.
        series: kind === "rsi" ? null : order === 0 ? series : name === "signal" ? 2 : null,
      };
    },
  );
}

/** The legend of the candle `at`. */
export function legendOf(
  series: CandleSeries,
  { candles, at }: { candles: MergedCandles; at: number },
): Legend {
  const from = barTime(series, candles.first[at] ?? 0);
  const last = barTime(series, candles.last[at] ?? 0);
  const time = formatBarTime(from, series.intervalMs);
  return {
    time: last > from ? `${time} – ${formatBarTime(last, series.intervalMs)}` : time,
    bar: [
      { label: "O", value: price(candles.open[at]), series: null },
      { label: "H", value: price(candles.high[at]), series: null },
      { label: "L", value: price(candles.low[at]), series: null },
      { label: "C", value: price(candles.close[at]), series: null },
      { label: "", value: change(candles, at), series: null },
      { label: "Vol", value: dollars(candles.volume[at] ?? NaN), series: null },
    ],
    indicators: styleIndicators(series.indicators)
      .flatMap((style) => indicatorItems(candles, style, at)),
    isProvisional: series.isProvisional && at === candles.length - 1,
  };
}

const SPOKEN: Readonly<Record<string, string>> = {
  O: "open",
  H: "high",
  L: "low",
  C: "close",
  "": "change",
  Vol: "volume",
};

/** The legend as a sentence, for assistive technology. */
export function spokenLegend({ time, bar, indicators, isProvisional }: Legend): string {
  const words = [
    ...bar.map(({ label, value }) => `${SPOKEN[label] ?? label} ${value}`),
    ...indicators.map(({ label, value }) => `${label} ${value === UNKNOWN ? "unknown" : value}`),
  ];
  return `${time}${isProvisional ? ", provisional" : ""}: ${words.join(", ")}`;
}
