import { HOUR_MS, MINUTE_MS } from "../../services/kernel/time.ts";
import { barGrid, onGrid } from "../charts/line_grid.ts";
import type { LineUnit } from "../charts/line_units.ts";
import { type LineSet, lineSet } from "../charts/lines.ts";

/** A gauge's figures at one time, by name. */
export interface GaugeReading {
  /** UTC milliseconds. */
  readonly t: number;
  readonly values: Readonly<Record<string, number | null>>;
}

/** A figure of a gauge as a line. */
export interface GaugeLine {
  readonly key: string;
  /** At the line's end. */
  readonly label: string;
}

export interface GaugeLinesOptions {
  readonly lines: readonly GaugeLine[];
  readonly unit: LineUnit;
  readonly resolution: "1m" | "1h";
  /** Where the lines end if not with the newest reading: what was not read is a gap. */
  readonly until?: number | undefined;
}

/** Readings as lines over minutes or hours; a minute that was missed is a gap. */
export function gaugeLines(
  readings: readonly GaugeReading[],
  { lines, unit, resolution, until = -Infinity }: GaugeLinesOptions,
): LineSet {
  const times = Float64Array.from(readings, ({ t }) => t);
  const grid = barGrid(times, { barMs: resolution === "1m" ? MINUTE_MS : HOUR_MS });
  const length = Math.max(grid.length, Math.floor((until - grid.from) / grid.barMs) + 1);
  const columns = lines.map(({ key, label }) => {
    const values = new Float64Array(length).fill(NaN);
    values.set(onGrid(Float64Array.from(readings, ({ values }) => values[key] ?? NaN), grid));
    return { key, label, values };
  });
  return lineSet(columns, { from: grid.from, barMs: grid.barMs, unit });
}

/**
 * The lines with a newer reading at their end, as many bars as before: the oldest go. A reading of
 * the last bar takes its place; one that is older changes nothing.
 */
export function withReading(set: LineSet, { t, values }: GaugeReading): LineSet {
  const { from, stepMs, length } = set;
  const last = length - 1;
  const at = Math.round((t - from) / stepMs);
  if (at < last) return set;
  const shift = Math.min(length, at - last);
  const shifted = set.lines.map((line) => {
    const kept = line.values.slice(shift);
    const gap = Array.from({ length: length - kept.length }, () => null);
    const moved = [...kept, ...gap];
    moved[last] = values[line.key] ?? null;
    return { ...line, values: moved };
  });
  return { ...set, from: from + (at - last) * stepMs, lines: shifted };
}

/** A figure over a stretch of time. */
export interface GaugeSpan {
  readonly last: number;
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** Newest, least, median and most of a figure; `null` where no reading gives it. */
export function gaugeSpan(readings: readonly GaugeReading[], key: string): GaugeSpan | null {
  const known = readings.flatMap(({ values }) => values[key] ?? []);
  const last = known.at(-1);
  if (last === undefined) return null;
  const sorted = known.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? last;
  const lower = sorted[Math.ceil(middle) - 1] ?? last;
  return {
    last,
    least: sorted[0] ?? last,
    median: (lower + upper) / 2,
    most: sorted.at(-1) ?? last,
  };
}
