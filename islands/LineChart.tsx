import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { crossings, LINE_AXIS_PX, lineFrame } from "../components/charts/line_frame.ts";
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
  "End go to the ends; Escape hides the crosshair.";
const BIG_STEP = 10;

/** Where a key leads from a bar; `null` for keys that mean nothing here. */
function stepOf(event: KeyboardEvent, { at, end }: { at: number; end: number }): number | null {
  const step = event.shiftKey ? BIG_STEP : 1;
  switch (event.key) {
    case "ArrowLeft":
      return Math.max(0, at - step);
    case "ArrowRight":
      return Math.min(end, at + step);
    case "Home":
      return 0;
    case "End":
      return end;
    default:
      return null;
  }
}

/** What stands at a bar, in words. */
function barText(set: LineSet, at: number): string {
  const values = set.lines.map(({ label, values }) => `${label} ${lineText(set.unit, values[at])}`);
  return [...values, ...barNotes(set, at)].join(", ");
}

/**
 * A drawing of lines with a crosshair, which the legend follows and which keys move. It shows what
 * came for it since as soon as the page is read again.
 */
export default function LineChart(
  { id, height, isPrivate = false, children, ...served }: LineChartProps,
) {
  const newer = newerSpec(id).value;
  const { set, label } = newer ?? served;
  const isHidden = usePrivacy().value && isPrivate;
  const chosen = useSignal<number | null>(null);
  const spoken = useSignal("");
  const frame = useMemo(() => lineFrame(set, height), [set, height]);
  const announcer = useMemo(() => new Announcer((text) => spoken.value = text), []);
  useEffect(() => () => announcer.stop(), []);
  const newest = newestAt(set);
  const end = set.length - 1;
  const cursor = chosen.value === null ? null : Math.min(chosen.value, end);

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape") chosen.value = null;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = stepOf(event, { at: cursor ?? newest, end });
    if (next === null) return;
    event.preventDefault();
    chosen.value = next;
    const time = formatBarTime(lineTime(set, next), set.barMs);
    announcer.announce(`${time}, ${isHidden ? "amounts are hidden" : barText(set, next)}`);
  }

  function onPointerMove(event: PointerEvent & { currentTarget: HTMLElement }) {
    const plot = event.currentTarget.querySelector(".c-marks");
    if (plot === null) return;
    const { left, width } = plot.getBoundingClientRect();
    const at = Math.round((event.clientX - left) / width * end);
    chosen.value = Math.min(end, Math.max(0, at));
  }

  return (
    <div class="chart line-chart">
      <LinesLegend set={set} at={cursor ?? newest} />
      <div
        class="plot"
        tabIndex={0}
        role="application"
        aria-roledescription="chart"
        aria-label={isHidden ? "Chart of amounts, which are hidden" : label}
        aria-describedby={`${id}-keys`}
        onKeyDown={onKeyDown}
        onPointerMove={onPointerMove}
        onPointerLeave={() => chosen.value = null}
      >
        {newer === null ? children : <LinesSvg set={set} height={height} />}
        {cursor === null ? null : <Crosshair set={set} frame={frame} at={cursor} />}
      </div>
      <p class="sr" id={`${id}-keys`}>{INSTRUCTIONS}</p>
      <p class="sr" role="status" aria-live="polite">{spoken.value}</p>
    </div>
  );
}

interface CrosshairProps {
  readonly set: LineSet;
  readonly frame: ReturnType<typeof lineFrame>;
  readonly at: number;
}

function Crosshair({ set, frame, at }: CrosshairProps) {
  const x = `${tenth(at / Math.max(1, set.length - 1) * 1000) / 10}%`;
  return (
    <svg class="line-cross" height={frame.height} aria-hidden="true">
      <line class="c-cross" x1={x} x2={x} y1="0" y2={frame.height - LINE_AXIS_PX} />
      {crossings(set, { frame, at }).map(({ key, index, y }) => (
        <circle key={key} data-hue={lineStyle(index).hue} cx={x} cy={tenth(y)} r="3.5" />
      ))}
    </svg>
  );
}
