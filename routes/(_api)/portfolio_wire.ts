import { z } from "zod";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import {
  ACTIONS,
  BASE_CURRENCIES,
  type EnteredRow,
  type LedgerImport,
  type LedgerRow,
  LOT_METHODS,
  LOT_POOLS,
  type LotRule,
  type Portfolio,
} from "../../services/portfolio/mod.ts";
import { Instant } from "./schemas.ts";

/** Money and quantities are text: no float rounds them. */
export const Amount = z.string().meta({
  id: "Decimal",
  description: "A plain decimal number as text, exact",
  examples: ["0.5"],
});

export const LotRuleSchema = z.strictObject({
  method: z.enum(LOT_METHODS).describe("Which lots a disposal takes first; acb is average cost"),
  pools: z.enum(LOT_POOLS).describe("Lots of its own account alone, or of all accounts"),
}).meta({ id: "LotRule" });

export const PortfolioSchema = z.object({
  portfolio_id: z.uuid(),
  name: z.string(),
  base_currency: z.enum(BASE_CURRENCIES),
  lot_rule: LotRuleSchema,
  lot_rules_by_year: z.record(z.string(), LotRuleSchema).describe("Tax years with another rule"),
  created_at: Instant,
  deleted_at: Instant.nullable(),
  ledger_version: z.int().describe("Grows with each change of the ledger"),
}).meta({ id: "Portfolio" });

export const TransactionSchema = z.object({
  id: z.uuid(),
  timestamp: Instant,
  action: z.enum(ACTIONS),
  asset_id: z.string(),
  quantity: Amount,
  unit_price_usd: Amount.nullable(),
  account: z.string(),
  wallet: z.string().nullable(),
  venue: z.string().nullable(),
  tx_hash: z.string().nullable(),
  external_id: z.string().nullable(),
  notes: z.string().nullable(),
  notes_extra: z.record(z.string(), z.string()),
  parent_id: z.uuid().nullable().describe("Of a FEE: the row that it was paid for"),
  import_id: z.uuid().nullable().describe("null of a row that was entered by hand"),
  line: z.int().nullable().describe("Where it stands in its file"),
}).meta({ id: "Transaction" });

export const LedgerImportSchema = z.object({
  import_id: z.uuid(),
  state: z.enum(["committed", "refused", "undone"]),
  file_name: z.string(),
  format: z.string(),
  checksum: z.string().describe("sha-256 of the file"),
  read: z.int().describe("accepted + duplicate + quarantined + ignored"),
  accepted: z.int(),
  updated: z.int().describe("Of the accepted: those that changed a row"),
  duplicate: z.int(),
  quarantined: z.int(),
  ignored: z.int(),
  started_at: Instant,
  finished_at: Instant,
}).meta({ id: "LedgerImport" });

const ListedRow = z.object({
  line: z.int(),
  code: z.string(),
  reason: z.string(),
  candidates: z.array(z.string()),
  row: z.string().describe("As it was received, cut where it is long"),
});

export const ImportReportSchema = z.object({
  state: z.enum(["committed", "refused", "preview"]),
  import_id: z.uuid().nullable(),
  file_name: z.string(),
  format: z.string(),
  layout: z.string(),
  read: z.int().describe("accepted + duplicate + quarantined + ignored"),
  accepted: z.int(),
  inserted: z.int(),
  updated: z.int(),
  duplicate: z.int(),
  quarantined: z.int(),
  ignored: z.int(),
  changes: z.array(z.object({
    line: z.int(),
    id: z.uuid(),
    fields: z.array(z.object({
      field: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    })),
  })).describe("The first of the rows that change one of the ledger"),
  rejected: z.array(ListedRow).describe("The first of the quarantined rows"),
  skipped: z.array(ListedRow).describe("The first of the ignored rows"),
  first: z.array(z.object({
    line: z.int(),
    verdict: z.enum(["inserted", "updated", "duplicate"]),
    timestamp: Instant,
    action: z.enum(ACTIONS),
    asset_id: z.string(),
    quantity: Amount,
    unit_price_usd: Amount.nullable(),
    unit_price: Amount.nullable().describe("In the money of price_asset, where it is no dollar"),
    price_asset: z.string().nullable(),
    fee_asset: z.string().nullable(),
    fee_amount: Amount.nullable(),
    account: z.string(),
  })).describe("The first of the other rows, as they are read"),
  changed_from: Instant.nullable(),
  ledger_version: z.int(),
}).meta({ id: "LedgerImportReport" });

export const LedgerChangeSchema = z.object({
  changed_from: Instant.nullable().describe("The earliest instant at which something changed"),
  ledger_version: z.int(),
}).meta({ id: "LedgerChange" });

export function portfolioToWire(portfolio: Portfolio): z.input<typeof PortfolioSchema> {
  return {
    portfolio_id: portfolio.id,
    name: portfolio.name,
    base_currency: portfolio.baseCurrency,
    lot_rule: { ...portfolio.rule },
    lot_rules_by_year: rulesToWire(portfolio.rulesByYear),
    created_at: formatUtcMs(portfolio.createdAt),
    deleted_at: timeOf(portfolio.deletedAt),
    ledger_version: portfolio.ledgerVersion,
  };
}

export function rulesToWire(
  rules: Readonly<Record<number, LotRule>>,
): Record<string, z.input<typeof LotRuleSchema>> {
  return Object.fromEntries(Object.entries(rules).map(([year, rule]) => [year, { ...rule }]));
}

export function transactionToWire(row: LedgerRow): z.input<typeof TransactionSchema> {
  return {
    id: row.id,
    timestamp: formatUtcMs(row.at),
    action: row.action,
    asset_id: row.assetId,
    quantity: row.quantity,
    unit_price_usd: row.unitPriceUsd,
    account: row.account,
    wallet: row.wallet,
    venue: row.venue,
    tx_hash: row.txHash,
    external_id: row.externalId,
    notes: row.notes,
    notes_extra: { ...row.notesExtra },
    parent_id: row.parentId,
    import_id: row.importId,
    line: row.line,
  };
}

export const Entered = z.object({
  transaction: TransactionSchema,
  fee: TransactionSchema.nullable().describe("The row that its fee became"),
}).meta({ id: "EnteredTransaction" });

export function enteredToWire({ row, fee }: EnteredRow): z.input<typeof Entered> {
  return { transaction: transactionToWire(row), fee: fee && transactionToWire(fee) };
}

export function importToWire(one: LedgerImport): z.input<typeof LedgerImportSchema> {
  return {
    import_id: one.importId,
    state: one.state,
    file_name: one.fileName,
    format: one.format,
    checksum: one.checksum,
    read: one.read,
    accepted: one.accepted,
    updated: one.updated,
    duplicate: one.duplicate,
    quarantined: one.quarantined,
    ignored: one.ignored,
    started_at: formatUtcMs(one.startedAt),
    finished_at: formatUtcMs(one.finishedAt),
  };
}

/** An instant as the API writes it. */
export function timeOf(at: UtcMs | null): string | null {
  return at === null ? null : formatUtcMs(at);
}
