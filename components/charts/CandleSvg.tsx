import { formatPrice } from "../format/number.ts";
import type { CandleSeries } from "./candles_data.ts";
import {
  type CandleFrame,
  frameOf,
  lastCloseTag,
  paneTicks,
  slotX,
  TIME_AXIS_PX,
  VALUE_AXIS_PX,
} from "./candles_frame.ts";
import type { IndicatorStyle } from "./candles_indicators.ts";
import { type Pane, paneY, type ScaleMode } from "./candles_panes.ts";
import {
  bandPath,
  barPaths,
  candlePaths,
  linePathOf,
  type ProvisionalBar,
} from "./candles_paths.ts";
import { tenth } from "./scale.ts";

export interface CandleSvgProps {
  readonly series: CandleSeries;
  readonly mode: ScaleMode;
  /** What the chart shows, in a sentence: its text alternative. */
  readonly label: string;
}

/** Widths that are drawn: the page shows the one that is nearer to its own. */
const VARIANTS = [{ name: "wide", width: 888 }, { name: "narrow", width: 340 }] as const;

/**
 * The chart of the first paint and of pages without scripts. Its marks stretch to the width they
 * get, its text does not; two drawings keep the candles readable on a desk and on a phone.
 */
export function CandleSvg({ series, mode, label }: CandleSvgProps) {
  return (
    <>
      {VARIANTS.map(({ name, width }) => (
        <FrameSvg
          key={name}
          name={name}
          frame={frameOf(series, { width, mode })}
          label={label}
        />
      ))}
    </>
  );
}

interface FrameSvgProps {
  readonly name: string;
  readonly frame: CandleFrame;
  readonly label: string;
}

/** Marks and text are two drawings, one upon the other, because only the marks may stretch. */
function FrameSvg({ name, frame, label }: FrameSvgProps) {
  return (
    <div class="c-frame" data-width={name} role="img" aria-label={label}>
      <svg
        class="c-marks"
        viewBox={`0 0 ${frame.plotWidth} ${frame.height}`}
        height={frame.height}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <defs>
          <pattern
            id={`hatch-${name}`}
            width="4"
            height="4"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <path class="c-hatch" d="M0 0V4" />
          </pattern>
        </defs>
        <path class="c-grid" d={gridPath(frame)} />
        {frame.tail === null ? null : (
          <rect
            class="c-tail"
            x={tenth(frame.tail.from)}
            width={tenth(frame.tail.to - frame.tail.from)}
            height={frame.height - TIME_AXIS_PX}
            fill={`url(#hatch-${name})`}
          />
        )}
        {frame.panes.map((pane) => (
          <PaneMarks key={pane.id} frame={frame} pane={pane} hatch={`url(#hatch-${name})`} />
        ))}
      </svg>
      <svg class="c-labels" height={frame.height} aria-hidden="true">
        {frame.panes.map((pane) => <PaneLabels key={pane.id} frame={frame} pane={pane} />)}
        <TimeLabels frame={frame} />
        <TailLabel frame={frame} />
      </svg>
    </div>
  );
}

function gridPath(frame: CandleFrame): string {
  const across = frame.panes.flatMap((pane) =>
    pane.ticks.map(({ value }) => `M0 ${Math.round(paneY(pane, value)) + 0.5}H${frame.plotWidth}`)
  );
  const down = frame.timeTicks.map(({ value }) =>
    `M${Math.round(slotX(frame, value)) + 0.5} 0V${frame.height - TIME_AXIS_PX}`
  );
  return [...across, ...down].join("");
}

interface PaneMarksProps {
  readonly frame: CandleFrame;
  readonly pane: Pane;
  readonly hatch: string;
}

function PaneMarks({ frame, pane, hatch }: PaneMarksProps) {
  switch (pane.kind) {
    case "price":
      return <PriceMarks frame={frame} pane={pane} hatch={hatch} />;
    case "volume": {
      const { close, open, volume } = frame.candles;
      const isUp = (at: number) => (close[at] ?? NaN) >= (open[at] ?? NaN);
      return <Bars paths={barPaths(frame, pane, { values: volume, isUp })} />;
    }
    case "rsi":
      return <RsiMarks frame={frame} pane={pane} />;
    case "macd":
      return <MacdMarks frame={frame} pane={pane} />;
  }
}

function Bars({ paths }: { readonly paths: { readonly up: string; readonly down: string } }) {
  return (
    <>
      <path class="c-up-soft" d={paths.up} />
      <path class="c-down-soft" d={paths.down} />
    </>
  );
}

function linesOf(frame: CandleFrame, key: string): Readonly<Record<string, Float64Array>> {
  return frame.candles.indicators.find((indicator) => indicator.key === key)?.lines ?? {};
}

function PriceMarks({ frame, pane, hatch }: PaneMarksProps) {
  const paths = candlePaths(frame, pane);
  const overlays = frame.styles.filter(({ isOverlay }) => isOverlay);
  const tag = lastCloseTag(frame, pane);
  return (
    <>
      {overlays.filter(({ kind }) => kind === "bb").map((style) => (
        <Band key={style.key} frame={frame} pane={pane} style={style} />
      ))}
      {overlays.filter(({ kind }) => kind !== "bb").map(({ key, series }) => {
        const values = Object.values(linesOf(frame, key))[0];
        if (values === undefined) return null;
        const path = linePathOf(frame, pane, { values });
        return <path key={key} class={`c-line c-thin c-s${series}`} d={path} />;
      })}
      <path class="c-up wick" d={paths.upWicks} />
      <path class="c-up" d={paths.upBodies} />
      <path class="c-down wick" d={paths.downWicks} />
      <path class="c-down" stroke="none" d={paths.downBodies} />
      {paths.provisional === null ? null : <Provisional bar={paths.provisional} hatch={hatch} />}
      {tag === null ? null : (
        <path
          class="c-cross"
          stroke-opacity="0.7"
          d={`M0 ${Math.round(tag.y) + 0.5}H${frame.plotWidth}`}
        />
      )}
    </>
  );
}

