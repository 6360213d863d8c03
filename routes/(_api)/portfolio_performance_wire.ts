import { z } from "zod";
import { finiteOrNull } from "../../services/kernel/numbers.ts";
import { formatUtcMs } from "../../services/kernel/time.ts";
import { BASE_CURRENCIES, type PortfolioPerformance } from "../../services/portfolio/mod.ts";
import { Amount, timeOf } from "./portfolio_wire.ts";
import { Epoch, Instant } from "./schemas.ts";

const Ratio = z.number().nullable();
const Column = z.array(z.number().nullable());

const Measured = z.object({
  from: Instant,
  to: Instant,
  opening_value: z.number(),
  value: z.number(),
  deposited: z.number(),
  withdrawn: z.number(),
  gain: z.number().describe("value + withdrawn - deposited - opening value"),
  invested: z.number().describe("Opening value + deposited: what roi is measured on"),
  roi: Ratio,
  time_weighted_return: Ratio,
  money_weighted_return: Ratio.describe("XIRR, a year"),
  modified_dietz: Ratio,
  annual_return: Ratio,
  volatility: Ratio.describe("Annualised"),
  sharpe: Ratio,
  sortino: Ratio,
  max_drawdown: Ratio.describe("At most 0"),
  drawdown: z.object({
    depth: z.number(),
    peak_at: Instant,
    trough_at: Instant,
    recovered_at: Instant.nullable(),
  }).nullable(),
  contributions: z.array(z.object({
    asset_id: z.string(),
    to_return: z.number().describe("All of them add up to the time-weighted return"),
    gain: z.number(),
  })),
  residual: z.number().nullable().describe("Return less contributions: rounding alone"),
  months: z.array(z.object({
    year: z.int(),
    month: z.int(),
    time_weighted_return: Ratio,
    is_partial: z.boolean(),
  })),
  benchmark: z.object({
    asset_id: z.string(),
    return: Ratio,
    excess_return: Ratio,
    beta: z.number().nullable(),
    value_instead: z.number().nullable()
      .describe("What the same deposits and withdrawals would have become in it"),
    cumulative: Column,
  }).nullable(),
  unpriced: z.array(z.object({ asset_id: z.string(), buckets: z.int() }))
    .describe("Held, and left out where there was no price"),
  missing_buckets: z.int(),
  series: z.object({
    t: z.array(Epoch).describe("Ends of the buckets"),
    nav: Column,
    cumulative: Column.describe("Time-weighted return since the start"),
    drawdown: Column,
    net_flow: Column,
  }),
});

export const PerformanceSchema = z.object({
  portfolio_id: z.uuid(),
  currency: z.enum(BASE_CURRENCIES),
  interval: z.string().describe("Length of the buckets that values stand at the ends of"),
  basis: z.enum(["snapshots", "ledger"]).describe(
    "snapshots: values that were kept, to the last bucket that is over. ledger: measured anew to " +
      "the last five minutes, until the snapshots of its newest rows are there",
  ),
  lots: z.object({
    realized_usd: Amount,
    income_usd: Amount,
    fees_usd: Amount,
    incomplete: z.int().describe("Disposals, income and fees without a known value"),
  }).describe("What was settled in the range, exact, by the portfolio's lot rules"),
  performance: Measured.nullable().describe("null where no two values can be measured between"),
}).meta({ id: "PortfolioPerformance" });

export function performanceToWire(one: PortfolioPerformance): z.input<typeof Measured> {
  const { risk, drawdown, benchmark, series } = one;
  return {
    from: formatUtcMs(one.from),
    to: formatUtcMs(one.to),
    opening_value: one.openingValue,
    value: one.value,
    deposited: one.deposited,
    withdrawn: one.withdrawn,
    gain: one.gain,
    invested: one.invested,
    roi: one.roi,
    time_weighted_return: one.twr,
    money_weighted_return: one.xirr,
    modified_dietz: one.modifiedDietz,
    annual_return: risk.annualReturn,
    volatility: risk.volatility,
    sharpe: risk.sharpe,
    sortino: risk.sortino,
    max_drawdown: risk.maxDrawdown,
    drawdown: drawdown && {
      depth: drawdown.depth,
      peak_at: formatUtcMs(drawdown.peakAt),
      trough_at: formatUtcMs(drawdown.troughAt),
      recovered_at: timeOf(drawdown.recoveredAt),
    },
    contributions: one.contributions.map(({ assetId, toReturn, gain }) => ({
      asset_id: assetId,
      to_return: toReturn,
      gain,
    })),
    residual: one.residual,
    months: one.months.map(({ year, month, timeWeightedReturn, isPartial }) => ({
      year,
      month,
      time_weighted_return: timeWeightedReturn,
      is_partial: isPartial,
    })),
    benchmark: benchmark && {
      asset_id: benchmark.assetId,
      return: benchmark.return,
      excess_return: benchmark.excessReturn,
      beta: benchmark.beta,
      value_instead: benchmark.valueInstead,
      cumulative: columnOf(benchmark.cumulative),
    },
    unpriced: one.unpriced.map(({ assetId, buckets }) => ({ asset_id: assetId, buckets })),
    missing_buckets: one.missingBuckets,
    series: {
      t: [...series.t],
      nav: columnOf(series.nav),
      cumulative: columnOf(series.cumulative),
      drawdown: columnOf(series.drawdown),
      net_flow: columnOf(series.netFlow),
    },
  };
}

/** JSON has no NaN: what is missing is `null`. */
function columnOf(values: Float64Array): (number | null)[] {
  return Array.from(values, finiteOrNull);
}
