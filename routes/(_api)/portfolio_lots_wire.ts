import { z } from "zod";
import { formatUtcMs } from "../../services/kernel/time.ts";
import {
  ACTIONS,
  type Disposal,
  type FeeEntry,
  type IncomeEntry,
  type Lot,
  LOT_PROBLEM_CODES,
  type LotProblem,
  type RealizedTotal,
} from "../../services/portfolio/mod.ts";
import { Amount, timeOf } from "./portfolio_wire.ts";
import { Instant } from "./schemas.ts";

export const LotSchema = z.object({
  asset_id: z.string(),
  account: z.string(),
  acquired: Instant.nullable().describe("Before any transfer; null where the ledger does not say"),
  quantity: Amount,
  cost_usd: Amount.nullable().describe("Fees included; null where it is not known"),
  unit_cost_usd: Amount.nullable(),
  row_id: z.uuid().describe("The row that brought it"),
  is_in_transit: z.boolean(),
}).meta({ id: "Lot" });

export const DisposalSchema = z.object({
  asset_id: z.string(),
  account: z.string(),
  action: z.enum(ACTIONS),
  acquired: Instant.nullable(),
  disposed: Instant,
  quantity: Amount,
  cost_usd: Amount.nullable(),
  proceeds_usd: Amount.nullable(),
  gain_usd: Amount.nullable(),
  days_held: z.int().nullable(),
  term: z.enum(["short", "long"]).nullable(),
  is_complete: z.boolean().describe("Whether cost, date and proceeds are all known"),
  row_id: z.uuid(),
  lot_row_id: z.uuid().nullable().describe("The row that acquired it; null of what was not held"),
}).meta({ id: "Disposal" });

export const IncomeSchema = z.object({
  asset_id: z.string(),
  account: z.string(),
  action: z.enum(ACTIONS),
  timestamp: Instant,
  quantity: Amount,
  value_usd: Amount.nullable().describe("When it came"),
  row_id: z.uuid(),
}).meta({ id: "Income" });

export const FeeSchema = z.object({
  asset_id: z.string().nullable().describe("What it was paid in; null for dollars"),
  account: z.string(),
  timestamp: Instant,
  quantity: Amount,
  value_usd: Amount.nullable(),
  applied_to: z.enum(["cost", "proceeds", "none"]),
  row_id: z.uuid(),
}).meta({ id: "Fee" });

export const ProblemSchema = z.object({
  code: z.enum(LOT_PROBLEM_CODES),
  asset_id: z.string(),
  account: z.string(),
  timestamp: Instant,
  quantity: Amount,
  message: z.string(),
  fix: z.string().describe("What would fix it"),
  row_id: z.uuid(),
}).meta({ id: "LotProblem" });

export const RealizedSchema = z.object({
  year: z.int(),
  asset_id: z.string(),
  proceeds_usd: Amount.nullable().describe(
    "As the sums below: of the disposals of which it is known, null where it is known of none",
  ),
  cost_usd: Amount.nullable(),
  gain_usd: Amount.nullable(),
  short_term_gain_usd: Amount.nullable(),
  long_term_gain_usd: Amount.nullable(),
  incomplete: z.int().describe("Disposals whose cost, date or proceeds are not known"),
}).meta({ id: "RealizedTotal" });

export function lotToWire(lot: Lot): z.input<typeof LotSchema> {
  return {
    asset_id: lot.assetId,
    account: lot.account,
    acquired: timeOf(lot.acquired),
    quantity: lot.quantity,
    cost_usd: lot.cost,
    unit_cost_usd: lot.unitCost,
    row_id: lot.rowId,
    is_in_transit: lot.isInTransit,
  };
}

export function disposalToWire(one: Disposal): z.input<typeof DisposalSchema> {
  return {
    asset_id: one.assetId,
    account: one.account,
    action: one.action,
    acquired: timeOf(one.acquired),
    disposed: formatUtcMs(one.disposed),
    quantity: one.quantity,
    cost_usd: one.cost,
    proceeds_usd: one.proceeds,
    gain_usd: one.gain,
    days_held: one.daysHeld,
    term: one.term,
    is_complete: one.isComplete,
    row_id: one.rowId,
    lot_row_id: one.lotRowId,
  };
}

export function incomeToWire(one: IncomeEntry): z.input<typeof IncomeSchema> {
  return {
    asset_id: one.assetId,
    account: one.account,
    action: one.action,
    timestamp: formatUtcMs(one.at),
    quantity: one.quantity,
    value_usd: one.value,
    row_id: one.rowId,
  };
}

export function feeToWire(one: FeeEntry): z.input<typeof FeeSchema> {
  return {
    asset_id: one.assetId,
    account: one.account,
    timestamp: formatUtcMs(one.at),
    quantity: one.quantity,
    value_usd: one.value,
    applied_to: one.appliedTo,
    row_id: one.rowId,
  };
}

export function problemToWire(one: LotProblem): z.input<typeof ProblemSchema> {
  return {
    code: one.code,
    asset_id: one.assetId,
    account: one.account,
    timestamp: formatUtcMs(one.at),
    quantity: one.quantity,
    message: one.message,
    fix: one.fix,
    row_id: one.rowId,
  };
}

export function realizedToWire(one: RealizedTotal): z.input<typeof RealizedSchema> {
  return {
    year: one.year,
    asset_id: one.assetId,
    proceeds_usd: one.proceeds,
    cost_usd: one.cost,
    gain_usd: one.gain,
    short_term_gain_usd: one.shortTermGain,
    long_term_gain_usd: one.longTermGain,
    incomplete: one.incomplete,
  };
}
