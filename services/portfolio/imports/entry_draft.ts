import type { AssetId } from "../../market/mod.ts";
import { isCash } from "../cash.ts";
import { QUOTE_COLUMNS } from "../paid_money.ts";
import type { Action, DecimalText } from "../transaction.ts";
import type { AssetFinder } from "./asset_names.ts";
import type { Cells } from "./cells.ts";
import type { EntryFee, LedgerEntry } from "./entry.ts";
import { RowFault } from "./row_fault.ts";
import { absolute, negated, readAmount, readUnsigned, unitPrice } from "./values.ts";

/** What all rows of a file share while they are read. */
export interface Reading {
  readonly assets: AssetFinder;
  /** Money and coins that count as one dollar each. */
  readonly dollars: ReadonlySet<AssetId>;
  /** The account of rows that name none. */
  readonly account: string | null;
}

/** An amount of an asset. */
export interface Amount {
  readonly assetId: AssetId;
  readonly amount: DecimalText;
}

/** An entry of a row: `amount` is what its action moves, above 0; the rest comes from its cells. */
export function entryOf(
  cells: Cells,
  reading: Reading,
  { action, moved, unitPriceUsd = null, account, fee = null, extra = {}, externalId }: {
    action: Action;
    moved: Amount;
    unitPriceUsd?: DecimalText | null;
    account?: string | null;
    fee?: EntryFee | null;
    extra?: Readonly<Record<string, string>>;
    externalId?: string | null;
  },
): LedgerEntry {
  const own = account ?? cells.text("account") ?? reading.account;
  if (own === null) {
    throw new RowFault("missing_value", `${cells.columns.nameOf("account")} is blank`);
  }
  return {
    id: cells.uuid("id"),
    at: cells.at,
    action,
    assetId: moved.assetId,
    quantity: action === "FEE" ? negated(moved.amount) : moved.amount,
    unitPriceUsd,
    account: own,
    wallet: cells.text("wallet"),
    venue: cells.text("venue"),
    txHash: cells.text("tx_hash"),
    externalId: externalId === undefined ? cells.text("external_id") : externalId,
    notes: cells.notes,
    notesExtra: { ...cells.kept, ...extra },
    parentId: null,
    fee,
  };
}

/** The fee that a row names; `null` if it names none, or 0. */
export function feeOf(cells: Cells, { assets }: Reading): EntryFee | null {
  const { columns } = cells;
  const text = cells.text("fee_amount");
  if (text === null) return null;
  const column = columns.nameOf("fee_amount");
  if (columns.layout.amounts_with_asset) {
    const { assetId, amount } = amountWithAsset(text, { column, assets });
    return amount === "0" ? null : { assetId, amount };
  }
  const amount = columns.layout.signed ? absolute(readAmount(text, column)) : readUnsigned(
    text,
    column,
  );
  if (amount === "0") return null;
  const asset = cells.required("fee_asset");
  return { assetId: assets.find(asset, columns.nameOf("fee_asset")), amount };
}

const WITH_ASSET = /^([\d.,]+) ?([A-Za-z][\w.$]*|\d+[A-Z]+)$/;

/** An amount with its asset behind it, as `0.5BTC`. */
export function amountWithAsset(
  text: string,
  { column, assets }: { column: string; assets: AssetFinder },
): Amount {
  const [, amount = "", asset = ""] = WITH_ASSET.exec(text) ?? [];
  if (asset === "") {
    throw new RowFault("bad_number", `${column} "${text}" is no amount with its asset like 0.5BTC`);
  }
  return { assetId: assets.find(asset, column), amount: readUnsigned(amount, column) };
}

/**
 * Dollars for one unit of what was traded for `value`; where that is other money, the row keeps
 * what was traded instead, which is its price by the rate of its time.
 */
export function priceFrom(
  value: Amount | null,
  { quantity, dollars }: { quantity: DecimalText; dollars: ReadonlySet<AssetId> },
): { unitPriceUsd: DecimalText | null; extra: Readonly<Record<string, string>> } {
  if (value === null) return { unitPriceUsd: null, extra: {} };
  if (dollars.has(value.assetId)) {
    return { unitPriceUsd: unitPrice(value.amount, quantity), extra: {} };
  }
  const extra = isCash(value.assetId)
    ? { [QUOTE_COLUMNS.amount]: value.amount, [QUOTE_COLUMNS.asset]: value.assetId }
    : {};
  return { unitPriceUsd: null, extra };
}
