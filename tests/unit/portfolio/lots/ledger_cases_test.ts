import { assertEquals } from "@/tests/assert.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { type LotBook, LotMatcher, type LotOptions, matchLots } from "@/services/portfolio/lots.ts";
import { idOf, lotRows, type RowFields } from "./lot_rows.ts";

const FIFO = { method: "fifo", pools: "account" } as const;
const DAY = 86_400_000;
const START = Date.UTC(2021, 0, 1);

function match(rows: readonly RowFields[], options: Partial<LotOptions> = {}): LotBook {
  return matchLots(lotRows(rows), { rule: FIFO, ...options });
}

function lotsOf({ lots }: LotBook) {
  return lots.map(({ account, acquired, quantity, cost }) => [
    account,
    acquired === null ? null : (acquired - START) / DAY,
    quantity,
    cost,
  ]);
}

function codesOf({ problems }: LotBook) {
  return problems.map(({ code, quantity }) => [code, quantity]);
}

const BUY: RowFields = { quantity: "2", unitPriceUsd: "100", fee: "1" };
const OUT: RowFields = { action: "TRANSFER_OUT", account: "A" };
const IN: RowFields = { action: "TRANSFER_IN", account: "B" };

const transfers: { name: string; rows: RowFields[]; lots: unknown[]; codes?: unknown[] }[] = [
  {
    name: "moves a lot with its date and cost by hash, days apart",
    rows: [BUY, { ...OUT, quantity: "2", txHash: "x" }, {
      ...IN,
      quantity: "2",
      txHash: "x",
      at: START + 30 * DAY,
    }],
    lots: [["B", 0, "2", "201"]],
  },
  {
    name: "splits a lot that moves in part, with its share of the fee",
    rows: [BUY, { ...OUT, quantity: "0.5" }, { ...IN, quantity: "0.5" }],
    lots: [["A", 0, "1.5", "150.75"], ["B", 0, "0.5", "50.25"]],
  },
  {
    name: "moves by amount although the clock of the other place is behind",
    rows: [BUY, { ...OUT, quantity: "2", at: START + 2 * DAY }, {
      ...IN,
      quantity: "2",
      at: START + 2 * DAY - 60_000,
    }],
    lots: [["B", 0, "2", "201"]],
  },
  {
    name: "does not pair other hashes, however alike; the lot waits in transit",
    rows: [BUY, { ...OUT, quantity: "2", txHash: "x" }, { ...IN, quantity: "2", txHash: "y" }],
    lots: [["B", null, "2", null], ["A", 0, "2", "201"]],
    codes: [["TRANSFER_UNPAIRED", "2"], ["TRANSFER_UNPAIRED", "2"]],
  },
  {
    name: "does not pair beyond the window",
    rows: [BUY, { ...OUT, quantity: "2", at: START + DAY }, {
      ...IN,
      quantity: "2",
      at: START + 3 * DAY,
    }],
    lots: [["B", null, "2", null], ["A", 0, "2", "201"]],
    codes: [["TRANSFER_UNPAIRED", "2"], ["TRANSFER_UNPAIRED", "2"]],
  },
  {
    name: "says how much did not arrive",
    rows: [BUY, { ...OUT, quantity: "2", txHash: "x" }, { ...IN, quantity: "1.5", txHash: "x" }],
    lots: [["B", 0, "1.5", "150.75"], ["A", 0, "0.5", "50.25"]],
    codes: [["TRANSFER_DIFFERS", "0.5"]],
  },
  {
    name: "keeps what left without being held as units of unknown cost",
    rows: [BUY, { ...OUT, quantity: "3", txHash: "x" }, { ...IN, quantity: "3", txHash: "x" }],
    lots: [["B", null, "1", null], ["B", 0, "2", "201"]],
    codes: [["TRANSFER_OVERDRAWN", "1"]],
  },
];
for (const { name, rows, lots, codes = [] } of transfers) {
  Deno.test(`matchLots() ${name}`, () => {
    const book = match(rows);
    assertEquals(lotsOf(book), lots);
    assertEquals(codesOf(book), codes);
    assertEquals(book.disposals, [], "a transfer gains nothing");
  });
}

