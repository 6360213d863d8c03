import { isCash } from "../cash.ts";
import { QUOTE_COLUMNS } from "../paid_money.ts";
import type { DecimalText } from "../transaction.ts";
import type { Cells } from "./cells.ts";
import { type Amount, entryOf, feeOf, priceFrom, type Reading } from "./entry_draft.ts";
import type { LedgerEntry } from "./entry.ts";
import { IgnoredRow, RowFault } from "./row_fault.ts";
import {
  absolute,
  isNegative,
  productOf,
  readAmount,
  readPositive,
  readUnsigned,
  unitPrice,
} from "./values.ts";

/** Entries of a row that has an action of its own. */
export function readRow(cells: Cells, reading: Reading): readonly LedgerEntry[] {
  const { rule, columns } = cells;
  if (rule === "ignore") {
    throw new IgnoredRow(`${cells.text("action")} moves nothing of the ledger`);
  }
  if (rule === "cash_fee") return [readCashFee(cells, reading)];
  const column = columns.nameOf("quantity");
  const text = cells.required("quantity");
  const isIn = !isNegative(readAmount(text, column));
  const action = rule === "convert"
    ? "SELL"
    : typeof rule === "string"
    ? rule
    : isIn
    ? rule.in
    : rule.out;
  const isSigned = columns.layout.signed || action === "FEE" || typeof rule !== "string";
  const amount = readPositive(isSigned ? absolute(readAmount(text, column)) : text, column);
  const name = cells.required("asset_id");
  const assetColumn = columns.nameOf("asset_id");
  const assetId = action === "FEE"
    ? reading.assets.find(name, assetColumn)
    : reading.assets.findHeld(name, assetColumn);
  const moved = { assetId, amount };
  if (rule === "convert") return readConversion(cells, reading, moved);
  const fee = action === "FEE" ? noFee(cells, reading) : feeOf(cells, reading);
  const entry = entryOf(cells, reading, { action, moved, ...readPrice(cells, reading), fee });
  return [action === "FEE" ? { ...entry, parentId: cells.uuid("parent_id") } : entry];
}

function noFee(cells: Cells, reading: Reading): null {
  if (feeOf(cells, reading) === null) return null;
  throw new RowFault("bad_number", `${cells.columns.nameOf("fee_amount")} stands on a fee itself`);
}

/** The price in dollars; one in another money is kept beside the row instead. */
function readPrice(
  cells: Cells,
  { assets, dollars }: Reading,
): { unitPriceUsd: DecimalText | null; extra: Readonly<Record<string, string>> } {
  const own = cells.text("unit_price_usd");
  if (own !== null) {
    return { unitPriceUsd: readUnsigned(own, cells.columns.nameOf("unit_price_usd")), extra: {} };
  }
  const text = cells.text("unit_price");
  if (text === null) return { unitPriceUsd: null, extra: {} };
  const amount = readUnsigned(text, cells.columns.nameOf("unit_price"));
  const assetId = assets.find(cells.required("price_asset"), cells.columns.nameOf("price_asset"));
  if (dollars.has(assetId)) return { unitPriceUsd: amount, extra: {} };
  const extra = { [QUOTE_COLUMNS.unitPrice]: amount, [QUOTE_COLUMNS.asset]: assetId };
  return { unitPriceUsd: null, extra };
}

/** A fee in money alone, as trackers book it. */
function readCashFee(cells: Cells, reading: Reading): LedgerEntry {
  const fee = feeOf(cells, reading);
  if (fee === null) throw new IgnoredRow("a fee of 0 changes nothing");
  return entryOf(cells, reading, { action: "FEE", moved: fee });
}

const CONVERTED = /^Converted ([\d.,]+) (\S+) to ([\d.,]+) (\S+)$/i;

/** An exchange of which the notes tell the other half, as `Converted 0.1 ETH to 250 USDC`. */
function readConversion(cells: Cells, reading: Reading, sold: Amount): readonly LedgerEntry[] {
  const { assets, dollars } = reading;
  const notes = (cells.notes ?? "").trim();
  const [, , from = "", text = "", to = ""] = CONVERTED.exec(notes) ?? [];
  if (to === "") {
    throw new RowFault(
      "missing_value",
      'notes do not tell what was received: expected "Converted 0.1 ETH to 250 USDC"',
    );
  }
  const received = { assetId: assets.find(to, "notes"), amount: readPositive(text, "notes") };
  if (received.assetId === sold.assetId && assets.find(from, "notes") !== sold.assetId) {
    throw new IgnoredRow("the row of what was converted tells this half too");
  }
  const own = readPrice(cells, reading);
  const unitPriceUsd = own.unitPriceUsd ??
    priceFrom(received, { quantity: sold.amount, dollars }).unitPriceUsd;
  const fee = feeOf(cells, reading);
  const { extra } = own;
  const sale = entryOf(cells, reading, { action: "SELL", moved: sold, unitPriceUsd, extra, fee });
  if (isCash(received.assetId)) return [sale];
  const externalId = sale.externalId === null ? null : `${sale.externalId}:received`;
  const value = unitPriceUsd === null ? null : productOf(unitPriceUsd, sold.amount);
  const bought = entryOf(cells, reading, {
    action: "BUY",
    moved: received,
    unitPriceUsd: value === null ? null : unitPrice(value, received.amount),
    externalId,
  });
  return [sale, { ...bought, id: null }];
}
