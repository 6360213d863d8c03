import { type CsvValue, formatCsv } from "../../../components/format/csv.ts";
import { isoInstant } from "../../../components/format/time.ts";
import {
  GAUGE_METRICS,
  type GaugeHour,
  type GaugeMetric,
  type GaugeName,
} from "../../../services/onchain/mod.ts";
import type { GaugeOn } from "./onchain_view.ts";

/**
 * A gauge's history, every digit as read. By the minute each reading is a row; by the hour the
 * mean, the least and the most of its readings, and how many there were.
 */
export function gaugeCsv<Name extends GaugeName>(
  name: Name,
  { source, history: { resolution, points, hours } }: GaugeOn<Name>,
): string {
  const metrics: readonly GaugeMetric<Name>[] = GAUGE_METRICS[name];
  const lead = ["time", "source", "resolution"];
  if (hours.length === 0) {
    const rows = points.map(({ t, values }): CsvValue[] => [
      ...[isoInstant(t), source, resolution],
      ...metrics.map((metric) => values[metric]),
    ]);
    return formatCsv([...lead, ...metrics], rows);
  }
  const columns = metrics.flatMap((metric) => [metric, `${metric}_least`, `${metric}_most`]);
  const rows = hours.map((hour): CsvValue[] => [
    ...[isoInstant(hour.hour), source, resolution],
    hour.readings,
    ...metrics.flatMap((metric) => spreadCells(hour, metric)),
  ]);
  return formatCsv([...lead, "readings", ...columns], rows);
}

function spreadCells<Name extends GaugeName>(
  { spreads }: GaugeHour<Name>,
  metric: GaugeMetric<Name>,
): readonly CsvValue[] {
  const spread = spreads[metric];
  return spread === null ? [null, null, null] : [spread.mean, spread.least, spread.most];
}
