import { type Signal, useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { CandleLegend } from "../components/charts/CandleLegend.tsx";
import { readSeries } from "../components/charts/candles_data.ts";
import { type CandleFrame, frameOf } from "../components/charts/candles_frame.ts";
import { legendOf } from "../components/charts/candles_legend.ts";
import type { ChartQuery } from "../components/charts/candles_query.ts";
import { summarizeCandles } from "../components/charts/candles_summary.ts";
import type { ChartSnapshot } from "../components/charts/candles_view.ts";
import { CandleTable } from "../components/charts/CandleTable.tsx";
import {
  IndicatorControl,
  IntervalControl,
  RangeControl,
  ScaleControl,
  ViewControls,
} from "../components/charts/ChartControls.tsx";
import { ChartEnd, ChartNotes } from "../components/charts/ChartNotes.tsx";
import { Icon } from "../components/Icon.tsx";
import { Banner } from "../components/states/States.tsx";
import { ChartSession } from "./chart/chart_session.ts";
import { SavePng } from "./chart/SavePng.tsx";

export interface PriceChartProps {
  readonly assetId: string;
  readonly name: string;
  readonly query: ChartQuery;
  readonly snapshot: ChartSnapshot;
  /** Price and changes, beside the ranges. */
  readonly quote: ComponentChildren;
  /** The chart as the server drew it. */
  readonly children: ComponentChildren;
}

/** Width that the server's legend is made for; the canvas says what is really in view. */
const SERVER_WIDTH_PX = 888;

const INSTRUCTIONS =
  "Arrow keys move the crosshair, with Shift by ten; Home and End go to the ends; " +
  "plus and minus zoom, 0 shows everything, Escape hides the crosshair.";

/** The price chart of an asset: the server's drawing first, then a canvas that can be explored. */
export default function PriceChart(props: PriceChartProps) {
  const query = useSignal(props.query);
  const snapshot = useSignal(props.snapshot);
  const series = useComputed(() => readSeries(snapshot.value.data));
  const summary = useComputed(() => summarizeCandles(props.name, series.value));
  const frame = useSignal(
    frameOf(series.value, { width: SERVER_WIDTH_PX, mode: props.query.scale }),
  );
  const session = useMemo(
    () => new ChartSession({ ...props, query, snapshot, series, frame }),
    [],
  );
  const plot = useRef<HTMLDivElement>(null);
  const isTable = query.value.view === "table";
  const isEmpty = series.value.length === 0;

  useEffect(() => () => session.stop(), []);
  useEffect(() => session.goLive(), []);
  useEffect(() => {
    if (isTable || isEmpty || plot.current === null) return;
    return session.show(plot.current);
  }, [isTable, isEmpty]);

  return (
    <div
      class="price-chart"
      aria-busy={session.isBusy.value}
      onClick={(event) => session.follow(event)}
    >
      <Controls
        assetId={props.assetId}
        query={query.value}
        snapshot={snapshot.value}
        session={session}
        quote={props.quote}
      />
      <Failed session={session} />
      <ChartEnd snapshot={snapshot.value} series={series.value} />
      {isTable ? <CandleTable series={series.value} caption={summary.value} /> : (
        <div class="chart">
          <Legend session={session} frame={frame} />
          <div
            ref={plot}
            class="plot"
            tabIndex={0}
            role="application"
            aria-roledescription="chart"
            aria-label={summary.value}
            aria-describedby="chart-keys"
          >
            {session.isLive.value ? null : props.children}
          </div>
          <p class="sr" id="chart-keys">{INSTRUCTIONS}</p>
        </div>
      )}
      <ChartNotes snapshot={snapshot.value} frame={frame.value} />
      <p class="lede chart-summary">{summary.value}</p>
      <p class="sr" role="status" aria-live="polite">{session.spoken.value}</p>
    </div>
  );
}

interface ControlsProps {
  readonly assetId: string;
  readonly query: ChartQuery;
  readonly snapshot: ChartSnapshot;
  readonly session: ChartSession;
  readonly quote: ComponentChildren;
}

function Controls({ assetId, query, snapshot, session, quote }: ControlsProps) {
  const shared = { assetId, query };
  return (
    <>
      <div class="panel-head">
        {quote}
        <div class="end">
          <RangeControl {...shared} available={snapshot.availableRanges} />
        </div>
      </div>
      <div class="chart-tools">
        <ScaleControl {...shared} />
        <IndicatorControl {...shared} />
        <IntervalControl
          {...shared}
          current={snapshot.data.interval}
          available={snapshot.availableIntervals}
        />
        <div class="end">
          {session.zoomed.value === null
            ? null
            : (
              <button type="button" class="btn" data-size="s" onClick={() => session.reset()}>
                <Icon name="zoom" /> {session.zoomed.value}
                <span class="sr">, show everything</span>
              </button>
            )}
          {session.isLive.value ? <SavePng onSave={() => session.savePng()} /> : null}
          <ViewControls {...shared} />
        </div>
      </div>
    </>
  );
}

/** What failed, what still works, and what to press. */
function Failed({ session }: { readonly session: ChartSession }) {
  const failure = session.failure.value;
  if (failure === null) return null;
  return (
    <div role="alert">
      <Banner
        kind="bad"
        actions={
          <button type="button" class="btn" data-size="s" onClick={() => session.retry()}>
            <Icon name="refresh" /> Retry
          </button>
        }
      >
        <b>The chart could not be loaded.</b> {failure.message}. The one below is the last that was.
        {failure.requestId === null ? null : (
          <>
            {" "}
            Request <code>{failure.requestId}</code>
          </>
        )}
      </Banner>
    </div>
  );
}

interface LegendProps {
  readonly session: ChartSession;
  readonly frame: Signal<CandleFrame>;
}

/** A component of its own, so that moving the crosshair draws nothing else anew. */
function Legend({ session, frame }: LegendProps) {
  const { candles, end } = frame.value;
  const at = session.cursor.value ?? end - 1;
  if (at < 0) return null;
  return <CandleLegend legend={legendOf(session.series.value, { candles, at })} />;
}
