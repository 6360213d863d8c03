import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { SqlFxStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { type ApiHarness, NOW } from "./api_harness.ts";
import { ask, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

/** A purchase with a fee in euros, a sale of half of it, and a reward at its price. */
const LEDGER = [
  "timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account,external_id",
  "2025-01-10T12:00:00Z,BUY,bitcoin,1,40000,eur,50,cold,c1",
  "2025-02-10T12:00:00Z,SELL,bitcoin,0.5,60000,usd,15,cold,c2",
  "2025-03-10T12:00:00Z,INCOME,ethereum,2,1500,,,cold,c3",
].join("\n");

/** Dollars for a euro at the purchase, the sale, the reward, and now. */
const RATES = [1.25, 1.5, 1.2, 1.6] as const;
const DAYS = [Date.UTC(2025, 0, 9), Date.UTC(2025, 1, 9), Date.UTC(2025, 2, 9), NOW - 2 * DAY_MS];

function recordRates(harness: ApiHarness, rates: readonly number[]) {
  const ecb = { base: "EUR", quote: "USD", kind: "eod", source: "ecb" } as const;
  return new SqlFxStore(harness.database, harness.clock).recordRates(
    rates.map((rate, day) => ({ ...ecb, at: utcMsOf((DAYS[day] ?? NaN) + DAY_MS * 2 / 3), rate })),
  );
}

async function openEuroLedger() {
  const harness = await openPricedApi();
  await recordRates(harness, RATES);
  const base = await makePortfolio(harness);
  await ask(harness, ["PUT", base], { json: { base_currency: "EUR" } });
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER });
  const read = async (path: string) => (await ask(harness, ["GET", `${base}/${path}`])).data;
  return { harness, base, read, [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose]() };
}

Deno.test("sums of lots in euros are what was paid and got in euros, at the rate of each row", async () => {
  await using place = await openEuroLedger();
  const { own, cost_usd, positions } = await place.read("valuation");
  assertEquals(own, {
    currency: "EUR",
    // Half of 40,000 / 1.25 + 50, and 3,000 / 1.2 for the reward.
    cost: "18525",
    // 0.5 BTC at 100,000 and 2 ETH at 3,000, over 1.6.
    unrealized: "16475",
    // 29,985 / 1.5, less the other half.
    realized: "3965",
    income: "2500",
    fees: "60",
    ...{ reasons: {}, uncosted: 0, unvalued: { disposals: 0, income: 0, fees: 0 } },
  });
  // (40,000 + 50 × 1.25) / 2 and 3,000.
  assertEquals(cost_usd, "23031.25");
  assertEquals(
    positions.map((one: { asset_id: string; own: { cost: string; unrealized: string } }) => [
      ...[one.asset_id, one.own.cost, one.own.unrealized],
    ]),
    [["bitcoin", "16025", "15225"], ["ethereum", "2500", "1250"]],
  );

  for (const [figure, value] of [["realised", "3965"], ["fees", "60"], ["unrealised", "16475"]]) {
    const told = await place.read(`explain/${figure}`);
    assertEquals([told.value, told.currency, told.unit], [value, "EUR", "money"], figure);
  }
  const dollars = await place.read("explain/realised?currency=USD");
  assertEquals([dollars.value, dollars.currency], ["9953.75", "USD"]);
});

Deno.test("lists of lots are told in euros, under names that say no dollars", async () => {
  await using place = await openEuroLedger();
  const { lots } = await place.read("lots?currency=EUR&asset=BTC");
  assertEquals([lots[0].cost, lots[0].unit_cost, lots[0].currency], ["16025", "32050", "EUR"]);
  const { disposals, realized } = await place.read("disposals?currency=EUR");
  assertEquals(
    [disposals[0].proceeds, disposals[0].gain, realized[0].gain, realized[0].currency],
    ["19990", "3965", "3965", "EUR"],
  );
  const send = async (path: string) =>
    await (await place.harness.send("GET", `${place.base}/${path}`)).text();
  const [header, line] = (await send("fees?currency=EUR&format=csv")).split("\n");
  assertEquals(
    [header, line?.split(",").slice(3, 5)],
    ["asset_id,account,timestamp,quantity,value,applied_to,row_id,currency,method,pools", [
      ...["50", "50"],
    ]],
  );
  assertEquals((await place.read("lots?asset=BTC")).lots[0].cost_usd, "20031.25");
});

Deno.test("a cost in euros follows the rate of its purchase, and is unknown without one", async () => {
  await using place = await openEuroLedger();
  await place.read("valuation");
  await recordRates(place.harness, [1.28, ...RATES.slice(1)]);
  assertEquals((await place.read("valuation")).own.realized, "4340");

  await place.harness.database.transaction(async ({ db, touch }) => {
    await db.deleteFrom("fx_rates").where("at", "<", utcMsOf(Date.UTC(2025, 0, 20))).execute();
    touch("fx");
  });
  const { own, cost_usd, realized_usd, positions } = await place.read("valuation");
  assertEquals([own.cost, own.realized, own.uncosted, own.unvalued.disposals], [
    ...["2500", null, 1, 1],
  ]);
  assertEquals(own.reasons, { realized: "Of no disposal are both cost and proceeds known" });
  assertEquals(positions[0].own, {
    ...{ cost: null, uncosted: "0.5", unrealized: null, unrealized_ratio: null },
  });
  // In dollars only the euros of the fee have no value.
  assertEquals([cost_usd, realized_usd], ["23000", "9985"]);
});

Deno.test("without a rate of now sums of lots are in dollars, and say so", async () => {
  await using place = await openEuroLedger();
  await place.harness.database.transaction(async ({ db, touch }) => {
    await db.deleteFrom("fx_rates").where("at", ">", utcMsOf(Date.UTC(2025, 5, 1))).execute();
    touch("fx");
  });
  const { own, nav, cost_usd } = await place.read("valuation");
  assertEquals([nav, own.currency, own.cost], [null, "USD", cost_usd]);
});

Deno.test("a row that is added is counted in euros at once", async () => {
  await using place = await openEuroLedger();
  await place.read("valuation");
  const row = { timestamp: "2025-02-10T18:00:00Z", asset_id: "ETH", quantity: "3" };
  await ask(place.harness, ["POST", `${place.base}/assets`], {
    json: { ...row, unit_price_usd: "1000" },
  });
  assertEquals((await place.read("valuation")).own.cost, "20525");
});

Deno.test("an explanation is of the range that it is asked for", async () => {
  await using place = await openEuroLedger();
  const { performance } = await place.read("performance?from=2025-02-01&to=2025-02-28");
  const range = "from=2025-02-01&to=2025-02-28";
  const told = await place.read(`explain/gain?${range}`);
  assertEquals([told.value, told.currency], [`${performance.gain}`, "EUR"]);
  assertEquals(told.inputs[0].value, `${performance.opening_value}`);
  const path = `${place.base}/explain/gain?from=2025-03-01&to=2025-02-01`;
  assertEquals((await ask(place.harness, ["GET", path])).status, 422);
});
