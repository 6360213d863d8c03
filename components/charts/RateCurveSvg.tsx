import { formatShare } from "../format/number.ts";
import { tickText } from "./line_units.ts";
import { END_LABELS_PX, LINE_AXIS_PX, LINE_VIEW_PX } from "./line_frame.ts";
import { linePath, niceTicks, position, tenth } from "./scale.ts";

/** A reading: fractions. */
export interface CurveDot {
  readonly utilization: number;
  readonly supplyApy: number;
  readonly borrowApy: number;
}

export interface RateCurveSvgProps {
  /** Oldest first: the last one is now. */
  readonly dots: readonly CurveDot[];
  readonly kink: number;
  /** Borrow APYs at equal steps of utilization from 0 to 1; `null` where no curve is known. */
  readonly curve: readonly (number | null)[] | null;
  readonly label: string;
  readonly height: number;
}

const TOP_PX = 14;
const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1];
/** The one that stands too near to the last where the chart is narrow. */
const WIDE_SHARE = 0.8;

/** Rates against utilisation: readings as dots, the last one marked, and the zone past the kink. */
export function RateCurveSvg({ dots, kink, curve, label, height }: RateCurveSvgProps) {
  const now = dots.at(-1);
  const most = Math.max(
    0.01,
    ...dots.map(({ borrowApy, supplyApy }) => Math.max(borrowApy, supplyApy)),
  );
  const y = { from: 0, to: most * 1.05, start: height - LINE_AXIS_PX, end: TOP_PX };
  const ticks = niceTicks([0, y.to], 4);
  return (
    <div class="chart lines-frame" role="img" aria-label={label}>
      <Marks ticks={ticks} kink={kink} curve={curve} y={y} height={height} />
      <svg class="c-labels" height={height} aria-hidden="true">
        {ticks.map((value) => (
          <text
            key={value}
            class="c-text"
            x="100%"
            dx={8 - END_LABELS_PX}
            y={tenth(position(y, value) + 4)}
          >
            {tickText("rate", value)}
          </text>
        ))}
        {SHARES.map((share) => (
          <text
            key={share}
            class={`c-text ${share === 0 ? "" : share === 1 ? "c-end" : "c-mid"}`}
            data-width={share === WIDE_SHARE ? "wide" : undefined}
            {...at(share)}
            y={height - 4}
          >
            {tickText("rate", share)}
          </text>
        ))}
        <text class="c-text c-end c-ink" {...at(kink, -6)} y="12">kink {formatShare(kink)}</text>
        {dots.slice(0, -1).map((dot, index) => <Dot key={index} dot={dot} y={y} />)}
        {now === undefined ? null : <Now dot={now} y={y} />}
      </svg>
    </div>
  );
}

interface MarksProps extends Pick<RateCurveSvgProps, "kink" | "curve" | "height"> {
  readonly ticks: readonly number[];
  readonly y: Scale;
}

/** What stretches to the width: grid, zone and curve. */
function Marks({ ticks, kink, curve, y, height }: MarksProps) {
  const x = { from: 0, to: 1, start: 0, end: LINE_VIEW_PX };
  const bottom = height - LINE_AXIS_PX;
  return (
    <svg
      class="c-marks"
      viewBox={`0 0 ${LINE_VIEW_PX} ${height}`}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect
        class="c-zone"
        x={tenth(position(x, kink))}
        y="0"
        width={tenth(LINE_VIEW_PX - position(x, kink))}
        height={bottom}
      />
      {ticks.map((value) => (
        <path
          key={value}
          class={value === 0 ? "c-zero" : "c-grid"}
          d={`M0 ${Math.round(position(y, value)) + 0.5}H${LINE_VIEW_PX}`}
        />
      ))}
      <path class="c-zone-edge" d={`M${tenth(position(x, kink))} 0V${bottom}`} />
      {curve === null ? null : (
        <path
          class="c-line c-s2"
          d={linePath(curve.map((value) => value === null || value > y.to ? null : value), {
            x: { ...x, to: curve.length - 1 },
            y,
          })}
        />
      )}
    </svg>
  );
}

type Scale = Parameters<typeof position>[0];

/** A place at a share of the plot's width, beside which the labels of the axis stand. */
function at(share: number, shift = 0) {
  return { x: `${tenth(share * 100)}%`, dx: tenth(shift - share * END_LABELS_PX) };
}

function Dot({ dot: { utilization, supplyApy, borrowApy }, y }: {
  readonly dot: CurveDot;
  readonly y: Scale;
}) {
  const share = Math.min(1, utilization);
  const cx = tenth(-share * END_LABELS_PX);
  return (
    <svg x={`${tenth(share * 100)}%`} class="c-readings">
      <circle class="c-borrow" cx={cx} cy={tenth(position(y, borrowApy))} r="1.75" />
      <circle class="c-supply" cx={cx} cy={tenth(position(y, supplyApy))} r="1.75" />
    </svg>
  );
}

/** Labels nearer to each other than this stand on one another. */
const LABEL_PX = 13;

function Now({ dot: { utilization, supplyApy, borrowApy }, y }: {
  readonly dot: CurveDot;
  readonly y: Scale;
}) {
  const share = Math.min(1, utilization);
  const shift = -share * END_LABELS_PX;
  const isRight = share < 0.5;
  const borrowY = position(y, borrowApy);
  const supplyY = Math.max(position(y, supplyApy), borrowY + LABEL_PX);
  const text = {
    class: `c-text c-strong ${isRight ? "" : "c-end"}`,
    x: tenth(shift + (isRight ? 10 : -10)),
  };
  return (
    <svg x={`${tenth(share * 100)}%`} class="c-readings">
      <circle class="c-you" cx={tenth(shift)} cy={tenth(borrowY)} r="5" />
      <circle class="c-you" cx={tenth(shift)} cy={tenth(position(y, supplyApy))} r="5" />
      <text {...text} y={tenth(borrowY + 4)}>borrow {formatShare(borrowApy)}</text>
      <text {...text} y={tenth(supplyY + 4)}>supply {formatShare(supplyApy)}</text>
    </svg>
  );
}
