import { runScript } from "@/tools/cli.ts";
import { PORTFOLIO_REPORT } from "@/tools/portfolio_report.ts";
import { assertClose, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";

const HEADER = "timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account\n";
const PRICES = "timestamp,asset_id,price_usd\n";

interface Report {
  readonly code: number;
  readonly stderr: string;
  readonly json: Record<string, unknown>;
  readonly summary: Readonly<Record<string, string | number | null>>;
}

async function reportOf(
  csv: string,
  { prices, args = [], header = HEADER }: {
    readonly prices?: string;
    readonly args?: readonly string[];
    readonly header?: string;
  } = {},
): Promise<Report> {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis-" });
  try {
    await Deno.writeTextFile(`${folder}/t.csv`, header + csv);
    await Deno.writeTextFile(`${folder}/p.csv`, PRICES + (prices ?? ""));
    const priceArgs = prices === undefined ? [] : ["--prices", `${folder}/p.csv`];
    const { io, printed } = fakeCliIo([
      "--csv",
      `${folder}/t.csv`,
      "--json",
      ...priceArgs,
      ...args,
    ]);
    const code = await runScript(PORTFOLIO_REPORT, io);
    const json = JSON.parse(printed.stdout || "{}");
    return { code, stderr: printed.stderr, json, summary: json.summary };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("portfolio:report reproduces the worked TWR, with prices at the days of the flows", async () => {
  // 100 to 120, deposit 50, to 160: 1.2 x 160 / 170.
  const { summary } = await reportOf(
    "2025-01-01,BUY,bitcoin,1,100,,,a\n2025-07-02,BUY,bitcoin,0.41666666666666667,120,,,a\n",
    { prices: "2025-01-01,BTC,100\n2025-07-02,BTC,120\n2026-01-01,BTC,112.94117647058823\n" },
  );
  assertClose(Number(summary.twr), 0.12941176, 1e-8);
  assertClose(Number(summary.max_drawdown), 160 / 170 - 1, 1e-8);
});

Deno.test("portfolio:report counts a trade for other money at what was paid", async () => {
  const header = "timestamp,action,asset_id,quantity,account,quote_asset,quote_amount\n";
  const csv = "2025-01-01,BUY,bitcoin,1,a,eur,30000.01\n2025-02-01,SELL,bitcoin,0.5,a,eur,20000\n";
  const prices = "2025-01-01,eur,1.25\n2025-02-01,eur,1.5\n2025-02-01,bitcoin,99000\n";
  const euros = await reportOf(csv, { header, prices, args: ["--currency", "EUR"] });
  const { realized, cost, value } = euros.summary;
  // 20,000 less half of what was paid; the other half is worth 49,500 dollars.
  assertEquals([realized, cost, value], ["4999.995", "15000.005", "33000"]);
  const dollars = await reportOf(csv, { header, prices });
  assertEquals([dollars.summary.cost, dollars.summary.realized], ["18750.00625", "11249.99375"]);
});

Deno.test("portfolio:report values nothing that left for nowhere, as its returns do not", async () => {
  const { summary, json } = await reportOf(
    "2025-01-01,BUY,bitcoin,4,10,,,a\n2025-06-01,TRANSFER_OUT,bitcoin,1,,,,a\n",
    { prices: "2025-06-01,bitcoin,20\n2026-01-01,bitcoin,30\n" },
  );
  assertEquals([summary.value, summary.cost, summary.unrealized], ["90", "30", "60"]);
  // 90 and the 20 that left, less 40.
  assertEquals(summary.gain, 70);
  assertEquals((json.lots as { in_transit: boolean }[]).map(({ in_transit }) => in_transit), [
    ...[false, true],
  ]);
});

Deno.test("portfolio:report reproduces the worked XIRR, Modified Dietz and ROI", async () => {
  const { summary, json } = await reportOf(
    "2025-01-01,BUY,bitcoin,10,10,,,a\n2025-07-02,BUY,bitcoin,6,8.333333333333333333,,,a\n",
    { prices: "2026-01-01,bitcoin,10\n" },
  );
  assertEquals(json.asof, "2026-01-01T00:00:00Z");
  assertClose(Number(summary.xirr), 0.08026584, 1e-8);
  assertClose(Number(summary.modified_dietz), 0.07995619, 1e-8);
  assertClose(Number(summary.roi), 0.06666667, 1e-8);
});

Deno.test("portfolio:report matches lots by each method, with exact gains", async () => {
  const csv = "2024-01-01,BUY,bitcoin,1,40000,,,a\n2024-02-01,BUY,bitcoin,1,70000,,,a\n" +
    "2024-03-01,BUY,bitcoin,1,55000,,,a\n2024-04-01,SELL,bitcoin,1.5,65000,,,a\n";
  const expected = { fifo: 22500, lifo: 7500, hifo: 0, lofo: 30000, acb: 15000 };
  for (const [method, realized] of Object.entries(expected)) {
    const { summary, json } = await reportOf(csv, { args: ["--method", method] });
    assertEquals([method, summary.realized], [method, String(realized)]);
    assertEquals([json.method, json.scope, json.currency], [method, "wallet", "USD"]);
  }
});

Deno.test("portfolio:report pools wallets as it is asked to", async () => {
  const csv = "2024-01-01,BUY,bitcoin,1,40000,,,a\n2024-02-01,BUY,bitcoin,1,70000,,,b\n" +
    "2024-03-01,SELL,bitcoin,1,65000,,,b\n";
  assertEquals((await reportOf(csv)).summary.realized, "-5000");
  const universal = await reportOf(csv, { args: ["--scope", "universal"] });
  assertEquals(universal.summary.realized, "25000");
});

Deno.test("portfolio:report converts at the rate of each row's day, and never without one", async () => {
  const csv = "2024-01-01,BUY,bitcoin,1,100,,,a\n2024-06-01,SELL,bitcoin,0.5,120,,,a\n";
  const prices = "2024-01-01,eur,1.25\n2024-06-01,eur,1.2\n2024-06-01,bitcoin,120\n";
  const { summary } = await reportOf(csv, { prices, args: ["--currency", "EUR"] });
  // Half of 80 EUR for 50 EUR; the other half is worth 50 EUR.
  assertEquals([summary.realized, summary.cost, summary.value], ["10", "40", "50"]);

  const without = await reportOf(csv, {
    prices: "2024-06-01,eur,1.2\n2024-06-01,bitcoin,120\n",
    args: ["--currency", "EUR"],
  });
  assertEquals([without.summary.realized, without.summary.cost], [null, null]);
  assertMatch(JSON.stringify(without.json.problems), /RATE_MISSING/);
});

Deno.test("portfolio:report takes a dollar for one of its currency at no time", async () => {
  // A fee of 5 dollars in March, when nobody knows what a dollar was in euros.
  const csv = "2024-01-01,BUY,bitcoin,1,100,,,a\n2024-03-01,FEE,usd,5,,,,a\n";
  const prices = "2024-01-01,eur,1.25\n2024-06-01,eur,1.2\n2024-06-01,bitcoin,120\n";
  const { summary, json } = await reportOf(csv, { prices, args: ["--currency", "EUR"] });
  assertEquals([summary.fees, summary.unvalued_fees], [null, 1]);
  // Bought for 80 EUR, worth 100 EUR.
  assertEquals([summary.deposited, summary.gain], [80, 20]);
  assertMatch(JSON.stringify(json.problems), /VALUE_UNKNOWN/);
  const dollars = await reportOf(csv, { prices });
  assertEquals([dollars.summary.fees, dollars.summary.deposited], ["5", 105]);
});

Deno.test("portfolio:report tells the gain on what was invested on average", async () => {
  // 100 for ten days, then 300 for ten days: 200 on average. Each of three units gained 30.
  const csv = "2024-01-01,BUY,bitcoin,1,100,,,a\n2024-01-11,BUY,bitcoin,2,100,,,a\n" +
    "2024-01-21,SELL,bitcoin,1,130,,,a\n";
  const { summary } = await reportOf(csv, { prices: "2024-01-21,bitcoin,130\n" });
  assertClose(Number(summary.average_investment), 200);
  assertClose(Number(summary.return_on_average_investment), 90 / 200);
});

Deno.test("portfolio:report takes a holding without a price out of value, and says so", async () => {
  const { summary, json } = await reportOf(
    "2024-01-01,BUY,bitcoin,1,100,usd,5,a\n2024-01-01,BUY,ethereum,2,10,,,a\n",
    { prices: "2024-01-01,bitcoin,100\n2024-01-03,bitcoin,130\n" },
  );
  assertEquals(
    [summary.value, summary.cost, summary.unrealized, summary.fees],
    ["130", "125", "25", "5"],
  );
  assertMatch(JSON.stringify(json.problems), /"UNPRICED","message":"ethereum has no price/);
  // 105 paid for 100, which became 130.
  assertClose(Number(summary.twr), 130 / 105 - 1);
});

Deno.test("portfolio:report counts only what happened by --asof", async () => {
  const csv = "2024-01-01,BUY,bitcoin,1,100,,,a\n2024-06-01,SELL,bitcoin,1,120,,,a\n";
  const { summary, json } = await reportOf(csv, {
    prices: "2024-02-01,bitcoin,110\n",
    args: ["--asof", "2024-02-01"],
  });
  assertEquals([summary.realized, summary.value, (json.lots as unknown[]).length], ["0", "110", 1]);
});

Deno.test("portfolio:report tells rows that can't be read with their lines, and counts the others", async () => {
  const { code, json } = await reportOf(
    "2024-01-01,BUY,bitcoin,1,100,,,a\n2024-01-02,BUY,no-such-coin,1,1,,,a\n",
  );
  assertEquals([code, (json.lots as unknown[]).length], [0, 1]);
  assertEquals((json.problems as { line: number }[])[0]?.line, 3);
});

for (
  const [name, args, pattern] of [
    ["no file", ["--json"], /Expected --csv FILE/],
    ["an unknown method", ["--csv", "x", "--method", "best"], /expected one of fifo/],
    ["an unknown scope", ["--csv", "x", "--scope", "all"], /expected wallet or universal/],
    ["an unknown currency", ["--csv", "x", "--currency", "XYZ"], /expected one of USD/],
    ["a time that is none", ["--csv", "x", "--asof", "later"], /expected ISO 8601/],
  ] as const
) {
  Deno.test(`portfolio:report refuses ${name}`, async () => {
    const { io, printed } = fakeCliIo([...args]);
    assertEquals(await runScript(PORTFOLIO_REPORT, io), 2);
    assertMatch(printed.stderr, pattern);
  });
}

Deno.test("portfolio:report names the line of a price that it can't read", async () => {
  const { code, stderr } = await reportOf("", { prices: "2024-01-01,bitcoin,1\n2024,bitcoin,1\n" });
  assertEquals(code, 1);
  assertMatch(stderr, /line 3: expected a timestamp, an asset and a price above 0/);
});
