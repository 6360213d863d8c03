import type { CandleSeries } from "./candles_data.ts";

export type IndicatorKind = "sma" | "ema" | "bb" | "rsi" | "macd";

/** How an indicator is drawn: where, under which name, with which line in which style. */
export interface IndicatorStyle {
  readonly key: string;
  readonly kind: IndicatorKind;
  /** `SMA 20`, `Bollinger 20, 2`, `MACD 12 26 9`. */
  readonly label: string;
  /** Over the candles, or in a pane of its own. */
  readonly isOverlay: boolean;
  /** Number of the colour and dash, 1 to 6; bands are all drawn in the sixth. */
  readonly series: number;
}

const NAMES: Readonly<Record<IndicatorKind, string>> = {
  sma: "SMA",
  ema: "EMA",
  bb: "Bollinger",
  rsi: "RSI",
  macd: "MACD",
};

/** The kind of an indicator that charts can draw, by its key (`sma:20`), or `null`. */
export function indicatorKind(key: string): IndicatorKind | null {
  const name = key.split(":")[0] ?? "";
  return name in NAMES ? name as IndicatorKind : null;
}

/** `SMA 20` for `sma:20`, `Bollinger 20, 2` for `bb:20-2`; the key itself if it is unknown. */
export function indicatorLabel(key: string): string {
  const kind = indicatorKind(key);
  if (kind === null) return key;
  const parameters = key.slice(kind.length + 1).split("@")[0] ?? "";
  return `${NAMES[kind]} ${parameters.replaceAll("-", kind === "bb" ? ", " : " ")}`;
}

/** The style of every indicator of a chart; overlays take the series colours in their order. */
export function styleIndicators(indicators: CandleSeries["indicators"]): IndicatorStyle[] {
  let overlays = 0;
  return indicators.flatMap(({ key }) => {
    const kind = indicatorKind(key);
    if (kind === null) return [];
    const isOverlay = kind === "sma" || kind === "ema" || kind === "bb";
    const series = kind === "sma" || kind === "ema" ? (overlays++ % 5) + 1 : kind === "bb" ? 6 : 1;
    return [{ key, kind, label: indicatorLabel(key), isOverlay, series }];
  });
}
