import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import {
  contentFingerprint,
  feeId,
  identityOf,
  type LedgerEntry,
} from "@/services/portfolio/imports/entry.ts";
import { FileKeys } from "@/services/portfolio/ledger/file_keys.ts";
import {
  judgeGroups,
  type Judgement,
  type KnownRow,
  KnownRows,
} from "@/services/portfolio/ledger/judge_groups.ts";
import type { NamedEntry } from "@/services/portfolio/ports.ts";
import { assertEquals } from "@/tests/assert.ts";

const AT = utcMsOf(Date.UTC(2024, 0, 1));

/** An entry under an id, with an external id or none. */
function named(
  { id = "row", key = null, quantity = "1", hasFee = false }: {
    readonly id?: string;
    readonly key?: string | null;
    readonly quantity?: string;
    readonly hasFee?: boolean;
  },
): NamedEntry {
  const entry: LedgerEntry = {
    ...{ id: null, at: AT, action: "BUY", assetId: "bitcoin" as AssetId, quantity },
    ...{ unitPriceUsd: "1", account: "Main", wallet: null, venue: null, txHash: null },
    ...{ externalId: key, notes: null, notesExtra: {}, parentId: null },
    fee: hasFee ? { assetId: "usd" as AssetId, amount: "1" } : null,
  };
  return { entry, id: uuidOfMoment(AT, id), content: contentFingerprint(entry) };
}

/** The row that an entry became. */
function rowOf({ entry, id, content }: NamedEntry): KnownRow {
  return { id, identity: identityOf(entry), content };
}

function wordOf(judgement: Judgement): string {
  if (judgement.kind === "conflict") return `conflict with ${judgement.line}`;
  if (judgement.updates.length > 0) return "update";
  return judgement.inserts.length > 0 ? "insert" : "same";
}

const one = named({ id: "a", key: "e1" });
const other = named({ id: "b", key: "e1", quantity: "2" });
const cases: readonly {
  readonly name: string;
  /** One a line, from line 2 on. */
  readonly entries: readonly NamedEntry[];
  readonly ledger?: readonly KnownRow[];
  readonly expected: readonly string[];
}[] = [
  { name: "adds what the ledger lacks", entries: [one], expected: ["insert"] },
  { name: "knows the row of a key", entries: [one], ledger: [rowOf(one)], expected: ["same"] },
  {
    name: "changes the row of a key that says something else",
    entries: [other],
    ledger: [rowOf(one)],
    expected: ["update"],
  },
  {
    name: "takes a line that says the same again for it",
    entries: [one, one],
    expected: ["insert", "same"],
  },
  {
    name: "sets a line apart that contradicts an earlier one",
    entries: [one, other],
    expected: ["insert", "conflict with 2"],
  },
  {
    name: "sets a line apart that contradicts one the ledger has",
    entries: [one, other],
    ledger: [rowOf(one)],
    expected: ["same", "conflict with 2"],
  },
  {
    name: "finds a row by its id where nothing else names it",
    entries: [named({ id: "a", quantity: "3" })],
    ledger: [rowOf(named({ id: "a" }))],
    expected: ["update"],
  },
  {
    name: "holds later lines against the key that a changed row had before",
    entries: [named({ id: "a", key: "e2" }), other],
    ledger: [rowOf(one)],
    expected: ["update", "conflict with 2"],
  },
  {
    name: "adds no fee where another row stands",
    entries: [named({ id: "a", hasFee: true })],
    ledger: [{ id: feeId(uuidOfMoment(AT, "a")), identity: null, content: 0 }],
    expected: ["conflict with 2"],
  },
];
for (const { name, entries, ledger = [], expected } of cases) {
  Deno.test(`judgeGroups() ${name}`, () => {
    const groups = entries.map((entry, at) => ({ line: at + 2, entries: [entry] }));
    const judged = judgeGroups(groups, { known: new KnownRows(ledger), keys: new FileKeys() });
    assertEquals(judged.map(wordOf), expected);
  });
}

Deno.test("judgeGroups() remembers from call to call what the file said", () => {
  const keys = new FileKeys();
  const known = new KnownRows([]);
  const ask = (entry: NamedEntry, line: number) =>
    judgeGroups([{ line, entries: [entry] }], { known, keys }).map(wordOf);
  assertEquals([...ask(one, 2), ...ask(other, 900_000)], ["insert", "conflict with 2"]);
});

Deno.test("judgeGroups() takes a trade as a whole or not at all", () => {
  const fresh = named({ id: "c", key: "e3" });
  const groups = [
    { line: 2, entries: [one] },
    { line: 3, entries: [fresh, other] },
    { line: 5, entries: [fresh, fresh] },
  ];
  const judged = judgeGroups(groups, { known: new KnownRows([]), keys: new FileKeys() });
  assertEquals(judged.map(wordOf), ["insert", "conflict with 2", "conflict with 5"]);
});
