import { formatChange, formatCompact, formatPrice, UNKNOWN } from "../format/number.ts";
import { barTime, type CandleSeries } from "./candles_data.ts";
import { indicatorLabel } from "./candles_indicators.ts";
import { formatBarTime } from "./candles_summary.ts";

/** Rows that a page holds, so that the browser's own search finds them; CSV has all of them. */
export const MAX_TABLE_ROWS = 500;

interface Column {
  readonly label: string;
  readonly text: (at: number) => string;
}

function priceOf(values: Float64Array): (at: number) => string {
  return (at) => formatPrice(values[at] ?? NaN).text;
}

function columnsOf(series: CandleSeries): Column[] {
  const indicators = series.indicators.flatMap(({ key, lines }) =>
    Object.entries(lines).map(([name, values]) => ({
      label: Object.keys(lines).length === 1
        ? indicatorLabel(key)
        : `${indicatorLabel(key)} ${name}`,
      text: priceOf(values),
    }))
  );
  return [
    { label: "Open", text: priceOf(series.open) },
    { label: "High", text: priceOf(series.high) },
    { label: "Low", text: priceOf(series.low) },
    { label: "Close", text: priceOf(series.close) },
    { label: "Change", text: (at) => changeAt(series, at) },
    {
      label: "Volume, USD",
      text: (at) => {
        const { text, unit } = formatCompact(series.volume[at] ?? NaN);
        return text + unit;
      },
    },
    ...indicators,
  ];
}

/** Against the bar before; unknown across a gap. */
function changeAt(series: CandleSeries, at: number): string {
  const isNext = (series.slot[at] ?? 0) - (series.slot[at - 1] ?? NaN) === 1;
  return isNext
    ? formatChange((series.close[at] ?? NaN) / (series.close[at - 1] ?? NaN) - 1)
    : UNKNOWN;
}

/** The bars as a table, newest first: what the chart shows, for those who read numbers. */
export function CandleTable(
  { series, caption }: { readonly series: CandleSeries; readonly caption: string },
) {
  const columns = columnsOf(series);
  const rows = Math.min(series.length, MAX_TABLE_ROWS);
  return (
    <div class="scroller candle-table" tabIndex={0} role="region" aria-label="Bars, scrollable">
      <table class="table" data-density="dense">
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{series.intervalMs % 86_400_000 === 0 ? "Day" : "Start"}, UTC</th>
            {columns.map(({ label }) => <th key={label} scope="col" class="num">{label}</th>)}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) =>
            series.length - 1 - row).map((at) => (
              <tr key={at}>
                <th scope="row">{formatBarTime(barTime(series, at), series.intervalMs)}</th>
                {columns.map(({ label, text }) => <td key={label} class="num">{text(at)}</td>)}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
