import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LineSet } from "../components/charts/lines.ts";
import { LinesSvg } from "../components/charts/LinesSvg.tsx";
import { type GaugeReading, withReading } from "../components/gauges/gauge_lines.ts";
import LineChart from "./LineChart.tsx";
import { onGaugeRead } from "./page/gauge_events.ts";
import type { GaugePath } from "../components/api/gauges.ts";

export interface GaugeChartProps {
  readonly id: string;
  readonly gauge: GaugePath;
  readonly set: LineSet;
  readonly height: number;
  /** The chart in a sentence, as of when the page was made. */
  readonly label: string;
}

/** Lines of a gauge that go on with each reading that the page hears of. */
export default function GaugeChart({ id, gauge, set: first, height, label }: GaugeChartProps) {
  const set = useSignal(first);
  useEffect(() =>
    onGaugeRead((name, reading: GaugeReading) => {
      if (name === gauge) set.value = withReading(set.value, reading);
    }), [gauge]);
  return (
    <LineChart id={id} set={set.value} height={height} label={label}>
      <LinesSvg set={set.value} height={height} />
    </LineChart>
  );
}