function Provisional(
  { bar, hatch }: { readonly bar: ProvisionalBar; readonly hatch: string },
) {
  const kind = bar.isUp ? "c-up" : "c-down";
  const { x, y, width, height } = bar;
  return (
    <>
      <path class={`${kind} wick c-prov`} d={bar.wick} />
      <rect class={`${kind} c-prov`} fill-opacity="0" x={x} y={y} width={width} height={height} />
      <rect x={x} y={y} width={width} height={height} fill={hatch} />
    </>
  );
}

interface BandProps {
  readonly frame: CandleFrame;
  readonly pane: Pane;
  readonly style: IndicatorStyle;
}

function Band({ frame, pane, style }: BandProps) {
  const { upper, middle, lower } = linesOf(frame, style.key);
  if (upper === undefined || lower === undefined) return null;
  const edges = [upper, lower].map((values) => linePathOf(frame, pane, { values })).join("");
  return (
    <>
      <path class="c-band" d={bandPath(frame, pane, { upper, lower })} />
      <path class="c-band-edge" d={edges} />
      {middle === undefined
        ? null
        : <path class="c-band-mid" d={linePathOf(frame, pane, { values: middle })} />}
    </>
  );
}

function RsiMarks({ frame, pane }: { readonly frame: CandleFrame; readonly pane: Pane }) {
  const values = Object.values(linesOf(frame, pane.id))[0];
  const top = paneY(pane, 70);
  return (
    <>
      <rect
        class="c-band"
        x="0"
        y={tenth(top)}
        width={frame.plotWidth}
        height={tenth(paneY(pane, 30) - top)}
      />
      {values === undefined
        ? null
        : <path class="c-line c-thin c-s1" d={linePathOf(frame, pane, { values })} />}
    </>
  );
}

function MacdMarks({ frame, pane }: { readonly frame: CandleFrame; readonly pane: Pane }) {
  const { macd, signal, histogram } = linesOf(frame, pane.id);
  const bars = histogram === undefined ? null : barPaths(frame, pane, {
    values: histogram,
    isUp: (at) => (histogram[at] ?? NaN) >= 0,
  });
  return (
    <>
      {bars === null ? null : <Bars paths={bars} />}
      {macd === undefined
        ? null
        : <path class="c-line c-thin c-s1" d={linePathOf(frame, pane, { values: macd })} />}
      {signal === undefined
        ? null
        : <path class="c-line c-thin c-s2" d={linePathOf(frame, pane, { values: signal })} />}
    </>
  );
}

function PaneLabels({ frame, pane }: { readonly frame: CandleFrame; readonly pane: Pane }) {
  const tag = lastCloseTag(frame, pane);
  return (
    <>
      {paneTicks(frame, pane).filter(({ label }) => label !== "").map(({ value, label }) => (
        <text
          key={value}
          class="c-text"
          x="100%"
          dx={8 - VALUE_AXIS_PX}
          y={tenth(paneY(pane, value) + 4)}
        >
          {label}
        </text>
      ))}
      {pane.kind === "price" ? null : (
        <>
          <line class="c-axis" x2="100%" y1={pane.top - 4.5} y2={pane.top - 4.5} />
          <text class="c-text c-ink" x="2" y={pane.top + 16}>{pane.label}</text>
        </>
      )}
      {tag === null ? null : <LastCloseTag value={tag.value} y={tag.y} />}
    </>
  );
}

/** Percentages place its corner at the right edge; from there on it is measured in pixels. */
function LastCloseTag({ value, y }: { readonly value: number; readonly y: number }) {
  return (
    <svg class="c-corner" x="100%" y={tenth(y - 9)} width="1" height="18" overflow="visible">
      <rect class="c-tag" x={2 - VALUE_AXIS_PX} width={VALUE_AXIS_PX - 2} height="18" rx="2" />
      <text class="c-tag-text" x={7 - VALUE_AXIS_PX} y="13">{formatPrice(value).text}</text>
    </svg>
  );
}

function TailLabel({ frame: { tail, panes, plotWidth } }: { readonly frame: CandleFrame }) {
  if (tail === null || tail.label === "") return null;
  const share = (tail.from + tail.to) / 2 / plotWidth;
  return (
    <text
      class="c-text c-mid c-ink"
      x={`${tenth(share * 100)}%`}
      dx={tenth(-share * VALUE_AXIS_PX)}
      y={(panes[0]?.height ?? 0) / 2}
    >
      {tail.label}
    </text>
  );
}

/** At a share of the plot, which is the whole width less that of the value axis. */
function TimeLabels({ frame }: { readonly frame: CandleFrame }) {
  return (
    <>
      {frame.timeTicks.map(({ value, label }) => {
        const share = slotX(frame, value) / frame.plotWidth;
        return (
          <text
            key={value}
            class="c-text c-mid"
            x={`${tenth(share * 100)}%`}
            dx={tenth(-share * VALUE_AXIS_PX)}
            y={frame.height - 4}
          >
            {label}
          </text>
        );
      })}
    </>
  );
}
