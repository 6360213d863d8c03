import { rebuildPortfolio } from "@/jobs/rebuild_portfolio.ts";
import { DAY_MS, MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { SqlFxStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { type ApiHarness, NOW } from "./api_harness.ts";
import { ask, LEDGER_CSV, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

/** What an answer says, without when it was made. */
async function figures(harness: ApiHarness, path: string): Promise<string> {
  const { built_at: _, ...data } = (await ask(harness, ["GET", path])).data;
  return JSON.stringify(data);
}

/** Runs the one rebuild that waits. */
async function rebuild(harness: ApiHarness): Promise<void> {
  const waiting = await harness.jobs.list({ limit: 10, state: "queued" });
  assertEquals(waiting.map(({ name }) => name), ["rebuild_portfolio"]);
  await rebuildPortfolio({ snapshots: harness.portfolio.keeper }).run({
    ...{ payload: waiting[0]?.payload ?? null, signal: new AbortController().signal, attempt: 1 },
    ...{ log: harness.log, reportProgress: () => {} },
  });
  for (const { id } of waiting) await harness.jobStore.cancel(id);
}

/** Writes what bitcoin closed at on 1 to 3 November 2025: the last hour of each day. */
function writeDays(harness: ApiHarness, close: number): Promise<void> {
  const start = Date.UTC(2025, 10, 1, 23);
  const candles = [0, 1, 2].map((day) => ({ openTime: start + day * DAY_MS, close }));
  return harness.write({ assetId: "bitcoin", source: "binance", interval: "1h", candles });
}

Deno.test("candles that are corrected afterwards change performance, and back to the byte", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const path = `${base}/performance?from=2025-06-11&benchmark=ETH`;
  const before = await figures(harness, path);
  assertEquals(JSON.parse(before).status, "current");

  await writeDays(harness, 90_000);
  const behind = (await ask(harness, ["GET", path])).data;
  assertEquals([behind.status, behind.lacks], ["recalculating", ["prices"]]);
  // Figures of before, and no others, until they are made anew.
  assertEquals(behind.performance, JSON.parse(before).performance);
  // Who asks again asks for the same job.
  harness.clock.advance(3_000);
  await ask(harness, ["GET", path]);
  await rebuild(harness);
  const after = (await ask(harness, ["GET", path])).data;
  assertEquals([after.status, after.lacks], ["current", []]);
  const { t, nav } = after.performance.series;
  const navAt = (day: number) => nav[t.indexOf(Date.UTC(2025, 10, day))];
  const kept = 1.5 * 100_000 + 10.1 * 3_000;
  const changed = 1.5 * 90_000 + 10.1 * 3_000;
  assertEquals([1, 2, 3, 4, 5].map(navAt), [kept, changed, changed, changed, kept]);

  await writeDays(harness, 100_000);
  await ask(harness, ["GET", path]);
  await rebuild(harness);
  assertEquals(await figures(harness, path), before);
});

Deno.test("candles that are imported for a time without any give it values", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/assets`], {
    json: { timestamp: "2024-01-10", asset_id: "BTC", quantity: "1", unit_price_usd: "40000" },
  });
  const path = `${base}/performance`;
  const before = (await ask(harness, ["GET", path])).data.performance;
  // Nothing is known of the time before the sample's candles begin.
  assertEquals(before.unpriced.map((one: { asset_id: string }) => one.asset_id), ["bitcoin"]);
  const first = Date.UTC(2024, 0, 1);
  const days = (NOW - 400 * DAY_MS - first) / DAY_MS;
  const candles = Array.from({ length: days }, (_, day) => ({
    ...{ openTime: first + day * DAY_MS, close: 50_000 },
  }));
  await harness.write({ assetId: "bitcoin", source: "binance", interval: "1d", candles });
  await ask(harness, ["GET", path]);
  await rebuild(harness);
  const { performance, status } = (await ask(harness, ["GET", path])).data;
  assertEquals([status, performance.unpriced], ["current", []]);
  assertEquals([performance.deposited, performance.value], [40_000, 100_000]);
  // 40,000 bought what was worth 50,000 that day and 100,000 in the end.
  assertEquals(performance.time_weighted_return, 1.5);
});

Deno.test("live candles after the last bucket ask for nothing", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const candles = [{ openTime: NOW, close: 101_000, state: "provisional" as const }];
  await harness.write({ assetId: "bitcoin", source: "binance", interval: "5m", candles });
  assertEquals((await ask(harness, ["GET", `${base}/performance`])).data.status, "current");
  assertEquals(await harness.jobs.list({ limit: 10 }), []);
  assertEquals(await harness.portfolio.keeper.askForChanged(), 0);
});

Deno.test("time that goes on is caught up with in the background", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  harness.clock.advance(7 * MINUTE_MS);
  const candles = [{ openTime: NOW, close: 101_000 }];
  await harness.write({ assetId: "bitcoin", source: "binance", interval: "5m", candles });
  await harness.write({ assetId: "ethereum", source: "binance", interval: "5m", candles });
  const path = `${base}/performance`;
  const behind = (await ask(harness, ["GET", path])).data;
  assertEquals([behind.status, behind.lacks], ["catching_up", ["time"]]);
  await rebuild(harness);
  const { status, asof, performance } = (await ask(harness, ["GET", path])).data;
  assertEquals([status, asof, performance.to], [
    ...["current", "2026-01-01T00:05:00Z", "2026-01-01T00:05:00Z"],
  ]);
  assertEquals(performance.value, 101_000 * (1.5 + 10.1));
});

Deno.test("without rates nothing is converted, and with them again all is as it was", async () => {
  await using harness = await openPricedApi();
  const rates = Array.from({ length: 400 }, (_, day) => ({
    ...{ base: "EUR", quote: "USD", kind: "eod", source: "ecb" } as const,
    at: utcMsOf(NOW - (400 - day) * DAY_MS),
    rate: 1.25,
  }));
  const fx = new SqlFxStore(harness.database, harness.clock);
  await fx.recordRates(rates);
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const paths = [`${base}/performance?currency=EUR`, `${base}/performance`];
  const read = () => Promise.all(paths.map((path) => figures(harness, path)));
  const before = await read();
  const inEuro = JSON.parse(before[0] ?? "").performance;
  assertEquals(inEuro.value, 180_300 / 1.25);

  await harness.database.transaction(async ({ db, touch }) => {
    await db.deleteFrom("fx_rates").execute();
    touch("fx");
  });
  const without = (await ask(harness, ["GET", paths[0] ?? ""])).data;
  assertEquals([without.currency, without.performance], ["EUR", null]);
  const { data: value } = await ask(harness, ["GET", `${base}/valuation?currency=EUR`]);
  assertEquals(value.nav, null);
  // Dollars need no rate.
  assertEquals(await figures(harness, paths[1] ?? ""), before[1]);

  await fx.recordRates(rates);
  assertEquals(await read(), before);
});

Deno.test("a fee in euros follows the rates of its day, and nothing else is valued anew", async () => {
  await using harness = await openPricedApi();
  const fx = new SqlFxStore(harness.database, harness.clock);
  const euros = (rate: number) => [{
    ...{ base: "EUR", quote: "USD", kind: "eod", source: "ecb" } as const,
    ...{ at: utcMsOf(Date.UTC(2025, 0, 9, 16)), rate },
  }];
  await fx.recordRates(euros(1.25));
  const base = await makePortfolio(harness);
  const body = [
    "id,timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account",
    ",2025-01-10T12:00:00Z,BUY,bitcoin,1,40000,eur,100,cold",
    ",2025-02-10T12:00:00Z,BUY,ethereum,1,2000,,,cold",
  ].join("\n");
  await ask(harness, ["POST", `${base}/import`], { body });
  const path = `${base}/performance`;
  const before = await figures(harness, path);
  assertEquals(JSON.parse(before).performance.deposited, 42_125);

  await fx.recordRates(euros(1.5));
  const behind = (await ask(harness, ["GET", path])).data;
  assertEquals([behind.status, behind.lacks], ["recalculating", ["rates"]]);
  await rebuild(harness);
  const after = (await ask(harness, ["GET", path])).data;
  assertEquals([after.status, after.performance.deposited], ["current", 42_150]);

  await fx.recordRates(euros(1.25));
  harness.clock.advance(3_000);
  await ask(harness, ["GET", path]);
  await rebuild(harness);
  assertEquals(await figures(harness, path), before);
});

Deno.test("a fee in euros without a rate is in no return, and told with what brings it in", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const body = [
    "id,timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account",
    ",2025-01-10T12:00:00Z,BUY,bitcoin,1,40000,eur,100,cold",
  ].join("\n");
  await ask(harness, ["POST", `${base}/import`], { body });
  const path = `${base}/performance`;
  const { performance, lots } = (await ask(harness, ["GET", path])).data;
  // Bought at 40,000, worth 100,000; of the fee only euros are known.
  assertEquals([performance.deposited, performance.gain, performance.roi], [40_000, 60_000, 1.5]);
  assertEquals(performance.unvalued_fees, [{ asset_id: "bitcoin", count: 1 }]);
  assertEquals([lots.fees_usd, lots.incomplete], [null, 1]);
  const gain = (await ask(harness, ["GET", `${base}/explain/gain`])).data;
  const [left] = gain.inputs.filter(({ value }: { value: string | null }) => value === null);
  assertEquals([left.name, left.asset_id], ["Fees of bitcoin without a rate: 1", "bitcoin"]);
  const { problems } = (await ask(harness, ["GET", `${base}/problems`])).data;
  assertEquals(
    problems.map(({ code, fix }: { code: string; fix: string }) => [code, /fx:import/.test(fix)]),
    [["VALUE_UNKNOWN", true]],
  );

  await new SqlFxStore(harness.database, harness.clock).recordRates([{
    ...{ base: "EUR", quote: "USD", kind: "eod", source: "ecb" } as const,
    ...{ at: utcMsOf(Date.UTC(2025, 0, 9, 16)), rate: 1.25 },
  }]);
  harness.clock.advance(3_000);
  assertEquals((await ask(harness, ["GET", path])).data.lacks, ["rates"]);
  await rebuild(harness);
  const after = (await ask(harness, ["GET", path])).data;
  assertEquals([after.performance.deposited, after.performance.gain], [40_125, 59_875]);
  assertEquals([after.performance.unvalued_fees, after.lots.fees_usd], [[], "125"]);
});

Deno.test("the cost of a row without a price follows its candle at once", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const row = { timestamp: "2025-11-02T12:00:00Z", asset_id: "BTC", quantity: "1" };
  await ask(harness, ["POST", `${base}/assets`], { json: row });
  const costOf = async () => (await ask(harness, ["GET", `${base}/valuation`])).data.cost_usd;
  assertEquals(await costOf(), "100000");
  const openTime = Date.UTC(2025, 10, 2, 11);
  const candles = [{ openTime, close: 90_000 }];
  await harness.write({ assetId: "bitcoin", source: "binance", interval: "1h", candles });
  assertEquals(await costOf(), "90000");
});
