import { formatCount, formatCounted } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import type { PortfolioPerformance } from "../../../services/portfolio/mod.ts";
import { type AssetLabels, labelOf } from "./read_portfolio.ts";

/**
 * What is in no return of a range, to follow the words of one: assets that have no price any more,
 * and fees that nobody can value. Empty where all is in.
 */
export function withoutNote(
  performance: Pick<PortfolioPerformance, "unpriced" | "unvaluedFees"> | null,
  labels: AssetLabels,
): string {
  if (performance === null) return "";
  const fees = performance.unvaluedFees.reduce((sum, { count }) => sum + count, 0);
  const without = [
    ...leftOutWords(performance, labels),
    ...fees === 0 ? [] : [`${formatCounted(fees, "fee")} of unknown value`],
  ];
  return without.length === 0 ? "" : `, without ${without.join(" and ")}`;
}

function leftOutWords(
  { unpriced }: Pick<PortfolioPerformance, "unpriced">,
  labels: AssetLabels,
): readonly string[] {
  const [first, ...others] = unpriced.filter((one) => one.leftOut !== null);
  if (first === undefined) return [];
  if (others.length > 0) return [`${formatCount(1 + others.length)} assets that have no price`];
  const since = first.leftOut?.since ?? null;
  const { symbol } = labelOf(labels, first.assetId);
  return [since === null ? symbol : `${symbol} since ${formatDay(since)}`];
}
