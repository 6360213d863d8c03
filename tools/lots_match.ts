import { z } from "zod";
import { StartupError } from "@/services/kernel/errors.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import { parseUtcMs, type UtcMs } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { parseDecimal } from "@/services/kernel/decimal.ts";
import { LOT_METHODS, type LotPools } from "@/services/portfolio/portfolio.ts";
import { type LotRow, matchLots } from "@/services/portfolio/lots.ts";
import { ACTIONS } from "@/services/portfolio/transaction.ts";
import { runAsProcess, type Script } from "./cli.ts";
import { readJsonInput } from "./json_input.ts";
import { lotBookJson } from "./lots_json.ts";

const MAX_ROWS = 1_000_000;

/** `wallet` is another word for pools per account. */
const SCOPES = { wallet: "account", account: "account", universal: "universal" } as const;

const Instant = z.string().transform((text, context): UtcMs => {
  const at = parseUtcMs(text);
  if (at !== null) return at;
  context.addIssue({ code: "custom", message: `expected an ISO 8601 date, got "${text}"` });
  return z.NEVER;
});

/** Decimal text, without exponent, of a number or text. */
const Amount = z.union([z.string(), z.number()]).transform((given, context): string => {
  const decimal = parseDecimal(String(given));
  if (decimal !== null) return decimal.toString();
  context.addIssue({ code: "custom", message: `expected a decimal number, got "${given}"` });
  return z.NEVER;
});

const Positive = Amount.refine((text) => Number(text) > 0, "expected a quantity above 0");

const Row = z.object({
  id: z.string().min(1).optional(),
  timestamp: Instant,
  action: z.enum(ACTIONS),
  asset_id: z.string().min(1),
  account: z.string().default(""),
  quantity: Amount,
  unit_price: Amount.nullish(),
  value: Amount.nullish(),
  fee: Amount.nullish(),
  tx_hash: z.string().min(1).nullish(),
  parent_id: z.string().min(1).nullish(),
  lots: z.array(z.object({ id: z.string(), quantity: Positive })).optional(),
}).refine(
  ({ action, quantity }) => action === "FEE" ? Number(quantity) !== 0 : Number(quantity) > 0,
  {
    message: "expected a quantity above 0",
    path: ["quantity"],
  },
);
type Row = z.infer<typeof Row>;

const Input = z.object({
  method: z.string().transform((text) => text.toLowerCase()).pipe(z.enum(LOT_METHODS))
    .default("fifo"),
  scope: z.enum(["wallet", "account", "universal"]).default("wallet"),
  missing_cost: z.enum(["unknown", "zero"]).default("unknown"),
  fees_in_cost: z.boolean().default(true),
  rank_by: z.enum(["unit_cost", "unit_price"]).default("unit_cost"),
  split: z.object({
    decimals: z.number().int().min(0).max(18),
    rounding: z.enum(["down", "half_up"]),
  }).optional(),
  transactions: z.array(Row).max(MAX_ROWS),
});

/** Matches the lots of a ledger on standard input. */
export const LOTS_MATCH: Script = {
  name: "lots:match",
  usage: `[--json] < INPUT

Matches lots. Reads one JSON object from standard input:
  "method": "fifo"        or lifo, hifo, lofo, acb, specid
  "scope": "wallet"       lots per account, or "universal" for one pool of all accounts
  "transactions": [{"timestamp": "2025-01-01T00:00:00Z", "action": "BUY", "asset_id": "bitcoin",
                    "account": "a", "quantity": "1", "unit_price": "40000", "fee": "10"}]
Amounts are decimal text or numbers. "value" is a row's total before its fee, instead of
"unit_price"; "fee" is in the currency of the prices. Also of a row: "id", "tx_hash" (pairs
transfers), "parent_id" (of a FEE) and, by specid, "lots": [{"id": "…", "quantity": "1"}].
Rows of one instant: acquisitions first, then as given. Also of the input:
  "missing_cost": "zero"        all of what was not held is gain; otherwise its gain is unknown
  "fees_in_cost": false         only list fees
  "rank_by": "unit_price"       hifo and lofo compare prices without fees
  "split": {"decimals": 2, "rounding": "half_up"}   round parts of a cost; the last takes the rest
Prints one object: method, scope, lots, disposals, income, fees, realized, problems.

  --json   print JSON, which it does anyway
  --help   show this text`,
  flags: {},
  async main({ io, report }) {
    const input = await readJsonInput(io, Input);
    const rows = toLotRows(input.transactions);
    const picks = picksOf(input.transactions, rows);
    const pools: LotPools = SCOPES[input.scope];
    const book = matchLots(rows, {
      rule: { method: input.method, pools },
      picksOf: (rowId) => picks.get(rowId) ?? [],
      missingCost: input.missing_cost,
      areFeesInCost: input.fees_in_cost,
      rankBy: input.rank_by,
      ...input.split ? { split: input.split } : {},
    });
    const names = new Map(rows.map(({ id }, index) => [id, input.transactions[index]?.id ?? null]));
    const lines = new Map(rows.map(({ id }, index) => [id, index + 1]));
    const { method, scope } = input;
    const outcome = { method, scope, ...lotBookJson(book, { names, lines }) };
    report(outcome, JSON.stringify(outcome));
  },
};

/** Ids that sort in the order given. */
function toLotRows(rows: readonly Row[]): LotRow[] {
  const idOfIndex = (index: number) => String(index + 1).padStart(8, "0") as Uuid;
  const idOfName = new Map<string, Uuid>();
  for (const [index, { id }] of rows.entries()) {
    if (id === undefined) continue;
    if (idOfName.has(id)) throw new StartupError(`Cannot match lots: two rows have the id "${id}"`);
    idOfName.set(id, idOfIndex(index));
  }
  return rows.map((row, index) => ({
    id: idOfIndex(index),
    at: row.timestamp,
    action: row.action,
    assetId: row.asset_id as AssetId,
    quantity: row.action === "FEE" ? `-${row.quantity.replace("-", "")}` : row.quantity,
    unitPriceUsd: row.unit_price ?? null,
    value: row.value ?? null,
    fee: row.fee ?? null,
    account: row.account,
    txHash: row.tx_hash ?? null,
    parentId: row.parent_id ? idOfName.get(row.parent_id) ?? (row.parent_id as Uuid) : null,
  }));
}

function picksOf(rows: readonly Row[], lotRows: readonly LotRow[]) {
  const idOfName = new Map(rows.map(({ id }, index) => [id, lotRows[index]?.id]));
  return new Map(rows.flatMap(({ lots }, index) => {
    const id = lotRows[index]?.id;
    if (!id || !lots) return [];
    const picks = lots.map((lot) => ({
      rowId: idOfName.get(lot.id) ?? (lot.id as Uuid),
      quantity: lot.quantity,
    }));
    return [[id, picks] as const];
  }));
}

if (import.meta.main) await runAsProcess(LOTS_MATCH);
