import { z } from "zod";
import { finiteOrNull } from "../../services/kernel/numbers.ts";
import { formatUtcMs } from "../../services/kernel/time.ts";
import {
  BASE_CURRENCIES,
  type LotFigures,
  type MeasuredPerformance,
  type PortfolioPerformance,
  type ReturnFigure,
  whyNoPerformance,
  whyUnmeasured,
} from "../../services/portfolio/mod.ts";
import { Amount, timeOf } from "./portfolio_wire.ts";
import { ReasonsByFigure, reasonsToWire } from "./reasons_wire.ts";
import { Epoch, Instant } from "./schemas.ts";

const Ratio = z.number().nullable();
const Column = z.array(z.number().nullable());

const Measured = z.object({
  from: Instant,
  to: Instant,
  opening_value: z.number(),
  value: z.number(),
  deposited: z.number().nullable().describe("null where a flow's value is not known, as below"),
  withdrawn: z.number().nullable(),
  gain: z.number().nullable().describe("value + withdrawn - deposited - opening value"),
  invested: z.number().nullable().describe("Opening value + deposited: what roi is measured on"),
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
    to_return: Ratio.describe("All of them add up to the time-weighted return"),
    gain: z.number().nullable(),
  })),
  residual: z.number().nullable().describe("Return less contributions: rounding alone"),
  months: z.array(z.object({
    year: z.int(),
    month: z.int(),
    time_weighted_return: Ratio,
    is_partial: z.boolean(),
  })),
  reasons: ReasonsByFigure,
  benchmark: z.object({
    asset_id: z.string(),
    return: Ratio,
    excess_return: Ratio,
    beta: z.number().nullable(),
    value_instead: z.number().nullable()
      .describe("What the same deposits and withdrawals would have become in it"),
    cumulative: Column,
  }).nullable(),
  unpriced: z.array(z.object({
    asset_id: z.string(),
    buckets: z.int(),
    is_left_out: z.boolean().describe("At the end too: its last value counts as taken then"),
    left_out_since: Instant.nullable().describe("When it was valued last; null if it never was"),
    last_value: z.number().nullable(),
  })).describe("Held, and left out where there was no price"),
  unvalued_fees: z.array(z.object({ asset_id: z.string(), count: z.int() })).describe(
    "Fees in money without an exchange rate, by the asset that they were paid for: in no figure " +
      "of the range until there are rates of their days, or they name their unit price",
  ),
  missing_buckets: z.int(),
  series: z.object({
    t: z.array(Epoch).describe("Ends of the buckets"),
    nav: Column,
    cumulative: Column.describe("Time-weighted return since the start"),
    drawdown: Column,
    net_flow: Column,
  }),
});

export const MeasureStatusSchema = z.enum([
  ...["current", "catching_up", "recalculating", "pending", "empty"] as const,
]).describe(
  "current: of all that is stored. catching_up: buckets ended since asof, and are being added. " +
    "recalculating: rows, prices or rates changed (lacks), and figures are of what was there " +
    "before. pending: the first figures are being made. empty: the ledger has no rows",
);

export const PerformanceSchema = z.object({
  portfolio_id: z.uuid(),
  currency: z.enum(BASE_CURRENCIES),
  interval: z.string().describe("Length of the buckets that values stand at the ends of"),
  status: MeasureStatusSchema,
  lacks: z.array(z.enum(["rows", "prices", "rates", "time"])),
  asof: Instant.nullable().describe("End of the last bucket that is valued"),
  built_at: Instant.nullable(),
  ledger_version: z.int().nullable().describe("The ledger that the figures are of"),
  lots: z.object({
    realized_usd: Amount.nullable(),
    income_usd: Amount.nullable(),
    fees_usd: Amount.nullable(),
    incomplete: z.int().describe("Disposals, income and fees without a known value"),
    cost_usd: Amount.nullable().describe("Of lots that are open at the end, as far as it is known"),
    unrealized_usd: Amount.nullable().describe("Their value less cost, where both are known"),
    uncosted_lots: z.int().describe("Open lots of unknown cost"),
    unpriced_lots: z.int().describe("Open lots without a price at the end"),
    reasons: ReasonsByFigure,
  }).describe(
    "By the portfolio's lot rules, exact: settled in the range, and open at its end, which is that " +
      "of the performance where prices end earlier than asked for. A sum is null where nothing " +
      "that it counts is known, as the counts beside tell",
  ),
  performance: Measured.nullable().describe("null where no two values can be measured between"),
  reason: z.string().nullable().describe("Why there is no performance"),
}).meta({ id: "PortfolioPerformance" });

