import type { z } from "zod";
import { fromColumn } from "../../services/analytics/mod.ts";
import { CANDLE_STATES, type ChartView } from "../../services/market/mod.ts";
import { provenanceToWire } from "./provenance_wire.ts";
import type { Chart } from "./schemas.ts";

/** A chart as columns of equal length. */
export function chartToWire(chart: ChartView): z.output<typeof Chart> {
  const { candles } = chart;
  const provisional = CANDLE_STATES.indexOf("provisional");
  return {
    asset_id: chart.asset.assetId,
    symbol: chart.asset.symbol,
    name: chart.asset.name,
    range: chart.range,
    interval: chart.interval,
    window: chart.window,
    t: [...candles.openTime],
    o: fromColumn(candles.open),
    h: fromColumn(candles.high),
    l: fromColumn(candles.low),
    c: fromColumn(candles.close),
    v: fromColumn(candles.volume),
    v_usd: fromColumn(candles.volumeUsd),
    provisional: [...candles.state.keys()].filter((at) => candles.state[at] === provisional),
    indicators: Object.fromEntries(
      Object.entries(chart.indicators).map(([line, values]) => [line, [...values]]),
    ),
    missing: chart.missing,
    ...provenanceToWire(chart.provenance),
    freshness: chart.freshness,
    available_ranges: [...chart.availableRanges],
    available_intervals: [...chart.availableIntervals],
  };
}
