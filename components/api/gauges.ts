import type { GaugeReading } from "../gauges/gauge_lines.ts";
import { ClientError, fetchData, field } from "./client.ts";

/** A chain's gauge, as its data route is called. */
export type GaugePath = "eth/gas" | "btc/mempool";

const GAUGES: readonly GaugePath[] = ["eth/gas", "btc/mempool"];

/**
 * The newest reading of a gauge; `null` where there is none. Throws `ClientError` where the server
 * can't be reached.
 */
async function fetchGauge(gauge: GaugePath): Promise<GaugeReading | null> {
  return readingOf(await fetchData(`/api/onchain/${gauge}?days=0`));
}

/** A gauge that was read anew. */
export interface GaugeTick {
  readonly gauge: GaugePath;
  readonly reading: GaugeReading;
}

/** The newest reading of every gauge that is read. */
export async function fetchGauges(): Promise<readonly GaugeTick[]> {
  const ticks = await Promise.all(GAUGES.map(async (gauge) => {
    const reading = await fetchGauge(gauge);
    return reading === null ? [] : [{ gauge, reading }];
  }));
  return ticks.flat();
}

/** Reads the data of a `gauge_update`; throws `ClientError` for what is none. */
export function parseGaugeUpdate(value: unknown): GaugeTick {
  const gauge = GAUGES.find((known) => known === field(value, "gauge"));
  const reading = readingOf(value);
  if (gauge === undefined || reading === null) throw new ClientError("Cannot read a gauge");
  return { gauge, reading };
}

function readingOf(data: unknown): GaugeReading | null {
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
