import { formatCsv } from "../../../components/format/csv.ts";
import { isoInstant } from "../../../components/format/time.ts";
import { finiteOrNull } from "../../../services/kernel/numbers.ts";
import { CANDLE_STATES, type ChartView } from "../../../services/market/mod.ts";
import { define } from "../../page_state.ts";
import { findAsset, readChart } from "../(_components)/asset_page.ts";

const COLUMNS = ["open", "high", "low", "close", "volume", "volumeUsd"] as const;
const HEADER = ["open", "high", "low", "close", "volume", "volume_usd"];

/** The bars of a chart with its indicators, every digit as stored or computed. */
function chartCsv({ candles, indicators, provenance, interval }: ChartView): string {
  const lines = Object.entries(indicators);
  const header = ["time", ...HEADER, ...lines.map(([name]) => name), "state", "source", "interval"];
  const rows = Array.from({ length: candles.length }, (_, at) => [
    isoInstant(candles.openTime[at] ?? NaN),
    ...COLUMNS.map((name) => finiteOrNull(candles[name][at])),
    ...lines.map(([, values]) => finiteOrNull(values[at])),
    CANDLE_STATES[candles.state[at] ?? NaN] ?? null,
    provenance?.source ?? null,
    interval,
  ]);
  return formatCsv(header, rows);
}

/** What the chart of the same address shows, as a file. */
export const handler = define.handlers({
  async GET(ctx) {
    const { market } = ctx.state;
    const asset = findAsset(market, ctx.params["id"] ?? "");
    const { chart } = await readChart(market, asset, { url: ctx.url });
    const name = `${asset.id}-${chart.range}-${chart.interval}.csv`;
    return new Response(chartCsv(chart), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-cache",
      },
    });
  },
});
