import {
  atPixel,
  END_LABELS_PX,
  gutterPx,
  hasNames,
  LINE_AXIS_PX,
  LINE_VIEW_PX,
  type LineFrame,
  lineFrame,
  lineTimeTicks,
  MARK_PX,
  REFERENCE_LABEL_PX,
  type SpanShape,
} from "./line_frame.ts";
import { type LineSet, lineStyle, spacedMarks } from "./lines.ts";
import { tenth } from "./scale.ts";

export interface LinesSvgProps {
  readonly set: LineSet;
  readonly height: number;
}

/** Labels that a desk and a phone have room for. */
const WIDTHS = [
  { name: "wide", isWide: true, count: 10, apart: 0.02 },
  { name: "narrow", isWide: false, count: 4, apart: 0.07 },
] as const;

/** Lines of a set. The marks stretch to the width they get; the text upon them does not. */
export function LinesSvg({ set, height }: LinesSvgProps) {
  const frame = lineFrame(set, height);
  return (
    <div class="lines-frame" data-ends={hasNames(set) ? "names" : "tag"}>
      <svg
        class="c-marks"
        viewBox={`0 0 ${LINE_VIEW_PX} ${height}`}
        height={height}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {frame.spans.map((span) => <Span key={span.from} span={span} height={height} />)}
        {frame.areas.map((path, at) => (
          <path key={at} class="c-part" data-hue={lineStyle(at).hue} d={path} />
        ))}
        {frame.ticks.map(({ y, isZero }) => (
          <path
            key={y}
            class={isZero ? "c-zero" : "c-grid"}
            d={`M0 ${atPixel(y)}H${LINE_VIEW_PX}`}
          />
        ))}
        {frame.references.map(({ key, y }) => (
          <path key={key} class="c-reference" d={`M0 ${tenth(y)}H${LINE_VIEW_PX}`} />
        ))}
        {frame.paths.map((path, at) => <LinePath key={at} path={path} index={at} />)}
        {frame.dots.map((path, at) =>
          path === ""
            ? null
            : <path key={at} class="c-line c-lone" data-hue={lineStyle(at).hue} d={path} />
        )}
      </svg>
      {WIDTHS.map(({ name, isWide, count, apart }) => (
        <Labels key={name} {...{ set, frame, name, isWide, count, apart }} />
      ))}
    </div>
  );
}

interface LabelsProps {
  readonly set: LineSet;
  readonly frame: LineFrame;
  readonly name: string;
  readonly isWide: boolean;
  /** Labels of the time axis. */
  readonly count: number;
  /** What marks keep between each other, as a share of the width. */
  readonly apart: number;
}

/** The text upon the marks, and beside them on the axis. */
function Labels({ set, frame, name, isWide, count, apart }: LabelsProps) {
  const { height } = frame;
  const gutter = gutterPx(set, { isWide });
  return (
    <svg class="c-labels" data-width={name} height={height} aria-hidden="true">
      {frame.references.map(({ key, label, labelY }) => (
        <text key={key} class="c-text c-ink" x={REFERENCE_LABEL_PX} y={tenth(labelY)}>
          {label}
        </text>
      ))}
      <ValueLabels frame={frame} gutter={gutter} isNamed={isWide && hasNames(set)} />
      <FlowMarks {...{ set, height, apart, gutter }} />
      {lineTimeTicks(set, count).map(({ value, label }) => (
        <text
          key={value}
          class="c-text c-mid"
          x={`${tenth(value * 100)}%`}
          dx={tenth(-value * gutter)}
          y={height - 4}
        >
          {label}
        </text>
      ))}
    </svg>
  );
}

/** A stretch of no length is still a mark. */
const LEAST_SPAN_PX = 6;

function Span({ span, height }: { readonly span: SpanShape; readonly height: number }) {
  const [from, to] = [span.from * LINE_VIEW_PX, span.to * LINE_VIEW_PX];
  return (
    <rect
      class="c-span"
      data-kind={span.kind}
      x={tenth(Math.min(from, LINE_VIEW_PX - LEAST_SPAN_PX))}
      y="0"
      width={tenth(Math.max(LEAST_SPAN_PX, to - from))}
      height={height - LINE_AXIS_PX}
    />
  );
}

function LinePath({ path, index }: { readonly path: string; readonly index: number }) {
  const { hue, dash } = lineStyle(index);
  return <path class="c-line" data-hue={hue} data-dash={dash} d={path} />;
}

/** Squares at the foot of the bars at which money came in or went out, as many as have room. */
function FlowMarks(
  { set, height, apart, gutter }: LinesSvgProps & {
    readonly apart: number;
    readonly gutter: number;
  },
) {
  const last = Math.max(1, set.length - 1);
  return (
    <>
      {spacedMarks(set, apart).map(({ at, sign }) => {
        const share = at / last;
        const y = height - LINE_AXIS_PX - MARK_PX - 2;
        // At the edge the square moves inward, where nothing cuts it.
        const shift = -share * gutter + (share === 0 ? MARK_PX / 2 : 0);
        return (
          <svg key={at} class="c-flow" x={`${tenth(share * 100)}%`} y={y}>
            <rect x={tenth(shift - MARK_PX / 2)} width={MARK_PX} height={MARK_PX} rx="2" />
            <text x={tenth(shift)} y="10">{sign}</text>
          </svg>
        );
      })}
    </>
  );
}

interface ValueLabelsProps {
  readonly frame: LineFrame;
  readonly gutter: number;
  readonly isNamed: boolean;
}

const TAG_PX = 16;

/** The axis at the right, before it the names of the lines, or on it the newest value. */
function ValueLabels({ frame, gutter, isNamed }: ValueLabelsProps) {
  const names = isNamed ? END_LABELS_PX : 0;
  const { ends, tag, ticks } = frame;
  return (
    <>
      {/* The grid goes on behind the names, to the labels that it leads to. */}
      {isNamed
        ? (
          <svg x="100%" class="c-corner">
            <path
              class="c-grid"
              d={ticks.map(({ y }) => `M${-gutter} ${atPixel(y)}h${names}`).join("")}
            />
          </svg>
        )
        : null}
      {ticks.map(({ y, label }) => (
        <text key={y} class="c-text" x="100%" dx={6 + names - gutter} y={tenth(y + 4)}>
          {label}
        </text>
      ))}
      {isNamed
        ? ends.map(({ key, index, label, y }) => (
          <text
            key={key}
            class="c-text c-end-name"
            data-hue={lineStyle(index).hue}
            x="100%"
            dx={6 - gutter}
            y={tenth(y + 4)}
          >
            {label}
          </text>
        ))
        : null}
      {tag === null ? null : (
        <svg class="c-value-tag" x="100%" y={tenth(tag.y - TAG_PX / 2)}>
          <rect class="c-tag" x={2 - gutter} width={gutter - 2} height={TAG_PX} rx="2" />
          <text class="c-tag-text" x={6 - gutter} y="12">{tag.label}</text>
        </svg>
      )}
    </>
  );
}

/** A short piece of a line, for legends. */
export function LineKey(
  { index, isArea = false }: { readonly index: number; readonly isArea?: boolean },
) {
  return (
    <svg viewBox="0 0 24 8" aria-hidden="true">
      {isArea
        ? <rect class="c-part" data-hue={lineStyle(index).hue} width="24" height="8" />
        : null}
      <LinePath path={isArea ? "M0 1H24" : "M0 4H24"} index={index} />
    </svg>
  );
}
