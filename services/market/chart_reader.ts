import type { UtcMs } from "../kernel/time.ts";
import { type CandleColumns, intervalMs, sliceColumns } from "./candle.ts";
import { readCandles } from "./candle_reader.ts";
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
  const { interval, series } = choice;
  const size = intervalMs(interval);
  const warmUpMs = engine.warmUpBars(indicators) * size;
  // A bucket that is derived may start before the first of its parts.
  const earliest = series.firstOpenTime - size;
  const from = Math.max(window.from - warmUpMs, Math.min(window.from, earliest)) as UtcMs;
  const limit = Math.ceil((window.to - from) / size) + 1;
  const query = { range: { from, to: window.to }, limit, order: "last" } as const;
  const { candles: all } = await readCandles(store, { choice, query });
  const inside = all.openTime.findIndex((openTime) => openTime >= window.from);
  const start = inside < 0 ? all.length : inside;
  const candles = sliceColumns(all, { start, end: all.length });
  if (indicators.length === 0) return { candles, indicators: {} };
  const rows = withGapRows(all, interval);
  const lines = Object.entries(engine.compute(indicators, rows))
    .map(([line, values]) => [line, onCandles(values, { rowOf: rows.rowOf, start })] as const);
  return { candles, indicators: Object.fromEntries(lines) };
}