Deno.test("matchLots() consumes lots for a transfer's fee at its value", () => {
  const book = match([BUY, { ...OUT, quantity: "1" }, { ...IN, quantity: "1", at: START + DAY }, {
    action: "FEE",
    at: START + DAY,
    quantity: "-0.1",
    unitPriceUsd: "120",
    parent: "2",
  }]);
  assertEquals(
    book.disposals.map(({ action, quantity, cost, proceeds, gain }) => [
      ...[action, quantity, cost, proceeds, gain],
    ]),
    [["FEE", "0.1", "10.05", "12", "1.95"]],
  );
  assertEquals(lotsOf(book), [["A", 0, "0.9", "90.45"], ["B", 0, "1", "100.5"]]);
});

Deno.test("matchLots() adds a fee row to its buy's cost, takes it off its sale's proceeds", () => {
  const prices: Record<string, string> = { binancecoin: "300", eur: "1.2" };
  const book = match([
    { asset: "binancecoin", unitPriceUsd: "250" },
    { unitPriceUsd: "40000" },
    { action: "FEE", asset: "binancecoin", quantity: "-0.1", parent: "2" },
    { action: "SELL", unitPriceUsd: "50000" },
    { action: "FEE", asset: "eur", quantity: "-10", parent: "4" },
  ], { priceOf: (assetId) => prices[assetId] ?? null });
  assertEquals(
    book.disposals.map(({ assetId, cost, proceeds, gain }) => [assetId, cost, proceeds, gain]),
    [["binancecoin", "25", "30", "5"], ["bitcoin", "40030", "49988", "9958"]],
  );
  assertEquals(book.fees.map(({ value, appliedTo }) => [value, appliedTo]), [
    ["30", "cost"],
    ["12", "proceeds"],
  ]);
  assertEquals(book.problems, []);
});

Deno.test("matchLots() values a fee in the bought asset at its parent's price", () => {
  const book = match([
    { quantity: "5", unitPriceUsd: "578.505" },
    { action: "FEE", quantity: "-0.0012", parent: "1", at: START },
  ]);
  assertEquals(book.fees.map(({ value }) => value), ["0.694206"]);
  assertEquals(book.lots.map(({ quantity }) => quantity), ["4.9988"]);
});

Deno.test("matchLots() tells of an unknown fee once, at its own row, with all that lacks it", () => {
  const { problems } = match([
    { quantity: "5", unitPriceUsd: "100" },
    { action: "FEE", asset: "eur", quantity: "-12.5", parent: "1", at: START },
  ]);
  assertEquals(
    problems.map(({ code, rowId, assetId, message }) => [code, rowId, assetId, message]),
    [[
      ...["VALUE_UNKNOWN", idOf("2"), "eur"],
      "What this fee of 12.5 EUR was worth is unknown; it is missing in the sum of fees, " +
      "returns and the cost of the BUY of bitcoin",
    ]],
  );
});

Deno.test("matchLots() tells once of an unknown fee in an asset that a sale was paid with", () => {
  const { problems } = match([
    { quantity: "5", unitPriceUsd: "100" },
    { asset: "tether", quantity: "10", unitPriceUsd: "1" },
    { action: "SELL", quantity: "1", unitPriceUsd: "120" },
    { action: "FEE", asset: "tether", quantity: "-0.5", parent: "3" },
  ]);
  assertEquals(
    problems.map(({ code, rowId, message }) => [code, rowId, message]),
    [[
      ...["VALUE_UNKNOWN", idOf("4")],
      "What this fee of 0.5 tether was worth is unknown; it is missing in the sum of fees, " +
      "realised gains and the proceeds of the SELL of bitcoin",
    ]],
  );
});

Deno.test("matchLots() takes income without a price for unknown, never for 0", () => {
  const rows: RowFields[] = [
    { action: "STAKING_REWARD", quantity: "2" },
    { action: "SELL", unitPriceUsd: "10" },
  ];
  const unknown = match(rows);
  assertEquals(unknown.income.map(({ value }) => value), [null]);
  assertEquals(unknown.disposals.map(({ cost, gain, isComplete }) => [cost, gain, isComplete]), [
    [null, null, false],
  ]);
  assertEquals(codesOf(unknown), [["VALUE_UNKNOWN", "2"]]);
  const valued = match(rows, { priceOf: () => "4" });
  assertEquals(valued.income.map(({ value }) => value), ["8"]);
  assertEquals(valued.disposals.map(({ gain }) => gain), ["6"]);
});

