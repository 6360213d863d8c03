import { formatChange } from "../format/number.ts";
import { niceTicks, position, tenth } from "./scale.ts";

/** An asset on the axis of changes. */
export interface BreadthItem {
  readonly label: string;
  /** Fraction. */
  readonly change: number;
}

/** A placed tick; without a row its label found no room, and the tick stands alone. */
export interface BreadthMark {
  readonly label: string;
  readonly change: number;
  /** Of the width, 0 to 1. */
  readonly share: number;
  readonly row: number | null;
}

const HEIGHT = 178;
const BASE = 150;
const ROWS = 8;
const ROW_HEIGHT = 16;
const LETTER_WIDTH = 7;
const LABEL_GAP = 10;
/** Share of the width left free at either side. */
const MARGIN = 0.05;
/**
 * The width that labels are placed for, a phone's. Positions are shares of the real width, so on
 * a wider page labels only stand further apart, and letters keep their size.
 */
const LAYOUT_WIDTH = 300;
/** Share of the assets that may lie beyond the axis, so that one can't flatten it. */
const TRIM = 0.04;

/** Half the width of the axis: covers all but the widest few changes, at least ±2 %. */
export function breadthLimit(changes: readonly number[]): number {
  const sizes = changes.map(Math.abs).sort((a, b) => a - b);
  const at = Math.ceil(sizes.length * (1 - TRIM)) - 1;
  return Math.max(0.02, (sizes[Math.max(0, at)] ?? 0) * 1.1);
}

/** Where a change stands, as a share of the width; what lies beyond the axis stands at its end. */
function shareOf(change: number, limit: number): number {
  const scale = { from: -limit, to: limit, start: MARGIN, end: 1 - MARGIN };
  return position(scale, Math.min(limit, Math.max(-limit, change)));
}

/**
 * Puts each asset on the axis and gives as many as fit a label in one of the rows above it, the
 * first of them before others.
 */
export function breadthMarks(items: readonly BreadthItem[], limit: number): BreadthMark[] {
  const rows: [number, number][][] = Array.from({ length: ROWS }, () => []);
  return items.map(({ label, change }) => {
    const share = shareOf(change, limit);
    const at = share * LAYOUT_WIDTH;
    const half = (label.length * LETTER_WIDTH + LABEL_GAP) / 2;
    const [left, right] = [at - half, at + half];
    const row = rows.findIndex((taken) => taken.every(([from, to]) => right < from || left > to));
    const isInside = left >= 0 && right <= LAYOUT_WIDTH;
    if (row < 0 || !isInside) return { label, change, share, row: null };
    rows[row]?.push([left, right]);
    return { label, change, share, row };
  });
}

function percent(share: number): string {
  return `${tenth(share * 100)}%`;
}

/** `+2.5%` on the axis, where two decimals would only be noise. */
function tickLabel(tick: number): string {
  return tick === 0 ? "0" : formatChange(tick).replace(/\.?0+%$/, "%");
}

/** Every asset a tick on one signed axis: nothing is binned away. */
export function Breadth({ items }: { readonly items: readonly BreadthItem[] }) {
  const limit = breadthLimit(items.map((item) => item.change));
  const marks = breadthMarks(items, limit);
  const up = items.filter((item) => item.change > 0).length;
  const down = items.filter((item) => item.change < 0).length;
  const label = `24 hour change of ${items.length} assets: ${up} up, ${down} down`;
  return (
    <svg height={HEIGHT} role="img" aria-label={label}>
      <line class="c-axis" x1="0" x2="100%" y1={BASE + 0.5} y2={BASE + 0.5} />
      {niceTicks([-limit, limit], 4).map((tick) => {
        const x = percent(shareOf(tick, limit));
        return (
          <g key={tick}>
            <line
              class={tick === 0 ? "c-zero" : "c-grid"}
              x1={x}
              x2={x}
              y1={tick === 0 ? 6 : 14}
              y2={BASE + 5}
            />
            <text class="c-text c-mid" x={x} y={BASE + 20}>{tickLabel(tick)}</text>
          </g>
        );
      })}
      {marks.map((mark) => <Tick key={mark.label} mark={mark} />)}
      {/* Labels come last: their halo keeps the stems of others off their letters. */}
      {marks.map((mark) => <Label key={mark.label} mark={mark} />)}
    </svg>
  );
}

function labelY(row: number): number {
  return BASE - 10 - row * ROW_HEIGHT;
}

function Tick({ mark: { label, change, share, row } }: { readonly mark: BreadthMark }) {
  const x = percent(share);
  const tone = change > 0 ? "c-up-fill" : change < 0 ? "c-down-fill" : "c-neutral";
  return (
    <g>
      <title>{`${label} ${formatChange(change)}`}</title>
      {row === null ? null : <line class="c-stem" x1={x} x2={x} y1={BASE} y2={labelY(row) + 3} />}
      <rect class={tone} x={x} y={BASE - 5} width="2" height="5" transform="translate(-1 0)" />
    </g>
  );
}

function Label({ mark: { label, change, share, row } }: { readonly mark: BreadthMark }) {
  if (row === null) return null;
  return (
    <text class="c-text c-mid c-ink" x={percent(share)} y={labelY(row)}>
      <title>{`${label} ${formatChange(change)}`}</title>
      {label}
    </text>
  );
}
