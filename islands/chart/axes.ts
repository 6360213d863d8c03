import type { ChartOptions, Scale } from "chart.js";
import { paneTicks, TIME_AXIS_PX, VALUE_AXIS_PX } from "../../components/charts/candles_frame.ts";
import type { Pane } from "../../components/charts/candles_panes.ts";
import type { AxisTick } from "../../components/charts/candles_ticks.ts";
import type { FrameSource } from "./pane_controller.ts";

const FONT_PX = 11;
const HALO_PX = 3;

function setLimits(scale: Scale, { min, max }: { min: number; max: number }): void {
  scale.min = min;
  scale.max = max;
}

/** A fixed size, and no room for labels that reach over the ends: the frame has left that room. */
function setSize(scale: Scale, size: { width: number } | { height: number }): void {
  Object.assign(scale, size, {
    paddingTop: 0,
    paddingRight: 0,
    paddingBottom: 0,
    paddingLeft: 0,
  });
}

function setTicks(scale: Scale, ticks: readonly AxisTick[]): void {
  scale.ticks = ticks.map(({ value, label }) => ({ value, label }));
}

/** Labels are made with the ticks; chart.js asks for them once more by their index. */
function keepLabel(_value: unknown, index: number, ticks: readonly { label?: unknown }[]): string {
  return String(ticks[index]?.label ?? "");
}

function styleOf({ palette }: FrameSource, padding: number) {
  return {
    // The limits are the frame's to the pixel; chart.js would widen them to its own round values.
    bounds: "data" as const,
    border: { display: false },
    grid: { color: palette.grid, drawTicks: false, lineWidth: 1 },
    ticks: {
      autoSkip: false,
      maxRotation: 0,
      padding,
      color: palette.inkMuted,
      font: { family: palette.font, size: FONT_PX },
      textStrokeColor: palette.ground,
      textStrokeWidth: HALO_PX,
      callback: keepLabel,
    },
  };
}

/**
 * The axes of a frame: time below, and a value axis per pane stacked on the right. Limits and
 * ticks are the frame's at the time of layout, so panning and zooming need no new options.
 */
export function axesOf(source: () => FrameSource): NonNullable<ChartOptions<"pane">["scales"]> {
  const paneOf = (scale: Scale) => source().frame.panes.find(({ id }) => id === scale.id);
  const valueAxis = ({ height, isLog }: Pane) => ({
    ...styleOf(source(), 8),
    type: isLog ? "logarithmic" as const : "linear" as const,
    position: "right" as const,
    stack: "panes",
    stackWeight: height,
    afterDataLimits(scale: Scale) {
      const pane = paneOf(scale);
      if (pane !== undefined) setLimits(scale, pane);
    },
    afterBuildTicks(scale: Scale) {
      const pane = paneOf(scale);
      if (pane !== undefined) setTicks(scale, paneTicks(source().frame, pane));
    },
    afterFit: (scale: Scale) => setSize(scale, { width: VALUE_AXIS_PX }),
  });
  const timeAxis = {
    ...styleOf(source(), 4),
    type: "linear" as const,
    afterDataLimits(scale: Scale) {
      const { from, to } = source().frame.window;
      setLimits(scale, { min: from, max: to });
    },
    afterBuildTicks: (scale: Scale) => setTicks(scale, source().frame.timeTicks),
    afterFit: (scale: Scale) => setSize(scale, { height: TIME_AXIS_PX }),
  };
  const values = source().frame.panes.map((pane) => [pane.id, valueAxis(pane)] as const);
  return { x: timeAxis, ...Object.fromEntries(values) };
}
