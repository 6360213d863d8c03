import { formatUtcMs } from "../../kernel/time.ts";
import type { JsonValue } from "../../ports/jobs.ts";
import type { LedgerEntry } from "../imports/entry.ts";
import { paidMoneyOf, paidUnitPrice } from "../paid_money.ts";
import type { LedgerImportReport } from "./import_service.ts";

/** What became of a file, as the API and the result of its job tell it. */
export function reportToJson(report: LedgerImportReport): JsonValue & object {
  const rowOf = (row: LedgerImportReport["rejected"][number]) => ({
    line: row.line,
    code: row.code,
    reason: row.reason,
    candidates: [...row.candidates],
    row: row.text,
  });
  return {
    state: report.state,
    import_id: report.importId,
    file_name: report.fileName,
    format: report.format,
    layout: report.layout,
    read: report.read,
    accepted: report.accepted,
    inserted: report.inserted,
    updated: report.updated,
    duplicate: report.duplicate,
    quarantined: report.quarantined,
    ignored: report.ignored,
    changes: report.changes.map(({ line, id, changes }) => ({
      line,
      id,
      fields: changes.map(({ field, before, after }) => ({ field, before, after })),
    })),
    rejected: report.rejected.map(rowOf),
    skipped: report.skipped.map(rowOf),
    first: report.first.map(({ line, verdict, entry }) => ({
      ...{ line, verdict },
      timestamp: formatUtcMs(entry.at),
      action: entry.action,
      asset_id: entry.assetId,
      quantity: entry.quantity,
      unit_price_usd: entry.unitPriceUsd,
      ...paidPrice(entry),
      fee_asset: entry.fee?.assetId ?? null,
      fee_amount: entry.fee?.amount ?? null,
      account: entry.account,
    })),
    changed_from: report.changedFrom === null ? null : formatUtcMs(report.changedFrom),
    ledger_version: report.ledgerVersion,
  };
}

/** What one unit was traded for in other money than dollars, and which. */
function paidPrice(entry: LedgerEntry) {
  const paid = paidMoneyOf(entry);
  return paid === null
    ? { unit_price: null, price_asset: null }
    : { unit_price: paidUnitPrice(paid, entry.quantity), price_asset: paid.cashId };
}
