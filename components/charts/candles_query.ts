import { DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS } from "../../services/kernel/time.ts";
import { indicatorKind } from "./candles_indicators.ts";
import { SCALE_MODES, type ScaleMode } from "./candles_panes.ts";

/** Ranges of a chart, shortest first, with the words of their buttons. */
export const RANGES = [
  { range: "1h", label: "1H", title: "1 hour" },
  { range: "24h", label: "24H", title: "24 hours" },
  { range: "7d", label: "7D", title: "7 days" },
  { range: "1m", label: "1M", title: "30 days" },
  { range: "1y", label: "1Y", title: "1 year" },
  { range: "all", label: "ALL", title: "Everything stored" },
] as const;
export type RangeName = typeof RANGES[number]["range"];

/** Intervals that can be asked for. */
export const BAR_INTERVALS = ["1m", "5m", "15m", "1h", "4h", "1d", "1w"] as const;
export type BarInterval = typeof BAR_INTERVALS[number];

/** Length of a bar in milliseconds. */
export const INTERVAL_MS: Readonly<Record<BarInterval, number>> = {
  "1m": MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "1h": HOUR_MS,
  "4h": 4 * HOUR_MS,
  "1d": DAY_MS,
  "1w": WEEK_MS,
};

/** Indicators that the menu offers; an address may name others of the same kinds. */
export const OFFERED_INDICATORS = [
  "sma:20",
  "sma:50",
  "sma:200",
  "ema:20",
  "ema:50",
  "bb:20-2",
  "rsi:14",
  "macd:12-26-9",
] as const;

const DEFAULT_RANGE: RangeName = "1y";
export const DEFAULT_INDICATORS: readonly string[] = [
  "sma:20",
  "ema:50",
  "bb:20-2",
  "rsi:14",
  "macd:12-26-9",
];

/** Lines and panes beyond this would leave no room to read any of them. */
const MAX_INDICATORS = 10;
const INDICATOR = /^[a-z]+:\d{1,4}(?:-\d{1,4}(?:\.\d{1,2})?)*$/;

/** What a chart shows, as it stands in the address of the page. */
export interface ChartQuery {
  readonly range: RangeName;
  /** `null`: the interval that fits the range. */
  readonly interval: BarInterval | null;
  readonly scale: ScaleMode;
  readonly indicators: readonly string[];
  readonly view: "chart" | "table";
}

/** What a chart shows where its address says nothing. */
export const DEFAULT_QUERY: ChartQuery = {
  range: DEFAULT_RANGE,
  interval: null,
  scale: "linear",
  indicators: DEFAULT_INDICATORS,
  view: "chart",
};

function readIndicators(text: string | null): readonly string[] {
  if (text === null) return DEFAULT_INDICATORS;
  const names = text.split(",").filter((name) =>
    INDICATOR.test(name) && indicatorKind(name) !== null
  );
  return [...new Set(names)].slice(0, MAX_INDICATORS);
}

/** Reads the address of a page. What can't be read counts as not said: an old link still shows. */
export function readChartQuery(params: URLSearchParams): ChartQuery {
  return {
    range: RANGES.find(({ range }) => range === params.get("range"))?.range ?? DEFAULT_RANGE,
    interval: BAR_INTERVALS.find((interval) => interval === params.get("interval")) ?? null,
    scale: SCALE_MODES.find((mode) => mode === params.get("scale")) ?? "linear",
    indicators: readIndicators(params.get("ind")),
    view: params.get("view") === "table" ? "table" : "chart",
  };
}

/** The query of an address; what is as by default is left out, so the plain page has none. */
export function chartSearch(query: ChartQuery): string {
  const params = new URLSearchParams();
  if (query.range !== DEFAULT_RANGE) params.set("range", query.range);
  if (query.interval !== null) params.set("interval", query.interval);
  if (query.scale !== "linear") params.set("scale", query.scale);
  const indicators = query.indicators.join(",");
  if (indicators !== DEFAULT_INDICATORS.join(",")) params.set("ind", indicators);
  if (query.view !== "chart") params.set("view", query.view);
  // Colons and commas are allowed in a query, and an address with them can be read.
  const text = params.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

/** The address of an asset's chart. */
export function chartHref(assetId: string, query: ChartQuery): string {
  return `/assets/${encodeURIComponent(assetId)}${chartSearch(query)}`;
}

/** The address of the bars of a chart as CSV, every digit as it is stored. */
export function chartCsvHref(assetId: string, query: ChartQuery): string {
  const search = chartSearch({ ...query, view: "chart", scale: "linear" });
  return `/assets/${encodeURIComponent(assetId)}/chart.csv${search}`;
}

/** The indicators with one switched on or off. */
export function toggleIndicator(indicators: readonly string[], key: string): readonly string[] {
  return indicators.includes(key)
    ? indicators.filter((name) => name !== key)
    : [...indicators, key];
}
