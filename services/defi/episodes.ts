import { type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { PoolHistory } from "./pool_history.ts";
import { staleReadings } from "./stale_readings.ts";

/** Nearly nothing can be taken out. */
export const STRESS = 0.98;

/** A stretch of readings that somebody should know of. */
export interface PoolEpisode {
  readonly kind: "utilization_stress" | "stale";
  readonly from: UtcMs;
  readonly to: UtcMs;
  /** Readings in it. */
  readonly readings: number;
  /** Highest utilization, and highest supply APY, of the stretch. */
  readonly peakUtilization: number | null;
  readonly peakApy: number;
}

/** Stretches in which all was lent, or readings were old, by their start. */
export function poolEpisodes(history: PoolHistory): readonly PoolEpisode[] {
  const { since } = staleReadings(history);
  return [
    ...stretches(
      history,
      "utilization_stress",
      (row) => (history.utilization[row] ?? NaN) >= STRESS,
    ),
    ...stretches(history, "stale", (row) => !Number.isNaN(since[row] ?? NaN)),
  ].sort((a, b) => a.from - b.from);
}

function stretches(
  history: PoolHistory,
  kind: PoolEpisode["kind"],
  isIn: (row: number) => boolean,
): readonly PoolEpisode[] {
  const found: PoolEpisode[] = [];
  let start: number | null = null;
  for (let row = 0; row <= history.length; row++) {
    if (row < history.length && isIn(row)) {
      start ??= row;
    } else if (start !== null) {
      found.push(episodeOf(history, { kind, start, end: row }));
      start = null;
    }
  }
  return found;
}

function episodeOf(
  { ts, utilization, supplyApy }: PoolHistory,
  { kind, start, end }: { kind: PoolEpisode["kind"]; start: number; end: number },
): PoolEpisode {
  const most = (column: Float64Array) =>
    column.subarray(start, end).reduce((max, value) => value > max ? value : max, -Infinity);
  const peak = most(utilization);
  return {
    kind,
    from: utcMsOf(ts[start] ?? NaN),
    to: utcMsOf(ts[end - 1] ?? NaN),
    readings: end - start,
    peakUtilization: peak === -Infinity ? null : peak,
    peakApy: most(supplyApy),
  };
}
