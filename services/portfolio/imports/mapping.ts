import { z } from "zod";
import { AppError } from "../../kernel/errors.ts";
import { ACTIONS } from "../transaction.ts";

/** What a column of a file can stand for. */
export const FIELDS = [
  ...["id", "timestamp", "action", "asset_id", "quantity", "unit_price_usd"],
  ...["fee_asset", "fee_amount", "account", "wallet", "venue", "tx_hash", "external_id", "notes"],
  // Of one export or another:
  ...["parent_id", "unit_price", "price_asset", "group", "amount", "subtype", "side"],
  ...["sent_amount", "sent_asset", "sent_account"],
  ...["received_amount", "received_asset", "received_account", "value_amount", "value_asset"],
  // Of our own export: JSON of the columns that it has no room for.
  ...["notes_extra"],
] as const;
export type Field = typeof FIELDS[number];

/** The fields without which the rows of a shape mean nothing. */
const NEEDED: Readonly<Record<string, readonly Field[]>> = {
  rows: ["timestamp", "action", "asset_id", "quantity"],
  movements: ["timestamp", "action", "asset_id", "amount"],
  exchanges: ["timestamp", "sent_amount", "received_amount"],
};

/** The exporters whose mappings stand in `registry/imports`, by the names of their files. */
export const EXPORTERS = ["binance", "coinbase", "kraken", "koinly", "ghostfolio"] as const;

const ActionName = z.enum(ACTIONS);

/**
 * What a word in the action's column means: an action; one for what comes in and one for what goes
 * out; `ignore`; `cash_fee`, a fee in money alone; `convert`, an exchange that the notes tell.
 */
const Rule = z.union([
  ActionName,
  z.enum(["ignore", "cash_fee", "convert"]),
  z.strictObject({ in: ActionName, out: ActionName }),
]);
export type Rule = z.infer<typeof Rule>;

const Names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .transform((names) => typeof names === "string" ? [names] : names);

const Layout = z.strictObject({
  name: z.string().min(1),
  /** Columns that tell this layout from all others, whatever their order. */
  header: z.array(z.string().min(1)).min(1),
  /**
   * `rows`: an action each. `movements`: a signed change of one balance each; those with the same
   * `group` that follow each other are one trade. `exchanges`: what was sent and what was received.
   */
  shape: z.enum(["rows", "movements", "exchanges"]),
  columns: z.partialRecord(z.enum(FIELDS), Names),
  /** By the action's word, in lower case; `subtype` first, as `earn/reward`. */
  actions: z.record(z.string(), Rule),
  /** What a field is where its column is absent or blank. */
  defaults: z.partialRecord(z.enum(FIELDS), z.string()).default({}),
  /** Columns kept beside the row; `*` keeps all that no field reads. */
  keep: z.union([z.literal("*"), z.array(z.string())]).default([]),
  /** A row whose field is blank is not settled yet: it is ignored. */
  ignore_without: z.enum(FIELDS).optional(),
  /** Amounts of what goes out may be negative; their sign is not asked. */
  signed: z.boolean().default(false),
  /** Amounts carry their asset behind them, as `0.5BTC`. */
  amounts_with_asset: z.boolean().default(false),
}).superRefine(({ shape, columns, defaults }, context) => {
  const missing = (NEEDED[shape] ?? []).filter((field) => !columns[field] && !defaults[field]);
  if (missing.length === 0) return;
  context.addIssue({ code: "custom", message: `lacks columns for ${missing.join(", ")}` });
});
export type Layout = z.infer<typeof Layout>;

const Mapping = z.strictObject({
  format: z.string().regex(/^[a-z0-9_.-]{1,40}$/),
  label: z.string().min(1),
  /** The exporter's own names of assets, and what they are called elsewhere. */
  assets: z.record(z.string(), z.string()).default({}),
  asset_suffixes: z.array(z.string().min(1)).default([]),
  asset_pairs: z.boolean().default(false),
  /** Coins that count as the dollar that they stand for, as prices of what is traded for them. */
  dollars: z.array(z.string()).default([]),
  layouts: z.array(Layout).min(1),
  /** Files of the exporter that are no ledger, by their header, and what to export instead. */
  refused: z.array(z.strictObject({ header: z.array(z.string()).min(1), advice: z.string() }))
    .default([]),
});
export type Mapping = z.infer<typeof Mapping>;

/** Reads a mapping from its JSON; throws `VALIDATION_FAILED` with everything that is wrong. */
export function parseMapping(json: unknown, name: string): Mapping {
  const parsed = Mapping.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) =>
    `${path.length > 0 ? path.join(".") : "it"}: ${message}`
  );
  throw new AppError("VALIDATION_FAILED", `Cannot read mapping "${name}": ${issues.join("; ")}`, {
    details: { issues },
  });
}

/**
 * The columns of Transactions CSV v1.1, the one that ties a fee to its row, and the one that holds
 * further columns.
 */
export const OWN_FIELDS: readonly Field[] = [
  ...["id", "timestamp", "action", "asset_id", "quantity", "unit_price_usd"] as const,
  ...["fee_asset", "fee_amount", "account", "wallet", "venue", "tx_hash", "external_id"] as const,
  ...["notes", "parent_id", "notes_extra"] as const,
];

/** Transactions CSV v1.1: every column under the name of its field, unknown ones kept. */
export const TRANSACTIONS_V1_1: Mapping = parseMapping({
  format: "v1.1",
  label: "Transactions CSV v1.1",
  layouts: [{
    name: "v1.1",
    header: ["timestamp", "action", "asset_id", "quantity"],
    shape: "rows",
    columns: Object.fromEntries(OWN_FIELDS.map((field) => [field, field])),
    actions: Object.fromEntries(ACTIONS.map((action) => [action.toLowerCase(), action])),
    keep: "*",
  }],
}, "v1.1");
