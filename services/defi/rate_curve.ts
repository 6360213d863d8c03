import { finiteOrNull } from "../kernel/numbers.ts";
import { regressionSlope } from "../kernel/stats.ts";
import { countUpTo, type PoolHistory } from "./pool_history.ts";
import { aprFromApy, apyFromApr, SECONDS_A_YEAR } from "./yields.ts";

/** A reading as it stands on the curve. Fractions. */
export interface CurvePoint {
  readonly utilization: number;
  readonly supplyApy: number;
  readonly borrowApy: number;
}

/** Borrow rates that readings follow: simple rates, as fractions. */
export interface FittedCurve {
  readonly base: number;
  /** Rise of the rate from no utilization to the kink. */
  readonly slope1: number;
  /** Rise from the kink to full utilization; `null` where no reading is past the kink. */
  readonly slope2: number | null;
  readonly kink: number;
  /** Mean distance of the readings from the curve, as a fraction. */
  readonly meanGap: number;
}

/** How a pool's rate followed its utilization. */
export interface RateCurve {
  readonly points: readonly CurvePoint[];
  readonly kink: number;
  /** `null` where the readings follow no one curve of two straight parts. */
  readonly fit: FittedCurve | null;
}

/** Fewer readings on the flat part fit any line. */
const LEAST_POINTS = 10;
/** Readings further than this from a curve on average are not made by it: half a point. */
const MAX_MEAN_GAP = 0.005;
const MAX_POINTS = 400;

/** Utilization and rates since `from`, with the kinked curve that they follow, if they do. */
export function rateCurve(
  history: PoolHistory,
  { from, kink }: { readonly from: number; readonly kink: number },
): RateCurve {
  const points: CurvePoint[] = [];
  for (let row = countUpTo(history.ts, from - 1); row < history.length; row++) {
    const utilization = finiteOrNull(history.utilization[row]);
    const borrowApy = finiteOrNull(history.borrowApy[row]);
    if (utilization === null || borrowApy === null) continue;
    points.push({ utilization, borrowApy, supplyApy: history.supplyApy[row] ?? NaN });
  }
  return { points: points.slice(-MAX_POINTS), kink, fit: fitCurve(points, kink) };
}

/** The borrow APY of a fitted curve at a utilization; `null` past the last part that is known. */
export function fittedBorrowApy(
  { base, slope1, slope2, kink }: FittedCurve,
  utilization: number,
): number | null {
  if (utilization <= kink) {
    return apyFromApr(base + slope1 * (kink > 0 ? utilization / kink : 0), SECONDS_A_YEAR);
  }
  if (slope2 === null || kink >= 1) return null;
  const past = (utilization - kink) / (1 - kink);
  return apyFromApr(base + slope1 + slope2 * past, SECONDS_A_YEAR);
}

/** Least squares on either side of the kink, `R0 + s1 U/U*` and `R0 + s1 + s2 (U - U*)/(1 - U*)`. */
function fitCurve(points: readonly CurvePoint[], kink: number): FittedCurve | null {
  const rates = points.map(({ utilization, borrowApy }) => ({
    share: utilization,
    apr: aprFromApy(borrowApy, SECONDS_A_YEAR),
  }));
  const below = rates.filter(({ share }) => share <= kink);
  const above = rates.filter(({ share }) => share > kink);
  if (below.length < LEAST_POINTS || kink <= 0 || kink >= 1) return null;
  const x = Float64Array.from(below, ({ share }) => share / kink);
  const y = Float64Array.from(below, ({ apr }) => apr);
  const slope1 = regressionSlope(y, x);
  if (slope1 === null) return null;
  const base = (sumOf(y) - slope1 * sumOf(x)) / below.length;
  // The upper part begins where the lower one ends, so that it has a slope alone to find.
  const past = above.map(({ share, apr }) => ({
    x: (share - kink) / (1 - kink),
    y: apr - base - slope1,
  }));
  const squares = past.reduce((sum, { x }) => sum + x * x, 0);
  const slope2 = squares === 0 ? null : past.reduce((sum, { x, y }) => sum + x * y, 0) / squares;
  const gaps = [
    ...below.map(({ share, apr }) => Math.abs(apr - base - slope1 * share / kink)),
    ...slope2 === null ? [] : past.map(({ x, y }) => Math.abs(y - slope2 * x)),
  ];
  const meanGap = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return meanGap > MAX_MEAN_GAP ? null : { base, slope1, slope2, kink, meanGap };
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
