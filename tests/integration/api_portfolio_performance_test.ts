import { assert, assertEquals } from "@/tests/assert.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import { NOW, openTestApi } from "./api_harness.ts";
import { ask, LEDGER_CSV, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

Deno.test("performance is measured under each measure's name, and its parts add up", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const row = { timestamp: "2025-01-10", asset_id: "BTC", quantity: "1", account: "cold" };
  const bought = await ask(harness, ["POST", `${base}/assets`], {
    json: { ...row, unit_price_usd: "80000" },
  });
  assertEquals(bought.status, 201);
  const path = `${base}/performance?benchmark=ETH`;
  const { data } = await ask(harness, ["GET", path]);
  const { performance } = data;
  // 80,000 were paid for what was worth 100,000 from then on.
  assertEquals([performance.deposited, performance.value, performance.gain], [
    80_000,
    100_000,
    20_000,
  ]);
  assertEquals([performance.roi, performance.time_weighted_return], [0.25, 0.25]);
  assertEquals(
    performance.contributions.map((
      one: { asset_id: string; gain: number },
    ) => [one.asset_id, one.gain]),
    [["bitcoin", 20_000]],
  );
  assert(Math.abs(performance.residual) < 1e-9);
  assertEquals(performance.benchmark.asset_id, "ethereum");
  assertEquals(data.lots, {
    ...{ realized_usd: "0", income_usd: "0", fees_usd: "0", incomplete: 0 },
    ...{ cost_usd: "80000", unrealized_usd: "20000", uncosted_lots: 0, unpriced_lots: 0 },
    reasons: {},
  });
  assertEquals([data.status, data.lacks, data.asof], ["current", [], "2026-01-01T00:00:00Z"]);
  assertEquals(performance.series.t.length, performance.series.nav.length);
  const again = await ask(harness, ["GET", path]);
  assertEquals(again.data, data);
  const csv = await (await harness.send("GET", `${base}/performance?format=csv`)).text();
  assertEquals(csv.trim().split("\n").length, performance.series.t.length + 1);
  const refused = await ask(harness, ["GET", `${base}/performance?from=2025-02-01&to=2025-01-01`]);
  assertEquals(refused.status, 422);
  const empty = await makePortfolio(harness);
  const nothing = (await ask(harness, ["GET", `${empty}/performance`])).data;
  assertEquals([nothing.status, nothing.performance], ["empty", null]);
  assertEquals([nothing.reason, data.reason, performance.reasons], [
    "It has no rows yet",
    null,
    {},
  ]);
});

Deno.test("what left and never arrived is in no value: neither now nor in performance", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const body = "timestamp,action,asset_id,quantity,unit_price_usd,account\n" +
    "2025-01-10,BUY,bitcoin,3,80000,cold\n2025-03-10,TRANSFER_OUT,bitcoin,1,,cold\n";
  await ask(harness, ["POST", `${base}/import`], { body });
  const { data } = await ask(harness, ["GET", `${base}/performance`]);
  const now = (await ask(harness, ["GET", `${base}/valuation`])).data;
  assertEquals([data.performance.value, now.nav], [200_000, "200000"]);
  assertEquals([data.lots.cost_usd, now.cost_usd], ["160000", "160000"]);
  assertEquals([data.lots.unrealized_usd, now.unrealized_usd], ["40000", "40000"]);
  // It is still an open lot, which the ledger does not say what became of.
  const lots = (await ask(harness, ["GET", `${base}/lots`])).data.lots;
  assertEquals(lots.map((one: { is_in_transit: boolean }) => one.is_in_transit), [false, true]);
});