/** A measure with how current it is. */
export function measuredToWire(
  { currency, interval, status, lacks, asof, builtAt, ledgerVersion, performance }:
    MeasuredPerformance,
  { portfolioId, lots }: { readonly portfolioId: string; readonly lots: LotFigures },
): z.input<typeof PerformanceSchema> {
  return {
    portfolio_id: portfolioId,
    ...{ currency, interval, status },
    lacks: [...lacks],
    asof: timeOf(asof),
    built_at: timeOf(builtAt),
    ledger_version: ledgerVersion,
    lots: {
      realized_usd: lots.realizedUsd,
      income_usd: lots.incomeUsd,
      fees_usd: lots.feesUsd,
      incomplete: lots.incomplete,
      cost_usd: lots.costUsd,
      unrealized_usd: lots.unrealizedUsd,
      uncosted_lots: lots.uncostedLots,
      unpriced_lots: lots.unpricedLots,
      reasons: reasonsToWire(lots.reasons),
    },
    performance: performance && performanceToWire(performance),
    reason: performance === null ? whyNoPerformance({ status }) : null,
  };
}

/** Returns as they are called here. */
const RETURN_NAMES = {
  gain: "gain",
  roi: "roi",
  twr: "time_weighted_return",
  xirr: "money_weighted_return",
  modifiedDietz: "modified_dietz",
  drawdown: "max_drawdown",
} as const satisfies Readonly<Record<ReturnFigure, string>>;

function whyNull(performance: PortfolioPerformance): Record<string, string> {
  const names = Object.entries(RETURN_NAMES) as [ReturnFigure, string][];
  return Object.fromEntries(names.flatMap(([figure, name]) => {
    const why = whyUnmeasured({ performance, status: "current" }, figure);
    return why === null ? [] : [[name, why]];
  }));
}

function performanceToWire(one: PortfolioPerformance): z.input<typeof Measured> {
  const { risk, drawdown, benchmark, series } = one;
  return {
    from: formatUtcMs(one.from),
    to: formatUtcMs(one.to),
    opening_value: one.openingValue,
    value: one.value,
    deposited: finiteOrNull(one.deposited),
    withdrawn: finiteOrNull(one.withdrawn),
    gain: finiteOrNull(one.gain),
    invested: finiteOrNull(one.invested),
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
      to_return: finiteOrNull(toReturn),
      gain: finiteOrNull(gain),
    })),
    residual: one.residual,
    months: one.months.map(({ year, month, timeWeightedReturn, isPartial }) => ({
      year,
      month,
      time_weighted_return: timeWeightedReturn,
      is_partial: isPartial,
    })),
    reasons: whyNull(one),
    benchmark: benchmark && {
      asset_id: benchmark.assetId,
      return: benchmark.return,
      excess_return: benchmark.excessReturn,
      beta: benchmark.beta,
      value_instead: benchmark.valueInstead,
      cumulative: columnOf(benchmark.cumulative),
    },
    unpriced: one.unpriced.map(({ assetId, buckets, leftOut }) => ({
      asset_id: assetId,
      buckets,
      is_left_out: leftOut !== null,
      left_out_since: timeOf(leftOut?.since ?? null),
      last_value: leftOut?.lastValue ?? null,
    })),
    unvalued_fees: one.unvaluedFees.map(({ assetId, count }) => ({ asset_id: assetId, count })),
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
