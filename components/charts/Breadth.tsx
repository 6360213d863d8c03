import { formatChange } from "../format/number.ts";
import { type LinearScale, niceTicks, position, tenth } from "./scale.ts";

/** An asset on the axis of changes; heavier ones are labelled first. */
export interface BreadthItem {
  readonly label: string;
  /** Fraction. */
  readonly change: number;
  readonly weight: number;
}

/** A placed tick; without a row its label found no room, and the tick stands alone. */
export interface BreadthMark {
  readonly label: string;
  readonly change: number;
  readonly x: number;
  readonly row: number | null;
}

const HEIGHT = 178;
const BASE = 150;
const ROWS = 8;
const ROW_HEIGHT = 16;
const LETTER_WIDTH = 7;
const LABEL_GAP = 12;
const SIDE = 14;
/** Share of the assets at each end that may lie beyond the axis, so that one can't flatten it. */
const TRIM = 0.04;

/** Half the width of the axis: covers all but the widest few changes, at least ±2 %. */
export function breadthLimit(changes: readonly number[]): number {
  const sizes = changes.map(Math.abs).sort((a, b) => a - b);
  const at = Math.ceil(sizes.length * (1 - TRIM)) - 1;
  return Math.max(0.02, (sizes[Math.max(0, at)] ?? 0) * 1.1);
}

/** Puts each asset on the axis and gives as many as fit a label in one of the rows above it. */
export function breadthMarks(
  items: readonly BreadthItem[],
  { x, limit }: { readonly x: LinearScale; readonly limit: number },
): BreadthMark[] {
  const rows: [number, number][][] = Array.from({ length: ROWS }, () => []);
  const heaviest = [...items].sort((a, b) => b.weight - a.weight);
  return heaviest.map(({ label, change }) => {
    const at = position(x, Math.min(limit, Math.max(-limit, change)));
    const half = (label.length * LETTER_WIDTH + LABEL_GAP) / 2;
    const left = at - half;
    const right = at + half;
    const isInside = left > x.start - SIDE && right < x.end + SIDE;
    const row = rows.findIndex((taken) => taken.every(([from, to]) => right < from || left > to));
    if (row < 0 || !isInside) return { label, change, x: at, row: null };
    rows[row]?.push([left, right]);
    return { label, change, x: at, row };
  });
}

export interface BreadthProps {
  readonly items: readonly BreadthItem[];
  readonly width?: number;
}

/** Every asset a tick on one signed axis: nothing is binned away. */
export function Breadth({ items, width = 420 }: BreadthProps) {
  const limit = breadthLimit(items.map((item) => item.change));
  const x = { from: -limit, to: limit, start: SIDE, end: width - SIDE };
  const up = items.filter((item) => item.change > 0).length;
  const down = items.filter((item) => item.change < 0).length;
  const label = `24 hour change of ${items.length} assets: ${up} up, ${down} down`;
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
      <path class="c-axis" d={`M0 ${BASE + 0.5}H${width}`} />
      {niceTicks([-limit, limit], 5).map((tick) => {
        const at = position(x, tick);
        return (
          <g key={tick}>
            <path
              class={tick === 0 ? "c-zero" : "c-grid"}
              d={`M${Math.round(at) + 0.5} ${tick === 0 ? 6 : SIDE}V${BASE + 5}`}
            />
            <text class="c-text c-mid" x={tenth(at)} y={BASE + 20}>
              {tick === 0 ? "0" : formatChange(tick).replace(/\.?0+%$/, "%")}
            </text>
          </g>
        );
      })}
      {breadthMarks(items, { x, limit }).map((mark) => <Mark key={mark.label} mark={mark} />)}
    </svg>
  );
}

function Mark({ mark }: { readonly mark: BreadthMark }) {
  const { label, change, row } = mark;
  const labelY = BASE - 10 - (row ?? 0) * ROW_HEIGHT;
  const tone = change > 0 ? "c-up-fill" : change < 0 ? "c-down-fill" : "c-neutral";
  return (
    <g>
      <title>{`${label} ${formatChange(change)}`}</title>
      {row === null ? null : <path class="c-stem" d={`M${tenth(mark.x)} ${BASE}V${labelY + 3}`} />}
      <path class={tone} d={`M${tenth(mark.x - 1)} ${BASE - 5}h2v5h-2z`} />
      {row === null
        ? null
        : <text class="c-text c-mid c-ink" x={tenth(mark.x)} y={labelY}>{label}</text>}
    </g>
  );
}
