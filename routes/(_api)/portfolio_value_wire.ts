import { z } from "zod";
import { formatUtcMs } from "../../services/kernel/time.ts";
import {
  BASE_CURRENCIES,
  type CurrentPrice,
  type CurrentRate,
  type OwnSums,
  type PortfolioValue,
  type Position,
} from "../../services/portfolio/mod.ts";
import { Amount, LotRuleSchema, rulesToWire, timeOf } from "./portfolio_wire.ts";
import { ReasonsByFigure, reasonsToWire } from "./reasons_wire.ts";
import { Instant } from "./schemas.ts";

const PriceSchema = z.object({
  price_usd: z.number(),
  source: z.string(),
  resolution: z.string(),
  asof: Instant,
  derived_from: z.string().nullable(),
  freshness: z.enum(["live", "delayed", "stale", "missing"]),
  is_demo: z.boolean(),
});

const PositionSchema = z.object({
  asset_id: z.string(),
  symbol: z.string(),
  name: z.string(),
  quantity: Amount,
  accounts: z.array(z.object({ account: z.string(), quantity: Amount })),
  lots: z.int(),
  price: PriceSchema.nullable(),
  unpriced: z.string().nullable().describe("Why it has no value in the currency"),
  last_known: PriceSchema.nullable().describe("The last price before it grew too old"),
  value: Amount.nullable().describe("In the currency"),
  value_usd: Amount.nullable(),
  share: z.number().nullable().describe("Fraction of the value of all priced positions"),
  change_24h: z.number().nullable().describe("Of the price, as a fraction"),
  cost_usd: Amount.nullable().describe("Of the units whose cost is known, fees included"),
  uncosted: Amount.describe("Units that nobody knows the cost of"),
  unrealized_usd: Amount.nullable().describe("Of the units whose cost is known"),
  unrealized_ratio: z.number().nullable().describe("As a fraction of cost_usd"),
  own: z.object({
    cost: Amount.nullable(),
    uncosted: Amount,
    unrealized: Amount.nullable(),
    unrealized_ratio: z.number().nullable(),
  }).describe("The same in the currency, with each cost at the rate of its purchase"),
}).meta({ id: "Position" });

const RateSchema = z.object({
  rate: z.number().nullable().describe("Units of the currency for a dollar"),
  source: z.string().nullable(),
  asof: Instant.nullable(),
  state: z.enum(["intraday", "eod", "permitted", "delayed", "unpriced"]).nullable(),
  flag: z.enum(["DELAYED_FX"]).nullable(),
  drift_bps: z.number().nullable(),
});

const Unvalued = z.object({ disposals: z.int(), income: z.int(), fees: z.int() });

export const ValueSchema = z.object({
  portfolio_id: z.uuid(),
  currency: z.enum(BASE_CURRENCIES),
  nav: Amount.nullable().describe(
    "Sum of the priced positions in the currency; null where none has a price, or without a rate",
  ),
  nav_usd: Amount.nullable(),
  at: Instant,
  asof: Instant.nullable().describe("Time of the oldest price that it stands on"),
  held_since: Instant.nullable().describe("Set while nav is the last good one: the rate drifted"),
  fx: RateSchema,
  cost_usd: Amount.nullable().describe("Of the units that have a price, and whose cost is known"),
  unrealized_usd: Amount.nullable().describe("Their value less cost"),
  realized_usd: Amount.nullable().describe("Of disposals whose cost and proceeds are known"),
  income_usd: Amount.nullable(),
  fees_usd: Amount.nullable(),
  reasons: ReasonsByFigure,
  own: z.object({
    currency: z.enum(BASE_CURRENCIES).describe("USD while the currency has no rate"),
    cost: Amount.nullable(),
    unrealized: Amount.nullable(),
    realized: Amount.nullable(),
    income: Amount.nullable(),
    fees: Amount.nullable(),
    reasons: ReasonsByFigure,
    uncosted: z.int(),
    unvalued: Unvalued,
  }).describe(
    "The same sums of lots that were matched in the currency: each row by the rate of its time",
  ),
  unpriced: z.int().describe("Positions without a price or a rate"),
  uncosted: z.int().describe("Positions with units of unknown cost, which are in no cost or gain"),
  unvalued: Unvalued.describe("Those whose value is not known, which are in no sum"),
  problems: z.int().describe("What the ledger does not tell: see problems"),
  is_demo: z.boolean(),
  lot_rule: LotRuleSchema,
  lot_rules_by_year: z.record(z.string(), LotRuleSchema),
  ledger_version: z.int(),
  positions: z.array(PositionSchema),
}).meta({ id: "PortfolioValue" });

