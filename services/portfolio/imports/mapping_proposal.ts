import { columnKey } from "./cells.ts";
import type { Field } from "./mapping.ts";

/** What columns are often called, the surest name first. */
const USUAL_NAMES: readonly (readonly [Field, readonly string[]])[] = [
  ["id", ["id", "uuid"]],
  ["timestamp", ["timestamp", "date", "time", "datetime", "date (utc)", "utc_time", "created at"]],
  ["action", ["action", "type", "transaction type", "operation", "side", "kind"]],
  ["asset_id", ["asset_id", "asset", "coin", "symbol", "currency", "ticker", "base"]],
  ["quantity", ["quantity", "amount", "qty", "size", "volume", "units", "change"]],
  ["unit_price_usd", ["unit_price_usd", "price", "unit price", "rate", "price usd"]],
  ["fee_amount", ["fee_amount", "fee", "fees", "commission", "fee amount"]],
  ["fee_asset", ["fee_asset", "fee coin", "fee currency", "commission asset"]],
  ["account", ["account", "exchange", "platform", "wallet name"]],
  ["wallet", ["wallet", "address"]],
  ["venue", ["venue", "market"]],
  ["tx_hash", ["tx_hash", "txhash", "hash", "transaction hash", "tx id", "txid"]],
  ["external_id", ["external_id", "order id", "trade id", "reference", "refid"]],
  ["notes", ["notes", "note", "comment", "description", "remark"]],
];

/** For a file of unknown columns, which of them may stand for which field; each at most once. */
export function proposeColumns(
  header: readonly string[],
): Readonly<Partial<Record<Field, string>>> {
  const free = new Map(header.map((name) => [columnKey(name), name]));
  const proposal: Partial<Record<Field, string>> = {};
  for (const [field, names] of USUAL_NAMES) {
    const key = names.find((name) => free.has(name));
    if (key === undefined) continue;
    proposal[field] = free.get(key) ?? key;
    free.delete(key);
  }
  return proposal;
}
