import { assertEquals } from "@/tests/assert.ts";
import { ask, LEDGER_CSV, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

Deno.test("a price that grew too old leaves its holding unpriced, with the last one beside it", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  harness.clock.advance(30 * 86_400_000);
  const value = (await ask(harness, ["GET", `${base}/valuation`])).data;
  assertEquals([value.nav, value.nav_usd, value.unpriced], [null, null, 2]);
  assertEquals([value.cost_usd, value.unrealized_usd], [null, null]);
  // What was sold and earned is settled, whatever prices are now.
  assertEquals([value.realized_usd, value.income_usd], ["12500", "250"]);
  assertEquals(value.reasons, {
    nav: "No holding has a price of now",
    nav_usd: "No holding has a price of now",
    cost_usd: "No holding has a price of now",
    unrealized_usd: "No holding has a price of now",
  });
  assertEquals([value.positions[0].value, value.positions[0].last_known.price_usd], [
    null,
    100_000,
  ]);
});

Deno.test("a sum of which nothing is known is null with its reason, and 0 of an empty ledger", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const sums = (
    { nav, nav_usd, cost_usd, unrealized_usd, realized_usd, income_usd, fees_usd }: Record<
      string,
      string | null
    >,
  ) => [nav, nav_usd, cost_usd, unrealized_usd, realized_usd, income_usd, fees_usd];
  const empty = (await ask(harness, ["GET", `${base}/valuation`])).data;
  assertEquals([sums(empty), empty.reasons], [["0", "0", "0", "0", "0", "0", "0"], {}]);

  // Long before any price: coins of unknown origin, of which one is sold, one earned, one paid.
  await ask(harness, ["POST", `${base}/import`], {
    body: [
      "timestamp,action,asset_id,quantity,unit_price_usd,account",
      "2015-01-10T00:00:00Z,TRANSFER_IN,bitcoin,3,,a",
      "2015-02-10T00:00:00Z,SELL,bitcoin,1,300,a",
      "2015-03-10T00:00:00Z,STAKING_REWARD,bitcoin,1,,a",
      "2015-04-10T00:00:00Z,FEE,bitcoin,1,,a",
      "",
    ].join("\n"),
  });
  const value = (await ask(harness, ["GET", `${base}/valuation`])).data;
  assertEquals(sums(value), ["200000", "200000", null, null, null, null, null]);
  assertEquals(value.unvalued, { disposals: 2, income: 1, fees: 1 });
  assertEquals(value.reasons, {
    cost_usd: "The cost of no unit that has a price is known",
    unrealized_usd: "The cost of no unit that has a price is known",
    realized_usd: "Of no disposal are both cost and proceeds known",
    income_usd: "No income had a known value when it came",
    fees_usd: "No fee had a known value when it was paid",
  });
  const [bitcoin] = value.positions;
  assertEquals([bitcoin.value, bitcoin.cost_usd, bitcoin.uncosted], ["200000", null, "2"]);
  const { data } = await ask(harness, ["GET", `${base}/disposals`]);
  assertEquals(data.realized, [{
    ...{ year: 2015, asset_id: "bitcoin", proceeds_usd: "300", cost_usd: null, gain_usd: null },
    ...{ short_term_gain_usd: null, long_term_gain_usd: null, incomplete: 2 },
  }]);
  const { data: { lots } } = await ask(harness, ["GET", `${base}/performance`]);
  assertEquals(
    [lots.realized_usd, lots.income_usd, lots.fees_usd, lots.cost_usd, lots.unrealized_usd],
    [null, null, null, null, null],
  );
  assertEquals([lots.incomplete, lots.uncosted_lots], [4, 2]);
  const explained = async (figure: string) =>
    (await ask(harness, ["GET", `${base}/explain/${figure}`])).data;
  const realised = await explained("realised");
  assertEquals([realised.value, realised.reason], [null, value.reasons.realized_usd]);
  assertEquals(realised.inputs[0], {
    ...{ name: "Disposals of unknown value: 2", asset_id: null, value: null, unit: "money" },
    note: "left out: see what needs a decision",
  });
});