export function valueToWire(value: PortfolioValue): z.input<typeof ValueSchema> {
  return {
    portfolio_id: value.portfolio.id,
    currency: value.currency,
    nav: value.nav,
    nav_usd: value.navUsd,
    at: formatUtcMs(value.at),
    asof: timeOf(value.asof),
    held_since: timeOf(value.heldSince),
    fx: rateToWire(value.fx),
    cost_usd: value.costUsd,
    unrealized_usd: value.unrealizedUsd,
    realized_usd: value.realizedUsd,
    income_usd: value.incomeUsd,
    fees_usd: value.feesUsd,
    reasons: reasonsToWire(value.reasons),
    own: ownToWire(value.own),
    unpriced: value.unpriced,
    uncosted: value.uncosted,
    unvalued: { ...value.unvalued },
    problems: value.problems,
    is_demo: value.isDemo,
    lot_rule: { ...value.rule },
    lot_rules_by_year: rulesToWire(value.rulesByYear),
    ledger_version: value.ledgerVersion,
    positions: value.positions.map(positionToWire),
  };
}

function ownToWire({ reasons, unvalued, ...own }: OwnSums): z.input<typeof ValueSchema>["own"] {
  return { ...own, reasons: reasonsToWire(reasons), unvalued: { ...unvalued } };
}

function rateToWire({ rate, source, asof, status }: CurrentRate): z.input<typeof RateSchema> {
  return {
    rate,
    source,
    asof: timeOf(asof),
    state: status?.state ?? null,
    flag: status?.flag ?? null,
    drift_bps: status?.driftBps ?? null,
  };
}

function positionToWire(position: Position): z.input<typeof PositionSchema> {
  return {
    asset_id: position.assetId,
    symbol: position.symbol,
    name: position.name,
    quantity: position.quantity,
    accounts: position.accounts.map((one) => ({ ...one })),
    lots: position.lots,
    price: position.price && priceToWire(position.price),
    unpriced: position.unpriced,
    last_known: position.lastKnown && priceToWire(position.lastKnown),
    value: position.value,
    value_usd: position.valueUsd,
    share: position.share,
    change_24h: position.change24h,
    cost_usd: position.costUsd,
    uncosted: position.uncosted,
    unrealized_usd: position.unrealizedUsd,
    unrealized_ratio: position.unrealizedRatio,
    own: {
      cost: position.own.cost,
      uncosted: position.own.uncosted,
      unrealized: position.own.unrealized,
      unrealized_ratio: position.own.ratio,
    },
  };
}

function priceToWire(
  { priceUsd, provenance, freshness }: CurrentPrice,
): z.input<typeof PriceSchema> {
  return {
    price_usd: priceUsd,
    source: provenance.source,
    resolution: provenance.resolution,
    asof: formatUtcMs(provenance.asof),
    derived_from: provenance.derivedFrom,
    freshness,
    is_demo: provenance.isDemo,
  };
}

/** A position as one line of a table. */
export function positionToRow(position: Position, currency: string) {
  const { price } = position;
  return {
    asset_id: position.assetId,
    symbol: position.symbol,
    quantity: position.quantity,
    price_usd: price?.priceUsd ?? null,
    price_source: price?.provenance.source ?? null,
    price_resolution: price?.provenance.resolution ?? null,
    price_asof: price === null ? null : formatUtcMs(price.provenance.asof),
    currency,
    value: position.value,
    value_usd: position.valueUsd,
    share: position.share,
    cost_usd: position.costUsd,
    uncosted: position.uncosted,
    unrealized_usd: position.unrealizedUsd,
    unpriced: position.unpriced,
  };
}
