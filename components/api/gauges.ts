import type { GaugeReading } from "../gauges/gauge_lines.ts";
import { fetchData, field } from "./client.ts";

/** A chain's gauge, as its data route is called. */
export type GaugePath = "eth/gas" | "btc/mempool";

/**
 * The newest reading of a gauge; `null` where there is none. Throws `ClientError` where the server
 * can't be reached.
 */
export async function fetchGauge(
  gauge: GaugePath,
  signal?: AbortSignal,
): Promise<GaugeReading | null> {
  const data = await fetchData(`/api/onchain/${gauge}?days=0`, signal);
  const asof = field(data, "asof");
  const t = typeof asof === "string" ? Date.parse(asof) : NaN;
  if (Number.isNaN(t)) return null;
  return { t, values: { ...numbersOf(data), ...numbersOf(field(data, "fees")) } };
}

function numbersOf(source: unknown): Record<string, number> {
  if (typeof source !== "object" || source === null) return {};
  const entries = Object.entries(source).flatMap(([key, value]) =>
    typeof value === "number" ? [[key, value] as const] : []
  );
  return Object.fromEntries(entries);
}