Deno.test("a young portfolio is measured by days where only days are stored", async () => {
  await using harness = await openTestApi();
  const candles = Array.from({ length: 90 }, (_, at) => {
    const close = 1_000 + at;
    const openTime = NOW - NOW % DAY_MS - (90 - at) * DAY_MS;
    return { openTime, open: close, high: close, low: close, close, volume: 1 };
  });
  await harness.write({ assetId: "bitcoin", source: "binance", interval: "1d", candles });
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/assets`], {
    json: {
      timestamp: new Date(NOW - 20 * DAY_MS).toISOString(),
      ...{ asset_id: "BTC", quantity: "1", unit_price_usd: "1000" },
    },
  });
  const { data } = await ask(harness, ["GET", `${base}/performance`]);
  assertEquals([data.interval, data.performance.withdrawn], ["1d", 0]);
});

Deno.test("snapshots are answered by account and asset, whole or in part", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const path = `${base}/snapshots`;
  assertEquals((await ask(harness, ["GET", path])).data.accounts, []);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const { data } = await ask(harness, ["GET", `${path}?from=2025-05-09&to=2025-05-11`]);
  assertEquals([data.interval, data.asof], ["1d", "2026-01-01T00:00:00Z"]);
  const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
  assertEquals(data.t, ["2025-05-09", "2025-05-10", "2025-05-11", "2025-05-12"].map(day));
  // On 10 May four of the ten ethers went from hot to cold.
  assertEquals(
    data.accounts.map((one: { asset_id: string; account: string; value_usd: number[] }) => [
      ...[one.asset_id, one.account, one.value_usd],
    ]),
    [
      ["bitcoin", "cold", [150_000, 150_000, 150_000, 150_000]],
      ["ethereum", "cold", [0, 0, 12_000, 12_000]],
      ["ethereum", "hot", [30_000, 30_000, 18_000, 18_000]],
    ],
  );
  const part = (await ask(harness, ["GET", `${path}?interval=1h&asset=ETH&account=hot`])).data;
  assertEquals(part.accounts.length, 1);
  assertEquals(part.accounts[0].value_usd.at(-1), 18_300);
  const csv = await (await harness.send("GET", `${path}?asset=BTC&format=csv`)).text();
  assertEquals(csv.split("\n")[0]?.trim(), "time,asset_id,account,value_usd");
  const refused = await ask(harness, ["GET", `${path}?interval=1w`]);
  assertEquals(refused.status, 422);
});

Deno.test("figures of lots end where prices do, as performance does, or say why there are none", async () => {
  await using harness = await openTestApi();
  const base = await makePortfolio(harness);
  const day = (ago: number) => new Date(NOW - NOW % DAY_MS - ago * DAY_MS).toISOString();
  const buy = (ago: number, quantity: string) =>
    ask(harness, ["POST", `${base}/assets`], {
      json: { timestamp: day(ago), asset_id: "BTC", quantity, unit_price_usd: "1000" },
    });
  await buy(20, "2");
  const path = `${base}/performance`;
  const blind = (await ask(harness, ["GET", path])).data;
  assertEquals([blind.performance, blind.lots.unrealized_usd], [null, null]);
  assertEquals(blind.reason, "There are no two moments with all prices to measure between");
  assertEquals([blind.lots.cost_usd, blind.lots.unpriced_lots], ["2000", 1]);
  assertEquals(blind.lots.reasons, { unrealized_usd: "No open lot has a price at the end" });

  // Prices end ten days ago, at 1,100; what is bought later is in neither figure.
  const candles = Array.from({ length: 90 }, (_, at) => ({
    ...{ openTime: Date.parse(day(100 - at)), close: at < 89 ? 1_000 : 1_100 },
  }));
  await harness.write({ assetId: "bitcoin", source: "binance", interval: "1d", candles });
  await buy(5, "1");
  const { lots, performance } = (await ask(harness, ["GET", path])).data;
  assertEquals(performance.to, day(10).replace(".000", ""));
  assertEquals([performance.value, performance.gain], [2_200, 200]);
  assertEquals([lots.cost_usd, lots.unrealized_usd], ["2000", "200"]);
  assertEquals([lots.unpriced_lots, lots.reasons], [0, {}]);
});

Deno.test("snapshots are answered in pages of assets, as long as they are of one build", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const path = `${base}/snapshots?from=2025-05-11&to=2025-05-11`;
  const whole = await ask(harness, ["GET", path]);
  assertEquals([whole.data.total, whole.meta["next_cursor"]], [2, null]);
  const first = await ask(harness, ["GET", `${path}&limit=1`]);
  const assetsOf = ({ data }: typeof first) =>
    data.accounts.map((one: { asset_id: string }) => one.asset_id);
  assertEquals(assetsOf(first), ["bitcoin"]);
  const link = /<(.+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  const second = await ask(harness, ["GET", link]);
  assertEquals(assetsOf(second), ["ethereum", "ethereum"]);
  assertEquals([second.data.total, second.meta["next_cursor"]], [2, null]);
  assertEquals([...first.data.accounts, ...second.data.accounts], whole.data.accounts);
  const csv = await (await harness.send("GET", `${path}&limit=1&format=csv`)).text();
  assertEquals(csv.trim().split("\n").length, 1 + 3 * whole.data.t.length);

  const cursor = first.meta["next_cursor"];
  for (const bad of ["x", "1", ".bitcoin", `${cursor}`.split(".")[0]]) {
    assertEquals((await ask(harness, ["GET", `${path}&cursor=${bad}`])).status, 422);
  }
  const row = { timestamp: "2025-06-10", asset_id: "BTC", quantity: "1", unit_price_usd: "1" };
  await ask(harness, ["POST", `${base}/assets`], { json: row });
  const stale = await ask(harness, ["GET", link]);
  assertEquals([stale.status, stale.error?.code], [409, "CONFLICT"]);
});
