import { isCash } from "../cash.ts";
import type { Action } from "../transaction.ts";
import type { Cells } from "./cells.ts";
import {
  type Amount,
  amountWithAsset,
  entryOf,
  feeOf,
  priceFrom,
  type Reading,
} from "./entry_draft.ts";
import type { LedgerEntry } from "./entry.ts";
import { IgnoredRow, RowFault, shown } from "./row_fault.ts";
import { absolute, readAmount } from "./values.ts";

/** Entries of a row that tells what was sent and what was received, one of them or both. */
export function readExchange(cells: Cells, reading: Reading): readonly LedgerEntry[] {
  const [sent, received] = sides(cells, reading);
  if (sent !== null && received !== null) {
    if (sent.assetId === received.assetId) return moveBetween(cells, reading, { sent, received });
    return trade(cells, reading, { sent, received });
  }
  const moved = sent ?? received;
  if (moved === null) throw new RowFault("missing_value", "tells neither sent nor received");
  const { rule } = cells;
  if (typeof rule === "string") throw new IgnoredRow("moves nothing of the ledger");
  const action = sent === null ? rule.in : rule.out;
  if (isCash(moved.assetId) && action !== "FEE") {
    throw new IgnoredRow("moves money alone: the ledger holds assets");
  }
  const { dollars } = reading;
  const value = valueOf(cells, reading);
  const fee = action === "FEE" ? null : feeOf(cells, reading);
  const account = cells.text(sent === null ? "received_account" : "sent_account");
  const price = priceFrom(value, { quantity: moved.amount, dollars });
  return [entryOf(cells, reading, { action, moved, account, fee, ...price })];
}

/** What was sent and what was received; a side of `SELL` swaps the two. */
function sides(cells: Cells, reading: Reading): readonly [Amount | null, Amount | null] {
  const sent = amountOf(cells, reading, "sent");
  const received = amountOf(cells, reading, "received");
  const side = cells.text("side")?.toLowerCase();
  if (side === undefined || side === "buy") return [sent, received];
  if (side === "sell") return [received, sent];
  throw new RowFault(
    "unknown_action",
    `${cells.columns.nameOf("side")} ${shown(side)} is unknown: expected BUY or SELL`,
  );
}

function amountOf(
  cells: Cells,
  { assets }: Reading,
  direction: "sent" | "received",
): Amount | null {
  const field = `${direction}_amount` as const;
  const text = cells.text(field);
  if (text === null) return null;
  const column = cells.columns.nameOf(field);
  if (cells.columns.layout.amounts_with_asset) return amountWithAsset(text, { column, assets });
  const amount = absolute(readAmount(text, column));
  if (amount === "0") return null;
  const asset = `${direction}_asset` as const;
  return { assetId: assets.find(cells.required(asset), cells.columns.nameOf(asset)), amount };
}

/** What the whole row was worth, as far as it says. */
function valueOf(cells: Cells, { assets }: Reading): Amount | null {
  const text = cells.text("value_amount");
  const asset = cells.text("value_asset");
  if (text === null || asset === null) return null;
  const amount = absolute(readAmount(text, cells.columns.nameOf("value_amount")));
  return { assetId: assets.find(asset, cells.columns.nameOf("value_asset")), amount };
}

/** A sale and a purchase; of one with money, the other half alone. */
function trade(
  cells: Cells,
  reading: Reading,
  { sent, received }: { sent: Amount; received: Amount },
): readonly LedgerEntry[] {
  if (isCash(sent.assetId) && isCash(received.assetId)) {
    throw new IgnoredRow("changes money into money: the ledger holds assets");
  }
  const { dollars } = reading;
  const stated = valueOf(cells, reading);
  const half = (action: Action, moved: Amount, other: Amount): LedgerEntry => {
    // What was paid is the price; what the exporter thinks it was worth, only if that is no dollar.
    const value = [other, moved, stated].find((one) => one !== null && dollars.has(one.assetId));
    const price = priceFrom(value ?? other, { quantity: moved.amount, dollars });
    const account = cells.text(action === "SELL" ? "sent_account" : "received_account");
    return entryOf(cells, reading, { action, moved, account, ...price });
  };
  const halves = [
    ...isCash(sent.assetId) ? [] : [half("SELL", sent, received)],
    ...isCash(received.assetId) ? [] : [half("BUY", received, sent)],
  ];
  const fee = feeOf(cells, reading);
  // The fee belongs to what was bought, whose cost it raises; of a sale for money, to the sale.
  return halves.map((entry, at) => {
    const isLast = at === halves.length - 1;
    const id = at === 0 ? entry.id : null;
    const externalId = at === 0 || entry.externalId === null
      ? entry.externalId
      : `${entry.externalId}:received`;
    return { ...entry, id, externalId, fee: isLast ? fee : null };
  });
}

/** Units that moved between two accounts of the same person. */
function moveBetween(
  cells: Cells,
  reading: Reading,
  { sent, received }: { sent: Amount; received: Amount },
): readonly LedgerEntry[] {
  const out = entryOf(cells, reading, {
    action: "TRANSFER_OUT",
    moved: sent,
    account: cells.text("sent_account"),
    fee: feeOf(cells, reading),
  });
  const externalId = out.externalId === null ? null : `${out.externalId}:received`;
  const into = entryOf(cells, reading, {
    action: "TRANSFER_IN",
    moved: received,
    account: cells.text("received_account"),
    externalId,
  });
  return [out, { ...into, id: null }];
}