Deno.test("matchLots() flags an oversell, counts the known cost and invents nothing", () => {
  const book = match([BUY, { action: "SELL", quantity: "3", unitPriceUsd: "200", fee: "3" }]);
  assertEquals(
    book.disposals.map((part) => [part.quantity, part.cost, part.proceeds, part.gain]),
    [["2", "201", "398", "197"], ["1", null, "199", null]],
  );
  assertEquals(book.disposals.map(({ isComplete }) => isComplete), [true, false]);
  assertEquals(codesOf(book), [["OVERSOLD", "1"]]);
  assertEquals(
    book.realized.map(({ proceeds, cost, gain, incomplete }) => [proceeds, cost, gain, incomplete]),
    [["597", "201", "197", 1]],
  );
});

Deno.test("matchLots() splits thirds so that the parts add up", () => {
  const sale: RowFields = { action: "SELL", unitPriceUsd: "1" };
  const book = match([{ quantity: "3", value: "10" }, sale, sale, sale]);
  assertEquals(book.disposals.map(({ cost }) => cost), [
    "3.333333333333333333",
    "3.333333333333333333",
    "3.333333333333333334",
  ]);
});

Deno.test("matchLots() keeps what is open when a year begins with another rule", () => {
  const at = (year: number) => Date.UTC(year, 5, 1);
  const rows: RowFields[] = [
    { unitPriceUsd: "100", at: at(2020) },
    { unitPriceUsd: "300", at: at(2020) + 1 },
    { action: "SELL", quantity: "0.5", unitPriceUsd: "400", at: at(2021) },
    { action: "SELL", quantity: "0.5", unitPriceUsd: "400", at: at(2022) },
  ];
  const rulesByYear = { 2021: { method: "acb", pools: "account" } } as const;
  const book = match(rows, { rulesByYear });
  assertEquals(book.disposals.map(({ cost, term }) => [cost, term]), [
    ["100", "short"],
    ["100", "long"],
  ]);
  assertEquals(book.lots.map(({ cost, quantity }) => [cost, quantity]), [["200", "1"]]);
});

Deno.test("matchLots() gives accounts what they hold when pools become separate", () => {
  const book = match([
    { unitPriceUsd: "100", at: "2021-01-01" },
    { unitPriceUsd: "300", at: "2021-02-01", account: "B" },
    { action: "SELL", unitPriceUsd: "400", at: "2021-03-01", account: "B" },
    { action: "SELL", unitPriceUsd: "400", at: "2022-03-01" },
  ], { rulesByYear: { 2021: { method: "fifo", pools: "universal" } } });
  assertEquals(book.disposals.map(({ account, cost }) => [account, cost]), [
    ["B", "100"],
    ["A", "300"],
  ]);
  assertEquals(book.problems, []);
});

Deno.test("matchLots() counts more than 365 days as long-term", () => {
  const term = (days: number) =>
    match([
      { unitPriceUsd: "1", at: START },
      { action: "SELL", unitPriceUsd: "1", at: START + days * DAY },
    ]).disposals.map((part) => part.term);
  assertEquals([term(365), term(366)], [["short"], ["long"]]);
});

Deno.test("LotMatcher follows a row that is added, changed and removed, one asset at a time", () => {
  const rows = lotRows([
    { unitPriceUsd: "100" },
    { action: "SELL", unitPriceUsd: "150" },
    { asset: "ethereum", unitPriceUsd: "10" },
  ]);
  const matcher = new LotMatcher(rows, { rule: FIFO });
  const ethereum = matcher.bookOf("ethereum" as AssetId);
  const [before] = lotRows([{ id: "9", unitPriceUsd: "90", at: utcMsOf(START - DAY) }]);
  if (before) matcher.upsert(before);
  assertEquals(matcher.book().disposals.map(({ gain }) => gain), ["60"]);
  assertEquals(matcher.bookOf("ethereum" as AssetId) === ethereum, true, "not matched again");
  if (before) matcher.upsert({ ...before, unitPriceUsd: "80" });
  assertEquals(matcher.book().disposals.map(({ gain }) => gain), ["70"]);
  matcher.remove(idOf("9"));
  assertEquals(matcher.book(), matchLots(rows, { rule: FIFO }));
});

Deno.test("matchLots() names lots that a pick can't have", () => {
  const book = match([BUY, { action: "SELL", unitPriceUsd: "100" }], {
    rule: { method: "specid", pools: "account" },
    picksOf: () => [{ rowId: idOf(7), quantity: "1" }],
  });
  assertEquals(codesOf(book), [["PICK_UNAVAILABLE", "1"]]);
  assertEquals(book.disposals.map(({ lotRowId }) => lotRowId), [idOf(1)]);
});
