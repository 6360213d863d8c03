import { Moment } from "../figures/Moment.tsx";
import { formatCount } from "../format/number.ts";
import { SourceLine, type SourceState } from "../states/Panel.tsx";
import { Banner } from "../states/States.tsx";
import { barTime, type CandleSeries, missingBars } from "./candles_data.ts";
import type { CandleFrame } from "./candles_frame.ts";
import { formatBarTime } from "./candles_summary.ts";
import type { ChartSnapshot } from "./candles_view.ts";

function stateOf({ origin, freshness, data }: ChartSnapshot): SourceState {
  if (origin?.isDemo) return "sim";
  if (freshness === "stale") return "stale";
  return missingBars(data.gaps) > 0 ? "partial" : "current";
}

export interface ChartNotesProps {
  readonly snapshot: ChartSnapshot;
  readonly frame: CandleFrame;
}

/** Says plainly that the bars end before the price of the page, and where they do. */
export function ChartEnd(
  { snapshot: { origin }, series }: { snapshot: ChartSnapshot; series: CandleSeries },
) {
  if (series.tail === 0 || origin === null) return null;
  const end = formatBarTime(barTime(series, series.length - 1), series.intervalMs);
  return (
    <Banner kind="stale">
      <b>These bars end on {end}</b>, where {origin.source}{" "}
      ends. A shorter range shows the newer prices of another source.
    </Banner>
  );
}

/** What signs the chart: source, resolution, what is missing, and how to read its marks. */
export function ChartNotes({ snapshot, frame }: ChartNotesProps) {
  const { data, origin } = snapshot;
  if (origin === null) return null;
  const missing = missingBars(data.gaps);
  const total = data.close.length + missing;
  const { factor } = frame.candles;
  const parts = [
    origin.isDemo ? `${origin.source}, simulated` : origin.source,
    origin.derivedFrom === null
      ? data.interval
      : `${data.interval}, derived from ${origin.derivedFrom}`,
    `${formatCount(data.close.length)} of ${formatCount(total)} bars, ` +
    `${formatCount(missing)} missing`,
    factor > 1 ? `each candle holds ${factor} bars to stay readable` : null,
    data.isProvisional ? "last bar provisional: dashed" : null,
    data.isVolumeEstimated ? "≈ volume estimated as volume × close" : null,
    "hollow: closed higher; filled: closed lower",
    <span key="asof">
      as of <Moment at={origin.asof} />
    </span>,
  ].filter((part) => part !== null);
  return <SourceLine state={stateOf(snapshot)} parts={parts} />;
}
