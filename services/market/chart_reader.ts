import type { UtcMs } from "../kernel/time.ts";
import { type CandleColumns, intervalMs } from "./candle.ts";
import { joinColumns, readCandles, readCandlesBefore } from "./candle_reader.ts";
import { onCandles, withGapRows } from "./gap_rows.ts";
import type { CandleStore, IndicatorEngine, TimeRange } from "./ports.ts";
import type { SeriesChoice } from "./series_choice.ts";

/** Bars of a window and the indicator lines aligned with them. */
export interface ChartBars {
  readonly candles: CandleColumns;
  readonly indicators: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * Reads the bars of a window and computes indicators on them, warmed up on the bars before it, so
 * that a value is the same in whichever window it is seen.
 */
export async function readChartBars(
  { store, engine }: { store: CandleStore; engine: IndicatorEngine },
  { choice, window, indicators }: {
    choice: SeriesChoice;
    window: TimeRange;
    indicators: readonly string[];
  },
): Promise<ChartBars> {
  const { interval } = choice;
  const limit = Math.ceil((window.to - window.from) / intervalMs(interval));
  const query = { range: window, limit, order: "last" } as const;
  const { candles } = await readCandles(store, { choice, query });
  const first = candles.openTime[0];
  if (indicators.length === 0 || first === undefined) return { candles, indicators: {} };
  const bars = engine.warmUpBars(indicators);
  const warmUp = await readCandlesBefore(store, { choice, before: first as UtcMs, bars });
  const rows = withGapRows(joinColumns([warmUp, candles]), interval);
  const { rowOf } = rows;
  const lines = Object.entries(engine.compute(indicators, rows))
    .map(([line, values]) => [line, onCandles(values, { rowOf, start: warmUp.length })] as const);
  return { candles, indicators: Object.fromEntries(lines) };
}
