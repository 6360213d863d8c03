import { HOUR_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { GaugeName, Gauges } from "./gauges.ts";
import { GAUGE_METRICS, type GaugeMetric, gaugePoint } from "./gauge_metrics.ts";

/** A figure over the readings of an hour. */
export interface HourSpread {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** An hour of a gauge, from the readings that there are of it. */
export interface GaugeHour<Name extends GaugeName> {
  /** Its start. */
  readonly hour: UtcMs;
  readonly readings: number;
  /** `null` of a figure that no reading gives. */
  readonly spreads: Readonly<Record<GaugeMetric<Name>, HourSpread | null>>;
}

/** The start of the hour that an instant lies in. */
export function hourOf(at: UtcMs): UtcMs {
  return utcMsOf(at - at % HOUR_MS);
}

/**
 * The hour of readings that all lie in it: mean, least and most of each figure, over the readings
 * that give it. Readings come a minute apart, so the mean weighs each minute alike; minutes without
 * one are not filled in. Throws `RangeError` without readings or where they are of several hours.
 */
export function summarizeHour<Name extends GaugeName>(
  name: Name,
  readings: readonly Gauges[Name][],
): GaugeHour<Name> {
  const [first] = readings;
  if (!first || readings.some(({ asof }) => hourOf(asof) !== hourOf(first.asof))) {
    throw new RangeError(`Cannot sum up ${readings.length} readings: expected those of one hour`);
  }
  const points = readings.map((reading) => gaugePoint(name, reading).values);
  const metrics: readonly GaugeMetric<Name>[] = GAUGE_METRICS[name];
  const spreads = metrics.map((metric) =>
    [metric, spreadOf(points.map((values) => values[metric]))] as const
  );
  return {
    hour: hourOf(first.asof),
    readings: readings.length,
    spreads: Object.fromEntries(spreads) as GaugeHour<Name>["spreads"],
  };
}

function spreadOf(values: readonly (number | null)[]): HourSpread | null {
  const known = values.filter((value) => value !== null);
  const [first] = known;
  if (first === undefined) return null;
  // Distances from the first: equal values have exactly that mean.
  const mean = first + known.reduce((sum, value) => sum + (value - first), 0) / known.length;
  return { mean, least: Math.min(...known), most: Math.max(...known) };
}
