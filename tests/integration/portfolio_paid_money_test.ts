import { rebuildPortfolio } from "@/jobs/rebuild_portfolio.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { SqlFxStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import type { ApiHarness } from "./api_harness.ts";
import { ask, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

/** 1 BTC for 32,000 EUR, half of it sold for 30,000 EUR; its close is 100,000 USD all the time. */
const LEDGER = [
  "timestamp,action,asset_id,quantity,account,external_id,quote_asset,quote_amount,quote_unit_price",
  "2025-01-10T12:00:00Z,BUY,bitcoin,1,cold,p1,eur,32000,",
  "2025-02-10T12:00:00Z,SELL,bitcoin,0.5,cold,p2,EUR,,60000",
].join("\n");

/** Dollars for a euro from the day before each row on. */
function recordRates(harness: ApiHarness, [bought, sold]: readonly [number, number]) {
  const ecb = { base: "EUR", quote: "USD", kind: "eod", source: "ecb" } as const;
  return new SqlFxStore(harness.database, harness.clock).recordRates([
    { ...ecb, at: utcMsOf(Date.UTC(2025, 0, 9, 16)), rate: bought },
    { ...ecb, at: utcMsOf(Date.UTC(2025, 1, 9, 16)), rate: sold },
  ]);
}

/** What follows from the ledger, wherever it is told. */
async function figuresOf(harness: ApiHarness, base: string) {
  const read = async (path: string) => (await ask(harness, ["GET", `${base}/${path}`])).data;
  const { lots } = await read("lots");
  const { disposals } = await read("disposals");
  const { performance, status } = await read("performance");
  return {
    status,
    cost: lots[0].cost_usd,
    proceeds: disposals[0].proceeds_usd,
    gain: disposals[0].gain_usd,
    deposited: performance.deposited,
    withdrawn: performance.withdrawn,
  };
}

async function rebuild(harness: ApiHarness): Promise<void> {
  const waiting = await harness.jobs.list({ limit: 10, state: "queued" });
  await rebuildPortfolio({ snapshots: harness.portfolio.keeper }).run({
    ...{ payload: waiting[0]?.payload ?? null, signal: new AbortController().signal, attempt: 1 },
    ...{ log: harness.log, reportProgress: () => {} },
  });
}

Deno.test("a trade for euros costs and brings what was paid, by the rates of its days", async () => {
  await using harness = await openPricedApi();
  await recordRates(harness, [1.25, 1.5]);
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER });
  // 32,000 EUR at 1.25 are 40,000 dollars, 30,000 EUR at 1.5 are 45,000.
  assertEquals(await figuresOf(harness, base), {
    status: "current",
    ...{ cost: "20000", proceeds: "45000", gain: "25000" },
    ...{ deposited: 40_000, withdrawn: 45_000 },
  });

  // A rate that is corrected corrects everything that stands on it.
  await recordRates(harness, [1.125, 1.5]);
  harness.clock.advance(3_000);
  assertEquals((await figuresOf(harness, base)).status, "recalculating");
  await rebuild(harness);
  assertEquals(await figuresOf(harness, base), {
    status: "current",
    ...{ cost: "18000", proceeds: "45000", gain: "27000" },
    ...{ deposited: 36_000, withdrawn: 45_000 },
  });
});

Deno.test("a preview tells what rows were traded for, in their own money", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const { data } = await ask(harness, ["POST", `${base}/import?dry_run=1`], { body: LEDGER });
  type Read = Readonly<Record<"unit_price_usd" | "unit_price" | "price_asset", string | null>>;
  assertEquals(
    data.first.map((row: Read) => [row.unit_price_usd, row.unit_price, row.price_asset]),
    [[null, "32000", "eur"], [null, "60000", "eur"]],
  );
});

Deno.test("a trade for euros without a rate counts at the close of its time", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER });
  const { cost, proceeds, deposited } = await figuresOf(harness, base);
  assertEquals([cost, proceeds, deposited], ["50000", "50000", 100_000]);
});

Deno.test("a row that is entered in euros keeps what was paid through changes of others", async () => {
  await using harness = await openPricedApi();
  await recordRates(harness, [1.25, 1.5]);
  const base = await makePortfolio(harness);
  const path = `${base}/transactions`;
  const row = { timestamp: "2025-01-10T12:00:00Z", action: "BUY", asset_id: "BTC", quantity: "2" };
  const priced = { ...row, unit_price: "32000", price_asset: "EUR" };
  await ask(harness, ["POST", path], { json: priced });
  const [{ id }] = (await ask(harness, ["GET", path])).data;
  const read = async () => {
    const rows = (await ask(harness, ["GET", path])).data;
    const { data: { lots } } = await ask(harness, ["GET", `${base}/lots`]);
    return [rows[0].unit_price_usd, rows[0].notes_extra, lots[0].cost_usd];
  };
  const quote = { quote_unit_price: "32000", quote_asset: "eur" };
  assertEquals(await read(), [null, quote, "80000"]);

  const change = async (json: unknown) =>
    (await ask(harness, ["PUT", `${path}/${id}`], { json })).status;
  assertEquals(await change({ notes: "by hand" }), 200);
  assertEquals(await read(), [null, quote, "80000"]);
  assertEquals(await change({ unit_price: "30000", price_asset: "GBP" }), 200);
  // Pounds have no rate here, so that its close counts.
  const pounds = { quote_unit_price: "30000", quote_asset: "gbp" };
  assertEquals(await read(), [null, pounds, "200000"]);
  assertEquals(await change({ unit_price: "41000", price_asset: null }), 200);
  assertEquals(await read(), ["41000", {}, "82000"]);
  assertEquals(await change({ unit_price: "1", price_asset: "BTC" }), 422);
});
