/** A stretch of a bar's width, in per cent of it. */
export interface BarStretch {
  readonly left: number;
  readonly width: number;
}

/** A bar of no width would not show that there is a part. */
const LEAST_WIDTH = 0.4;

export interface WaterfallBarProps {
  /** `c-total`, `c-up-fill`, `c-down-fill` or `c-neutral`. */
  readonly tone: string;
  /** What is filled. */
  readonly sure: BarStretch;
  /** What is outlined besides: what the part may be, where that is not known. */
  readonly maybe?: BarStretch | null;
  /** Where the next bar begins, in per cent; `null` below the last one. */
  readonly stemAt: number | null;
}

/** One bar of a waterfall, on the axis that all its rows share. */
export function WaterfallBar({ tone, sure, maybe = null, stemAt }: WaterfallBarProps) {
  const stretching = { "vector-effect": "non-scaling-stroke" } as const;
  return (
    <svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <path class="c-zero" d="M0 0V24" {...stretching} />
      {maybe === null ? null : (
        <rect
          class="c-maybe"
          x={maybe.left}
          y="6.5"
          width={maybe.width}
          height="11"
          {...stretching}
        />
      )}
      {maybe !== null && sure.width === 0 ? null : (
        <rect
          class={tone}
          x={sure.left}
          y="6"
          width={Math.max(LEAST_WIDTH, sure.width)}
          height="12"
        />
      )}
      {stemAt === null ? null : <path class="c-stem" d={`M${stemAt} 18V24`} {...stretching} />}
    </svg>
  );
}

/** The fill of a part by which way it goes. */
export function partTone([low, high]: readonly [low: number, high: number]): string {
  if (low >= 0 && high > 0) return "c-up-fill";
  return high <= 0 && low < 0 ? "c-down-fill" : "c-neutral";
}
