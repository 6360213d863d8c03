import { formatChange, formatCount, formatPrice } from "../format/number.ts";
import { formatDay, formatUtc } from "../format/time.ts";
import { DAY_MS } from "../../services/kernel/time.ts";
import { barTime, type CandleSeries } from "./candles_data.ts";

/** `6 Jul 2021` for bars of a day and longer, `6 Jul 2021 14:00 UTC` for shorter ones. */
export function formatBarTime(at: number, intervalMs: number): string {
  return intervalMs >= DAY_MS ? formatDay(at) : formatUtc(at);
}

function extremeAt(values: Float64Array, isBeyond: (a: number, b: number) => boolean): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) {
    if (isBeyond(values[at] ?? NaN, values[best] ?? NaN)) best = at;
  }
  return best;
}

/**
 * The chart in a sentence: who, from when to when, where it began and ended, the highest and the
 * lowest, and how many bars are missing. It is the text alternative of every drawing.
 */
export function summarizeCandles(name: string, series: CandleSeries): string {
  const first = series.close[0];
  const last = series.close[series.length - 1];
  if (first === undefined || last === undefined) return `${name}: no candles in this range.`;
  const time = (at: number) => formatBarTime(barTime(series, at), series.intervalMs);
  const price = (value: number | undefined) => formatPrice(value ?? NaN).text;
  const high = extremeAt(series.high, (a, b) => a > b);
  const low = extremeAt(series.low, (a, b) => a < b);
  const range = series.length === 1
    ? `1 bar of ${series.interval} on ${time(0)}: close ${price(last)} USD`
    : `${formatCount(series.length)} bars of ${series.interval} from ${time(0)} to ` +
      `${time(series.length - 1)}: ${formatChange(last / first - 1)}, ` +
      `from a close of ${price(first)} to ${price(last)} USD`;
  const missing = (series.slot[series.length - 1] ?? 0) + 1 - series.length;
  return [
    `${name}, ${range}`,
    `highest ${price(series.high[high])} on ${time(high)}`,
    `lowest ${price(series.low[low])} on ${time(low)}`,
    missing === 0
      ? "no bar missing."
      : `${formatCount(missing)} ${missing === 1 ? "bar" : "bars"} missing.`,
  ].join("; ");
}
