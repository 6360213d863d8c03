import type { AppError } from "../../../services/kernel/errors.ts";
import { isoInstant } from "../../../components/format/time.ts";
import {
  type BaseCurrency,
  cashIdOf,
  type EnteredRow,
  type EntryValues,
  paidMoneyOf,
  paidUnitPrice,
} from "../../../services/portfolio/mod.ts";
import { textOf } from "../../forms.ts";

/** What a form asks for: columns of Transactions CSV v1.1, and what the price is in. */
export const ENTRY_FIELDS = [
  ...["action", "asset_id", "timestamp", "quantity", "unit_price", "price_asset"],
  ...["fee_amount", "fee_asset", "account", "wallet", "venue", "tx_hash", "external_id", "notes"],
] as const;
export type EntryField =
  | "action"
  | "asset_id"
  | "timestamp"
  | "quantity"
  | "unit_price"
  | "price_asset"
  | "fee_amount"
  | "fee_asset"
  | "account"
  | "wallet"
  | "venue"
  | "tx_hash"
  | "external_id"
  | "notes";
export type EntryFields = Readonly<Partial<Record<EntryField, string>>>;

/** What a form was filled with. */
export function readEntryFields(form: FormData): EntryFields {
  return Object.fromEntries(ENTRY_FIELDS.map((name) => [name, textOf(form, name)]));
}

/** The fields as the ledger reads them: what is left blank is taken away. */
export function entryValues(fields: EntryFields): EntryValues {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value === "" ? null : value]),
  );
}

/** A row of the ledger and its fee as the fields of its form. */
export function fieldsOfRow({ row, fee }: EnteredRow): EntryFields {
  const paid = paidMoneyOf(row);
  return {
    action: row.action,
    asset_id: row.assetId,
    timestamp: isoInstant(row.at).replace(/(\.000)?Z$/, ""),
    quantity: row.quantity.replace(/^-/, ""),
    unit_price: paid === null ? row.unitPriceUsd ?? "" : paidUnitPrice(paid, row.quantity),
    price_asset: (paid?.cashId ?? "usd").toUpperCase(),
    fee_amount: fee?.quantity.replace(/^-/, "") ?? "",
    fee_asset: fee?.assetId ?? "",
    account: row.account,
    wallet: row.wallet ?? "",
    venue: row.venue ?? "",
    tx_hash: row.txHash ?? "",
    external_id: row.externalId ?? "",
    notes: row.notes ?? "",
  };
}

/** What prices of a new row are in: the portfolio's currency where that is money. */
export function priceAssetOf(currency: BaseCurrency): string {
  return cashIdOf(currency) === null ? "USD" : currency;
}

/** Why a row was not entered, and which field to look at. */
export interface EntryRefusal {
  readonly message: string;
  readonly field: EntryField | null;
  /** Assets that may be meant. */
  readonly candidates: readonly string[];
}

const FIELDS_BY_CODE: Readonly<Record<string, EntryField>> = {
  bad_time: "timestamp",
  unknown_action: "action",
  bad_number: "quantity",
  unknown_asset: "asset_id",
  ambiguous_asset: "asset_id",
  conflicting_row: "tx_hash",
  unknown_money: "price_asset",
};

export function entryRefusal({ message, details }: AppError): EntryRefusal {
  const { reason, candidates } = details ?? {};
  return {
    message,
    field: typeof reason === "string" ? FIELDS_BY_CODE[reason] ?? null : null,
    candidates: Array.isArray(candidates)
      ? candidates.filter((one) => typeof one === "string")
      : [],
  };
}
