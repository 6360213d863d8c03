import { feeId, type LedgerEntry, rowsOf } from "../imports/entry.ts";
import { negated } from "../imports/values.ts";
import type { Transaction } from "../transaction.ts";
import { formatUtcMs } from "../../kernel/time.ts";
import type { FieldChange } from "./ledger_ports.ts";

/** The columns of Transactions CSV v1.1 besides the id, in the order of the format. */
export const VALUE_COLUMNS = [
  ...["timestamp", "action", "asset_id", "quantity", "unit_price_usd", "fee_asset", "fee_amount"],
  ...["account", "wallet", "venue", "tx_hash", "external_id", "notes"],
] as const;
type ValueColumn = typeof VALUE_COLUMNS[number];

/** A row and its fee by the columns of the format; `null` where it says nothing. */
export function valuesOf(
  row: Transaction,
  fee: Transaction | null,
): Readonly<Record<ValueColumn, string | null>> {
  return {
    timestamp: formatUtcMs(row.at),
    action: row.action,
    asset_id: row.assetId,
    quantity: row.quantity,
    unit_price_usd: row.unitPriceUsd,
    fee_asset: fee?.assetId ?? null,
    fee_amount: fee === null ? null : negated(fee.quantity),
    account: row.account,
    wallet: row.wallet,
    venue: row.venue,
    tx_hash: row.txHash,
    external_id: row.externalId,
    notes: row.notes,
  };
}

/** What an entry would change of a row and its fee, column by column. */
export function changesOf(
  before: { readonly row: Transaction; readonly fee: Transaction | null },
  entry: LedgerEntry,
): readonly FieldChange[] {
  const [row, fee = null] = rowsOf(entry, before.row.id);
  if (row === undefined) return [];
  const [old, now] = [valuesOf(before.row, before.fee), valuesOf(row, fee)];
  const extras = [
    ...new Set([...Object.keys(before.row.notesExtra), ...Object.keys(row.notesExtra)]),
  ];
  const extraOf = ({ notesExtra }: Transaction, name: string) =>
    Object.hasOwn(notesExtra, name) ? notesExtra[name] ?? null : null;
  return [
    ...VALUE_COLUMNS.map((name) => ({ field: name, before: old[name], after: now[name] })),
    ...extras.map((name) => ({
      field: name,
      before: extraOf(before.row, name),
      after: extraOf(row, name),
    })),
    { field: "parent_id", before: before.row.parentId, after: row.parentId },
  ].filter((change) => change.before !== change.after);
}

/** Whether a row is what becomes of another row's fee column, and nothing more. */
export function isPlainFee(fee: Transaction, parent: Transaction): boolean {
  return fee.id === feeId(parent.id) && fee.parentId === parent.id && fee.action === "FEE" &&
    fee.at === parent.at && fee.account === parent.account && fee.wallet === parent.wallet &&
    fee.venue === parent.venue && fee.txHash === parent.txHash && fee.externalId === null &&
    fee.unitPriceUsd === null && fee.notes === null && Object.keys(fee.notesExtra).length === 0;
}
