import { BAR_INTERVALS, type ChartQuery, RANGES } from "../charts/candles_query.ts";
import { type ChartSnapshot, FRESHNESS, packChart } from "../charts/candles_view.ts";
import { ClientError, fetchData, field } from "./client.ts";

/** The address that answers with the bars of a chart. */
function chartPath(assetId: string, { range, interval, indicators }: ChartQuery): string {
  const params = new URLSearchParams({ range });
  if (interval !== null) params.set("interval", interval);
  if (indicators.length > 0) params.set("indicators", indicators.join(","));
  return `/api/market/chart/${encodeURIComponent(assetId)}?${params}`;
}

function numbers(value: unknown, name: string): (number | null)[] {
  const values = field(value, name);
  const isColumn = Array.isArray(values) &&
    values.every((one) => one === null || typeof one === "number");
  if (!isColumn) throw new ClientError(`Cannot read the chart: "${name}" is no column of numbers`);
  return values;
}

/** A column of which no value may be missing, one for each bar. */
function whole(value: unknown, name: string): number[] {
  return numbers(value, name).map((one, at) => {
    if (one !== null) return one;
    throw new ClientError(`Cannot read the chart: bar ${at} has no "${name}"`);
  });
}

/** Those of the known names that the answer lists. */
function namesIn<T extends string>(value: unknown, known: readonly T[]): T[] {
  return Array.isArray(value) ? known.filter((name) => value.includes(name)) : [];
}

function originOf(body: unknown): ChartSnapshot["origin"] {
  const source = field(body, "source");
  const asof = field(body, "asof");
  const derivedFrom = field(body, "derived_from");
  if (typeof source !== "string" || typeof asof !== "string") return null;
  return {
    source,
    asof: Date.parse(asof),
    derivedFrom: typeof derivedFrom === "string" ? derivedFrom : null,
    isDemo: field(body, "demo") === true,
  };
}

function rangeEndOf(body: unknown): number | null {
  const to = field(field(body, "window"), "to");
  return typeof to === "number" ? to : null;
}

/** Reads the API's answer; throws `ClientError` for what is no chart. */
export function parseChart(body: unknown): ChartSnapshot {
  const interval = BAR_INTERVALS.find((name) => name === field(body, "interval"));
  if (interval === undefined) throw new ClientError("Cannot read the chart: unknown interval");
  const openTime = whole(body, "t");
  const lines = field(body, "indicators");
  const names = typeof lines === "object" && lines !== null ? Object.keys(lines) : [];
  const rangeEnd = rangeEndOf(body);
  const data = packChart({
    interval,
    rangeEnd,
    openTime,
    open: whole(body, "o"),
    high: whole(body, "h"),
    low: whole(body, "l"),
    close: whole(body, "c"),
    volume: numbers(body, "v"),
    volumeUsd: numbers(body, "v_usd"),
    lines: Object.fromEntries(names.map((name) => [name, numbers(lines, name)])),
    isProvisional: numbers(body, "provisional").includes(openTime.length - 1),
  });
  return {
    data,
    origin: originOf(body),
    freshness: FRESHNESS.find((name) => name === field(body, "freshness")) ?? "missing",
    availableRanges: namesIn(field(body, "available_ranges"), RANGES.map(({ range }) => range)),
    availableIntervals: namesIn(field(body, "available_intervals"), BAR_INTERVALS),
  };
}

/** The bars and indicators that a chart asks for. */
export async function fetchChart(
  assetId: string,
  query: ChartQuery,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ChartSnapshot> {
  return parseChart(await fetchData(chartPath(assetId, query), signal));
}
