import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { crossings, hasNames, LINE_AXIS_PX, lineFrame } from "../components/charts/line_frame.ts";
import { lineText } from "../components/charts/line_units.ts";
import {
  barNotes,
  type LineSet,
  lineStyle,
  lineTime,
  newestAt,
} from "../components/charts/lines.ts";
import { formatBarTime } from "../components/charts/candles_summary.ts";
import { LinesLegend } from "../components/charts/LinesLegend.tsx";
import { tenth } from "../components/charts/scale.ts";
import { LinesSvg } from "../components/charts/LinesSvg.tsx";
import { Announcer } from "./chart/announcer.ts";
import { ChartGestures } from "./chart/gestures.ts";
import { chartAction } from "./chart/keys.ts";
import { LineExplorer } from "./chart/line_explorer.ts";
import { LineTools } from "./chart/LineTools.tsx";
import { newerSpec } from "./chart/line_specs.ts";
import { usePrivacy } from "./page/use_privacy.ts";

export interface LineChartProps {
  readonly id: string;
  readonly set: LineSet;
  readonly height: number;
  /** The chart in a sentence. */
  readonly label: string;
  /** Whether privacy mode keeps its amounts from being told. */
  readonly isPrivate?: boolean;
  /** The server's drawing. */
  readonly children: ComponentChildren;
}

const INSTRUCTIONS = "Left and right arrow move through the bars, with Shift by ten; Home and " +
  "End go to the ends; plus and minus zoom, 0 shows everything; Escape hides the crosshair.";

/** What stands at a bar, in words. */
function barText(set: LineSet, at: number): string {
  const values = set.lines.map(({ label, values }) =>
    `${label} ${lineText(set.unit, values[at], set)}`
  );
  return [...values, ...barNotes(set, at)].join(", ");
}

/**
 * A drawing of lines that can be explored: a crosshair, which the legend follows and which keys
 * move, zoom by wheel, keys and fingers, and a picture to keep. It shows what came for it since as
 * soon as the page is read again.
 */
export default function LineChart(
  { id, height, isPrivate = false, children, ...served }: LineChartProps,
) {
  const newer = newerSpec(id).value;
  const { set, label } = newer ?? served;
  const isHidden = usePrivacy().value && isPrivate;
  const spoken = useSignal("");
  const plot = useRef<HTMLDivElement>(null);
  const explorer = useMemo(() => new LineExplorer(set), []);
  const announcer = useMemo(() => new Announcer((text) => spoken.value = text), []);
  useEffect(() => () => announcer.stop(), []);
  useEffect(() => explorer.follow(set), [set]);
  useEffect(() => explore(explorer, plot.current), []);
  const shown = explorer.shown.value;
  const cursor = explorer.cursor.value;
  const frame = useMemo(() => lineFrame(shown, height), [shown, height]);
  const newest = newestAt(shown);

  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = chartAction(event.key, { shift: event.shiftKey });
    if (action === null) return;
    event.preventDefault();
    const hasMoved = explorer.act(action, { newest });
    const { value: bars } = explorer.shown;
    const { value: at } = explorer.cursor;
    if (!hasMoved || at === null) return;
    const time = formatBarTime(lineTime(bars, at), bars.barMs);
    announcer.announce(`${time}, ${isHidden ? "amounts are hidden" : barText(bars, at)}`);
  }

  return (
    <div class="chart line-chart">
      <div class="line-head">
        <LinesLegend set={shown} at={cursor ?? newest} />
        <LineTools {...{ id, explorer, plot, height, isHidden }} />
      </div>
      <div
        ref={plot}
        class="plot"
        tabIndex={0}
        role="application"
        aria-roledescription="chart"
        aria-label={isHidden ? "Chart of amounts, which are hidden" : label}
        aria-describedby={`${id}-keys`}
        onKeyDown={onKeyDown}
      >
        {newer === null && shown === served.set
          ? children
          : <LinesSvg set={shown} height={height} />}
        {cursor === null ? null : <Crosshair set={shown} frame={frame} at={cursor} />}
      </div>
      <p class="sr" id={`${id}-keys`}>{INSTRUCTIONS}</p>
      <p class="sr" role="status" aria-live="polite">{spoken.value}</p>
    </div>
  );
}

/** Has pointers and wheel explore a plot, until the answer ends it. */
function explore(explorer: LineExplorer, plot: HTMLElement | null): (() => void) | undefined {
  if (plot === null) return undefined;
  const stop = new AbortController();
  explorer.measureWith(() => plot.querySelector(".c-marks")?.getBoundingClientRect().width ?? 1);
  new ChartGestures(plot, explorer, { signal: stop.signal, ownsWheel: false });
  return () => stop.abort();
}

interface CrosshairProps {
  readonly set: LineSet;
  readonly frame: ReturnType<typeof lineFrame>;
  readonly at: number;
}

function Crosshair({ set, frame, at }: CrosshairProps) {
  const x = `${tenth(at / Math.max(1, set.length - 1) * 1000) / 10}%`;
  return (
    <svg
      class="line-cross"
      data-ends={hasNames(set) ? "names" : "tag"}
      height={frame.height}
      aria-hidden="true"
    >
      <line class="c-cross" x1={x} x2={x} y1="0" y2={frame.height - LINE_AXIS_PX} />
      {crossings(set, { frame, at }).map(({ key, index, y }) => (
        <circle key={key} data-hue={lineStyle(index).hue} cx={x} cy={tenth(y)} r="3.5" />
      ))}
    </svg>
  );
}
