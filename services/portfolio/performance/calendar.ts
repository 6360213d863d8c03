import { finiteOrNull } from "../../kernel/numbers.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { bucketEnd, type Grid } from "./grid.ts";
import type { Periods } from "./linking.ts";

/** Time-weighted return of a calendar month (UTC), as a fraction. */
export interface MonthlyReturn {
  readonly year: number;
  /** 1 for January. */
  readonly month: number;
  /** `null` where nothing was invested, or a flow is not known. */
  readonly timeWeightedReturn: number | null;
  /** Whether the range covers only a part of it. */
  readonly isPartial: boolean;
}

/**
 * The months of linked periods, which compound to the whole return. A period over several months,
 * as prices were missing, counts in the one that it ends in.
 */
export function monthlyReturns(
  periods: Periods,
  { grid, from }: { readonly grid: Grid; readonly from: UtcMs },
): readonly MonthlyReturn[] {
  const months: MonthlyReturn[] = [];
  const count = periods.to.length;
  let growth = 1;
  let isInvested = false;
  for (let p = 0; p < count; p++) {
    const end = bucketEnd(grid, periods.to[p] as number);
    const day = new Date(end - 1);
    isInvested ||= periods.isInvested[p] === 1;
    // Of its own periods, so that one of unknown return takes none of the months after it along.
    growth *= 1 + (periods.returns[p] as number);
    const next = p + 1 < count ? bucketEnd(grid, periods.to[p + 1] as number) : null;
    if (next !== null && monthOf(next - 1) === monthOf(end - 1)) continue;
    const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
    const isCut = next === null && end !== Date.UTC(year, month + 1);
    months.push({
      year,
      month: month + 1,
      timeWeightedReturn: isInvested ? finiteOrNull(growth - 1) : null,
      isPartial: isCut || (months.length === 0 && from > Date.UTC(year, month)),
    });
    growth = 1;
    isInvested = false;
  }
  return months;
}

function monthOf(at: number): number {
  const day = new Date(at);
  return day.getUTCFullYear() * 12 + day.getUTCMonth();
}
