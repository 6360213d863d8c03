import { directionOf, formatPricePlain } from "../format/number.ts";
import { Unknown } from "../figures/Figures.tsx";
import { extentOf, position, shortLinePath, tenth } from "./scale.ts";

const WIDTH = 96;
const HEIGHT = 28;
const INSET = 3;
/** Room for the end marker. */
const END_INSET = 4;

/** What a sparkline draws: its line, its end marker and the first and last known value. */
export interface SparklineShape {
  readonly path: string;
  readonly endX: number;
  readonly endY: number;
  readonly first: number;
  readonly last: number;
  readonly missing: number;
}

/** Lays out a 96 × 28 line of values in time order, or `null` with fewer than two of them. */
export function sparklineShape(values: readonly (number | null)[]): SparklineShape | null {
  const known = values.filter((value): value is number => value !== null);
  const extent = extentOf(values);
  const first = known[0];
  const last = known.at(-1);
  if (extent === null || first === undefined || last === undefined || known.length < 2) {
    return null;
  }
  const x = { from: 0, to: values.length - 1, start: 1, end: WIDTH - END_INSET };
  const y = { from: extent[0], to: extent[1], start: HEIGHT - INSET, end: INSET };
  return {
    path: shortLinePath(values, { x, y }),
    endX: tenth(position(x, values.findLastIndex((value) => value !== null))),
    endY: tenth(position(y, last)),
    first,
    last,
    missing: values.length - known.length,
  };
}

export interface SparklineProps {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** The time that they take up; as many days as there are values unless it is said. */
  readonly span?: string;
  /** How a value is written; as a price unless it is said. */
  readonly textOf?: (value: number) => string;
  /** Whether its end is coloured by where the values went: of a rate neither way is the good one. */
  readonly hasDirection?: boolean;
  /** Why there is no line where fewer than two values are known. */
  readonly reason?: string;
}

/** Values of the last days as a line without axes; the numbers are in its label. */
export function Sparkline({
  name,
  values,
  span: time = `${values.length} days`,
  textOf = formatPricePlain,
  hasDirection = true,
  reason = "fewer than two daily closes",
}: SparklineProps) {
  const shape = sparklineShape(values);
  if (shape === null) return <Unknown reason={reason} />;
  const { path, endX, endY, first, last, missing } = shape;
  const gaps = missing > 0 ? `, ${missing} missing` : "";
  const span = `from ${textOf(first)} to ${textOf(last)}`;
  const label = `${name}, ${time}, ${span}${gaps}`;
  const direction = hasDirection && first > 0 ? directionOf(last / first - 1) : "flat";
  return (
    <svg class="spark" viewBox="0 0 96 28" data-dir={direction} role="img" aria-label={label}>
      <path d={path} />
      <circle cx={endX} cy={endY} r="2" />
    </svg>
  );
}
