import {
  END_LABELS_PX,
  LINE_AXIS_PX,
  LINE_VIEW_PX,
  type LineFrame,
  lineFrame,
  type LineSet,
  lineStyle,
  lineTimeTicks,
} from "./lines.ts";
import { tenth } from "./scale.ts";

export interface LinesSvgProps {
  readonly set: LineSet;
  readonly height: number;
}

/** Labels of the time axis that a desk and a phone have room for. */
const TIME_LABELS = [{ name: "wide", count: 10 }, { name: "narrow", count: 3 }] as const;

/** Lines of a set. The marks stretch to the width they get; the text upon them does not. */
export function LinesSvg({ set, height }: LinesSvgProps) {
  const frame = lineFrame(set, height);
  return (
    <div class="lines-frame">
      <svg
        class="c-marks"
        viewBox={`0 0 ${LINE_VIEW_PX} ${height}`}
        height={height}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {frame.ticks.map(({ y, isZero }) => (
          <path
            key={y}
            class={isZero ? "c-zero" : "c-grid"}
            d={`M0 ${Math.round(y) + 0.5}H${LINE_VIEW_PX}`}
          />
        ))}
        {frame.paths.map((path, at) => <LinePath key={at} path={path} index={at} />)}
        {frame.dots.map((path, at) =>
          path === ""
            ? null
            : <path key={at} class="c-line c-lone" data-hue={lineStyle(at).hue} d={path} />
        )}
      </svg>
      {TIME_LABELS.map(({ name, count }) => (
        <svg key={name} class="c-labels" data-width={name} height={height} aria-hidden="true">
          <ValueLabels frame={frame} />
          {lineTimeTicks(set, count).map(({ value, label }) => (
            <text
              key={value}
              class="c-text c-mid"
              x={`${tenth(value * 100)}%`}
              dx={tenth(-value * END_LABELS_PX)}
              y={height - 4}
            >
              {label}
            </text>
          ))}
        </svg>
      ))}
    </div>
  );
}

function LinePath({ path, index }: { readonly path: string; readonly index: number }) {
  const { hue, dash } = lineStyle(index);
  return <path class="c-line" data-hue={hue} data-dash={dash} d={path} />;
}

function ValueLabels({ frame }: { readonly frame: LineFrame }) {
  return (
    <>
      {frame.ticks.filter(({ y }) => y < frame.height - LINE_AXIS_PX - 4).map(({ y, label }) => (
        <text key={y} class="c-text" x="0" y={tenth(y - 4)}>{label}</text>
      ))}
      {frame.ends.map(({ key, index, label, y }) => (
        <text
          key={key}
          class="c-text c-end-name"
          data-hue={lineStyle(index).hue}
          x="100%"
          dx={6 - END_LABELS_PX}
          y={tenth(y + 4)}
        >
          {label}
        </text>
      ))}
    </>
  );
}

/** A short piece of a line, for legends. */
export function LineKey({ index }: { readonly index: number }) {
  return (
    <svg viewBox="0 0 24 8" aria-hidden="true">
      <LinePath path="M0 4H24" index={index} />
    </svg>
  );
}
