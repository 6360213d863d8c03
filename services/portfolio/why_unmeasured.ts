import { finiteOrNull } from "../kernel/numbers.ts";
import type { PortfolioPerformance } from "./performance/measure.ts";
import type { MeasuredPerformance } from "./performance_service.ts";

/** Figures of a measure that may not be known. */
export type ReturnFigure = "gain" | "roi" | "twr" | "xirr" | "modifiedDietz" | "drawdown";

/** Why there is no performance at all, in words. */
export function whyNoPerformance({ status }: Pick<MeasuredPerformance, "status">): string {
  if (status === "empty") return "It has no rows yet";
  if (status === "pending") return "Its first values are being made";
  return "There are no two moments with all prices to measure between";
}

/** What a return is; `null` where it is not known. */
export function returnOf(performance: PortfolioPerformance, figure: ReturnFigure): number | null {
  switch (figure) {
    case "gain":
      return finiteOrNull(performance.gain);
    case "drawdown":
      return performance.drawdown?.depth ?? null;
    default:
      return performance[figure];
  }
}

/** Why a return is not known, in words; `null` where it is. */
export function whyUnmeasured(
  { performance, status }: Pick<MeasuredPerformance, "performance" | "status">,
  figure: ReturnFigure,
): string | null {
  if (performance === null) return whyNoPerformance({ status });
  if (returnOf(performance, figure) !== null) return null;
  // Returns stand on what was paid and taken, of which a gain that is not known lacks some.
  if (returnOf(performance, "gain") === null) return UNKNOWN_FLOWS;
  return figure === "xirr"
    ? "Money went one way only, or no yearly rate explains it"
    : "Nothing was invested";
}

/** Why nobody knows what was paid in and taken out. */
export const UNKNOWN_FLOWS =
  "What was paid in or taken out is not known of all rows: a price or rate is missing";
