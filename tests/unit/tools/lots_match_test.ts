import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { runScript } from "@/tools/cli.ts";
import { LOTS_MATCH } from "@/tools/lots_match.ts";

async function run(input: unknown, args: readonly string[] = ["--json"]) {
  const { io, printed } = fakeCliIo(args, { stdin: JSON.stringify(input) });
  return { code: await runScript(LOTS_MATCH, io), ...printed };
}

const BUY = { timestamp: "2021-01-01", action: "BUY", asset_id: "bitcoin", account: "a" };
const SELL = { ...BUY, timestamp: "2021-03-01", action: "SELL" };

Deno.test("lots:match prints the contract's fields, amounts as decimal text", async () => {
  const { code, stdout, stderr } = await run({
    method: "FIFO",
    scope: "wallet",
    transactions: [
      { ...BUY, quantity: 2, unit_price: "40000.5", fee: 3 },
      { ...SELL, quantity: "0.5", value: 30000, fee: "1.5" },
    ],
  });
  assertEquals([code, stderr], [0, ""]);
  const { method, scope, lots, disposals, income, problems } = JSON.parse(stdout);
  assertEquals([method, scope, income, problems], ["fifo", "wallet", [], []]);
  assertEquals(lots, [{
    asset_id: "bitcoin",
    account: "a",
    acquired: "2021-01-01T00:00:00Z",
    quantity: "1.5",
    unit_cost: "40002",
    cost: "60003",
    in_transit: false,
    line: 1,
    id: null,
  }]);
  assertEquals(disposals, [{
    asset_id: "bitcoin",
    account: "a",
    acquired: "2021-01-01T00:00:00Z",
    disposed: "2021-03-01T00:00:00Z",
    quantity: "0.5",
    cost: "20001",
    proceeds: "29998.5",
    gain: "9997.5",
    days_held: 59,
    term: "short",
    action: "SELL",
    complete: true,
    line: 2,
    id: null,
  }]);
});

Deno.test("lots:match counts acquisitions of an instant first, then rows as given", async () => {
  const at = { ...BUY, timestamp: "2021-01-01T00:00:00Z", quantity: 1 };
  const { stdout } = await run({
    transactions: [
      { ...at, action: "SELL", unit_price: 9 },
      { ...at, unit_price: 5 },
      { ...at, unit_price: 4 },
    ],
  });
  const { disposals, lots } = JSON.parse(stdout);
  assertEquals([disposals[0].cost, lots[0].cost], ["5", "4"]);
});

Deno.test("lots:match takes the lots that a row names, a fee row at its value", async () => {
  const { stdout } = await run({
    method: "specid",
    transactions: [
      { ...BUY, id: "one", quantity: 1, unit_price: 10 },
      { ...BUY, id: "two", quantity: 1, unit_price: 20 },
      { ...SELL, quantity: 1, unit_price: 25, lots: [{ id: "two", quantity: 1 }] },
      { ...SELL, action: "FEE", quantity: -0.5, value: 13 },
    ],
  });
  const { disposals } = JSON.parse(stdout);
  assertEquals(disposals.map(({ gain }: { gain: string }) => gain), ["5", "8"]);
});

Deno.test("lots:match flags what was not held, or takes it for gain", async () => {
  const transactions = [{ ...SELL, quantity: 1, unit_price: 25 }];
  const flagged = JSON.parse((await run({ transactions })).stdout);
  assertEquals(flagged.problems[0].code, "OVERSOLD");
  assertEquals([flagged.disposals[0].gain, flagged.disposals[0].complete], [null, false]);
  const taken = JSON.parse((await run({ missing_cost: "zero", transactions })).stdout);
  assertEquals(taken.disposals[0].gain, "25");
});

const refusals: { name: string; input: unknown; message: RegExp }[] = [
  { name: "another method", input: { method: "best", transactions: [] }, message: /method/ },
  { name: "no rows", input: {}, message: /transactions/ },
  {
    name: "an amount that is none",
    input: { transactions: [{ ...BUY, quantity: "1,5" }] },
    message: /transactions\.0\.quantity: expected a decimal number, got "1,5"/,
  },
  {
    name: "a quantity of 0",
    input: { transactions: [{ ...BUY, quantity: 0 }] },
    message: /above 0/,
  },
  {
    name: "one id twice",
    input: { transactions: [{ ...BUY, id: "x", quantity: 1 }, { ...BUY, id: "x", quantity: 1 }] },
    message: /two rows have the id "x"/,
  },
];
for (const { name, input, message } of refusals) {
  Deno.test(`lots:match refuses ${name}`, async () => {
    const { code, stdout, stderr } = await run(input);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, message);
  });
}
