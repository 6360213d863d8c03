import { type ChartSnapshot, packChart } from "../../../components/charts/candles_view.ts";
import { CANDLE_STATES, type ChartView } from "../../../services/market/mod.ts";

/** What a page carries of a chart: the bars, packed, and where they come from. */
export function snapshotOf(chart: ChartView): ChartSnapshot {
  const { candles, provenance } = chart;
  const lastState = CANDLE_STATES[candles.state[candles.length - 1] ?? -1];
  return {
    data: packChart({
      ...candles,
      interval: chart.interval,
      rangeEnd: chart.window?.to ?? null,
      lines: chart.indicators,
      isProvisional: lastState === "provisional",
    }),
    origin: provenance === null ? null : {
      source: provenance.source,
      asof: provenance.asof,
      derivedFrom: provenance.derivedFrom,
      isDemo: provenance.isDemo,
    },
    freshness: chart.freshness,
    availableRanges: chart.availableRanges,
    availableIntervals: chart.availableIntervals,
  };
}
