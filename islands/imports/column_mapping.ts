import type { UploadMapping } from "../../components/api/imports.ts";
import { ACTION_WORDS } from "../../components/imports/actions.ts";
import { type CsvSample, distinctValues } from "../../components/imports/csv_sample.ts";

/** Fields without which a row says nothing. */
export const NEEDED_FIELDS = ["timestamp", "action", "asset_id", "quantity"] as const;
/** Words of the action's column that can be told one by one. */
const MAX_WORDS = 24;

/** What columns stand for: each field is one column at most. */
export type FieldByColumn = Readonly<Record<string, string>>;

/** Columns that are called like a field stand for it, others as the server proposes. */
export function firstMapping(
  columns: readonly string[],
  { fields, proposal }: {
    readonly fields: readonly string[];
    readonly proposal: Readonly<Record<string, string>>;
  },
): FieldByColumn {
  const mapping: Record<string, string> = {};
  const taken = new Set<string>();
  const wanted = [
    ...columns.filter((name) => fields.includes(name)).map((name) => [name, name] as const),
    ...Object.entries(proposal).map(([field, column]) => [column, field] as const),
  ];
  for (const [column, field] of wanted) {
    if (taken.has(field) || mapping[column] !== undefined) continue;
    mapping[column] = field;
    taken.add(field);
  }
  return mapping;
}

/** The mapping once a column stands for a field, which it takes from any other; `""` for none. */
export function withField(
  mapping: FieldByColumn,
  { column, field }: { readonly column: string; readonly field: string },
): FieldByColumn {
  const others = Object.entries(mapping).filter(([name, own]) => name !== column && own !== field);
  return Object.fromEntries(field === "" ? others : [...others, [column, field]]);
}

/** Whether a column tells the account of each row. */
export function tellsAccount(mapping: FieldByColumn): boolean {
  return Object.values(mapping).includes("account");
}

/** Fields that are needed and not told: no column stands for them, and no `account` is named. */
export function missingFields(
  mapping: FieldByColumn,
  { account }: { readonly account: string },
): readonly string[] {
  const mapped = new Set(Object.values(mapping));
  const missing = NEEDED_FIELDS.filter((field) => !mapped.has(field));
  return account === "" && !tellsAccount(mapping) ? [...missing, "account"] : missing;
}

/** Words of the action's column that are no actions of ours. */
export function unknownWords(sample: CsvSample, mapping: FieldByColumn): readonly string[] {
  const column = Object.keys(mapping).find((name) => mapping[name] === "action");
  if (column === undefined) return [];
  return distinctValues(sample, column)
    .filter((word) => !Object.hasOwn(ACTION_WORDS, word.toUpperCase()))
    .slice(0, MAX_WORDS);
}

/** What an action's word most likely means; empty where nothing suggests itself. */
export function likelyAction(word: string): string {
  const text = word.toLowerCase();
  return LIKELY.find(([pattern]) => pattern.test(text))?.[1] ?? "";
}

const LIKELY: readonly (readonly [RegExp, string])[] = [
  [/stak|reward|earn/, "STAKING_REWARD"],
  [/airdrop|fork/, "AIRDROP"],
  [/interest|income|dividend|salary/, "INCOME"],
  [/fee|commission/, "FEE"],
  [/withdraw|sen[dt]|transfer.?out|outgoing/, "TRANSFER_OUT"],
  [/deposit|receive|transfer.?in|incoming/, "TRANSFER_IN"],
  [/^b(ou|u)y|bought|purchas/, "BUY"],
  [/^s(ell|old)|sold|sale/, "SELL"],
];

/** The mapping as it is sent. */
export function uploadMapping(
  mapping: FieldByColumn,
  actions: Readonly<Record<string, string>>,
): UploadMapping {
  return {
    columns: Object.fromEntries(Object.entries(mapping).map(([column, field]) => [field, column])),
    actions: Object.fromEntries(Object.entries(actions).filter(([, action]) => action !== "")),
  };
}
