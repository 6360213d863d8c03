import { ECB_CURRENCY } from "@/services/portfolio/mod.ts";
import { SqlFxStore } from "@/services/storage/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { type ApiHarness, NOW } from "./api_harness.ts";
import { ask, LEDGER_CSV, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

const BROKEN_CSV = [
  "timestamp,action,asset_id,quantity,unit_price_usd,account",
  "2025-01-01T00:00:00Z,BUY,bitcoin,1,100,a",
  "yesterday,BUY,bitcoin,1,100,a",
  "2025-01-01T00:00:00Z,GIFT,bitcoin,1,100,a",
  "2025-01-01T00:00:00Z,BUY,nocoin,1,100,a",
  "2025-01-01T00:00:00Z,BUY,bitcoin,one,100,a",
  "2025-01-01T00:00:00Z,BUY,bitcoin,-1,100,a",
  "2025-01-02T00:00:00Z,BUY,bitcoin,2,100,a",
  "",
].join("\n");

async function importCsv(harness: ApiHarness, base: string, { csv = LEDGER_CSV, query = "" } = {}) {
  const { status, data } = await ask(harness, ["POST", `${base}/import${query}`], { body: csv });
  assertEquals(status, 200);
  return data;
}

async function valueOf(harness: ApiHarness, base: string, query = "") {
  return (await ask(harness, ["GET", `${base}/valuation${query}`])).data;
}

Deno.test("a portfolio goes from a file to value, lots and back to a file", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const report = await importCsv(harness, base);
  assertEquals([report.state, report.read, report.accepted, report.inserted], [
    "committed",
    7,
    7,
    7,
  ]);

  // 1.5 BTC at 100,000 and 10.1 ETH at 3,000.
  const value = await valueOf(harness, base);
  assertEquals(value.nav, "180300");
  const [bitcoin, ethereum] = value.positions;
  assertEquals([bitcoin.quantity, bitcoin.value, bitcoin.price.source], [
    "1.5",
    "150000",
    "binance",
  ]);
  assertEquals(
    ethereum.accounts,
    [
      { account: "hot", quantity: "6.1" },
      { account: "cold", quantity: "4" },
    ].sort((a, b) => a.account < b.account ? -1 : 1),
  );
  // Sold half of the first at 40,000: 20,000 left and 70,010 with its fee.
  assertEquals([bitcoin.cost_usd, bitcoin.unrealized_usd], ["90010", "59990"]);
  assertEquals([value.realized_usd, value.income_usd, value.fees_usd], ["12500", "250", "10"]);
  assertEquals([value.unpriced, value.problems], [0, 0]);

  const lots = async (query = "") =>
    (await ask(harness, ["GET", `${base}/lots?asset=BTC${query}`])).data;
  const open = await lots();
  assertEquals(open.lot_rule, { method: "fifo", pools: "account" });
  assertEquals(
    open.lots.map((lot: { quantity: string; cost_usd: string }) => [lot.quantity, lot.cost_usd]),
    [["0.5", "20000"], ["1", "70010"]],
  );
  const lifo = await lots("&method=lifo");
  assertEquals(
    lifo.lots.map((lot: { quantity: string; cost_usd: string }) => [lot.quantity, lot.cost_usd]),
    [["1", "40000"], ["0.5", "35005"]],
  );
  assertEquals((await ask(harness, ["GET", `${base}/disposals?year=2024`])).data.total, 0);
  const { data: sold } = await ask(harness, ["GET", `${base}/disposals?year=2025`]);
  assertEquals([sold.total, sold.disposals[0].gain_usd, sold.realized[0].gain_usd], [
    1,
    "12500",
    "12500",
  ]);

  const exported = await (await harness.send("GET", `${base}/export`)).text();
  const copy = await makePortfolio(harness);
  assertEquals((await importCsv(harness, copy, { csv: exported })).accepted, 7);
  assertEquals(await (await harness.send("GET", `${copy}/export`)).text(), exported);
  assertEquals((await valueOf(harness, copy)).nav, "180300");
});

Deno.test("everything follows a trade that is added, changed and removed", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await importCsv(harness, base);
  const added = await ask(harness, ["POST", `${base}/assets`], {
    json: {
      timestamp: "2025-07-01T00:00:00Z",
      asset_id: "BTC",
      quantity: "0.5",
      unit_price_usd: "90000",
      fee_asset: "usd",
      fee_amount: "5",
      account: "cold",
      notes: "'=kept to the letter",
    },
  });
  assertEquals([added.status, added.data.transaction.action, added.data.fee.quantity], [
    201,
    "BUY",
    "-5",
  ]);
  assertEquals(added.data.transaction.notes, "'=kept to the letter");
  assertEquals((await valueOf(harness, base)).nav, "230300");
  const lots = await ask(harness, ["GET", `${base}/lots?asset=BTC`]);
  assertEquals(lots.data.total, 3);

  const row = `${base}/transactions/${added.data.transaction.id}`;
  const edited = await ask(harness, ["PUT", row], { json: { quantity: "1", fee_amount: null } });
  assertEquals([edited.data.transaction.quantity, edited.data.fee], ["1", null]);
  assertEquals((await valueOf(harness, base)).nav, "280300");
  assertEquals((await ask(harness, ["DELETE", row])).status, 200);
  assertEquals((await ask(harness, ["GET", row])).status, 404);
  assertEquals((await valueOf(harness, base)).nav, "180300");
});

Deno.test("the same file again changes nothing and says so", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await importCsv(harness, base);
  const again = await importCsv(harness, base);
  assertEquals([again.accepted, again.duplicate, again.changed_from], [0, 7, null]);
  assertEquals((await valueOf(harness, base)).nav, "180300");
});

Deno.test("a preview shows what would be and keeps nothing", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const preview = await importCsv(harness, base, { query: "?dry_run=1" });
  assertEquals([preview.state, preview.accepted, preview.import_id], ["preview", 7, null]);
  assertEquals((await ask(harness, ["GET", `${base}/transactions`])).data, []);
  assertEquals((await ask(harness, ["GET", `${base}/imports`])).data, []);
});

Deno.test("a file with five broken rows lands the rest or nothing, as asked", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const refused = await importCsv(harness, base, { csv: BROKEN_CSV });
  assertEquals([refused.state, refused.read, refused.quarantined], ["refused", 7, 5]);
  assertEquals((await ask(harness, ["GET", `${base}/transactions`])).data, []);

  const partial = await importCsv(harness, base, { csv: BROKEN_CSV, query: "?partial=1" });
  assertEquals([partial.state, partial.accepted, partial.quarantined], ["committed", 2, 5]);
  const rejected = await harness.send("GET", `${base}/imports/${partial.import_id}/rejected`);
  const csv = await rejected.text();
  assertEquals(csv.trim().split("\n").length, 6);
  const corrected = csv.replace("yesterday", "2025-01-03T00:00:00Z").replace("GIFT", "AIRDROP")
    .replace("nocoin", "ethereum").replace(",one,", ",4,").replace(",-1,", ",3,");
  const landed = await importCsv(harness, base, { csv: corrected });
  assertEquals([landed.state, landed.accepted, landed.quarantined], ["committed", 5, 0]);
});

Deno.test("an import is undone as a whole, unless its rows were changed since", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const { import_id } = await importCsv(harness, base);
  const { data: rows } = await ask(harness, ["GET", `${base}/transactions?limit=1`]);
  const edit = await ask(harness, ["PUT", `${base}/transactions/${rows[0].id}`], {
    json: { notes: "changed" },
  });
  assertEquals(edit.status, 200);
  const refused = await ask(harness, ["DELETE", `${base}/imports/${import_id}`]);
  assertEquals([refused.status, refused.error?.code], [409, "CONFLICT"]);
  const other = await makePortfolio(harness);
  const second = await importCsv(harness, other);
  const undone = await ask(harness, ["DELETE", `${other}/imports/${second.import_id}`]);
  assertEquals([undone.status, undone.data.removed], [200, 8]);
  assertEquals((await ask(harness, ["GET", `${other}/transactions`])).data, []);
  const { data: imports } = await ask(harness, ["GET", `${other}/imports`]);
  assertEquals(imports[0].state, "undone");
});

Deno.test("without rates a holding is unpriced, never valued at 1", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await importCsv(harness, base);
  const fx = new SqlFxStore(harness.database, harness.clock);
  await fx.recordRates([{
    base: ECB_CURRENCY,
    quote: "USD",
    kind: "eod",
    source: "ecb",
    at: harness.clock.now(),
    rate: 1.25,
  }]);
  const priced = await valueOf(harness, base, "?currency=EUR");
  assertEquals([priced.nav, priced.unpriced, priced.fx.state], ["144240", 0, "eod"]);
  await harness.database.transaction(({ db }) => db.deleteFrom("fx_rates").execute());
  const unpriced = await valueOf(harness, base, "?currency=EUR");
  assertEquals([unpriced.nav, unpriced.unpriced, unpriced.fx.rate], [null, 2, null]);
  assertEquals(unpriced.positions[0].value, null);
  assertEquals(unpriced.positions[0].unpriced, "There is no rate from dollars to EUR");
});

Deno.test("transactions come in pages, newest or oldest first", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await importCsv(harness, base);
  for (const order of ["newest", "oldest"]) {
    const seen: string[] = [];
    let path: string | null = `${base}/transactions?limit=3&order=${order}`;
    while (path !== null) {
      const { data, headers }: Awaited<ReturnType<typeof ask>> = await ask(harness, ["GET", path]);
      seen.push(...data.map((row: { timestamp: string }) => row.timestamp));
      path = /<(.+)>/.exec(headers.get("link") ?? "")?.[1] ?? null;
    }
    const sorted = seen.toSorted();
    assertEquals([seen.length, seen], [8, order === "newest" ? sorted.reverse() : sorted]);
  }
});

Deno.test("a portfolio is deleted softly and restored with all its rows", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await importCsv(harness, base);
  assertEquals((await ask(harness, ["DELETE", base])).status, 200);
  for (const path of [base, `${base}/transactions`, `${base}/valuation`, `${base}/imports`]) {
    assertEquals([path, (await ask(harness, ["GET", path])).status], [path, 404]);
  }
  assertEquals((await ask(harness, ["GET", "/api/portfolio"])).data, []);
  assertEquals((await ask(harness, ["GET", "/api/portfolio?deleted=true"])).data.length, 1);
  assertEquals((await ask(harness, ["POST", `${base}/restore`])).data.deleted_at, null);
  assertEquals((await valueOf(harness, base)).nav, "180300");
});

Deno.test("the list tells what each portfolio is worth, by what is kept, and why one is not known", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await importCsv(harness, base);
  const deleted = await makePortfolio(harness);
  await ask(harness, ["DELETE", deleted]);
  await makePortfolio(harness);
  const { data } = await ask(harness, ["GET", "/api/portfolio?deleted=true"]);
  const summaries = data.map(({ summary }: { summary: unknown }) => summary);
  const reason = "It has no rows yet";
  const empty = { held_since: null, day: null, day_reason: reason, unpriced: null };
  assertEquals(summaries, [
    {
      ...{ nav: 180_300, reason: null, asof: "2026-01-01T00:00:00Z", held_since: null },
      day: { from: "2025-12-31T00:00:00Z", time_weighted_return: 0, gain: 0 },
      ...{ day_reason: null, unpriced: 0, status: "current" },
    },
    null,
    { ...empty, nav: null, reason, asof: null, status: "empty" },
  ]);
  assertEquals((await valueOf(harness, base)).nav, "180300");
  // A rate that is missing is none, and never 1.
  await ask(harness, ["PUT", base], { json: { base_currency: "EUR" } });
  const [{ summary }] = (await ask(harness, ["GET", "/api/portfolio"])).data;
  assertEquals([summary.nav, summary.asof, summary.day], [null, null, null]);
  assertEquals(
    summary.reason,
    "No holding had a price in the last 24 hours, or dollars no rate to EUR",
  );
});

Deno.test("rules are changed at any time and hold by tax year", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await importCsv(harness, base);
  const lot_rules_by_year = { 2025: { method: "hifo", pools: "account" } };
  const changed = await ask(harness, ["PUT", base], { json: { lot_rules_by_year } });
  assertEquals([changed.data.name, changed.data.lot_rules_by_year], [
    "Savings",
    lot_rules_by_year,
  ]);
  const { data } = await ask(harness, ["GET", `${base}/disposals`]);
  assertEquals([data.disposals[0].gain_usd, data.lot_rules_by_year], [
    "-2505",
    lot_rules_by_year,
  ]);
  const csv = await (await harness.send("GET", `${base}/disposals?format=csv`)).text();
  const [header = "", line = ""] = csv.split("\n");
  assert(header.endsWith(",method,pools"));
  assert(line.endsWith(",hifo,account"));
});

Deno.test("a disposal takes the lots that its row names, by specific identification", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await importCsv(harness, base);
  const { data: rows } = await ask(harness, [
    "GET",
    `${base}/transactions?order=oldest&asset=bitcoin`,
  ]);
  const [, second, sale] = rows;
  const named = await ask(harness, ["PUT", `${base}/transactions/${sale.id}`], {
    json: { lots: [{ id: second.id, quantity: "0.5" }] },
  });
  assertEquals(named.data.transaction.notes_extra, { lots: `${second.id}:0.5` });
  const { data } = await ask(harness, ["GET", `${base}/disposals?method=specid`]);
  assertEquals([data.disposals[0].lot_row_id, data.disposals[0].gain_usd], [second.id, "-2505"]);
});

Deno.test("watchlists keep assets in their order, each once", async () => {
  await using harness = await openPricedApi();
  const made = await ask(harness, ["POST", "/api/watchlist"], {
    json: { name: " Later ", assets: ["ETH", "ethereum"] },
  });
  assertEquals([made.status, made.data.name, made.data.items.length], [201, "Later", 1]);
  const base = `/api/watchlist/${made.data.watchlist_id}`;
  await ask(harness, ["POST", `${base}/items`], { json: { asset: "xbt", note: "halving" } });
  const ordered = await ask(harness, ["PUT", base], { json: { order: ["bitcoin"] } });
  assertEquals(
    ordered.data.items.map(({ asset_id, note }: Record<string, string>) => [asset_id, note]),
    [["bitcoin", "halving"], ["ethereum", null]],
  );
  const less = await ask(harness, ["DELETE", `${base}/items/bitcoin`]);
  assertEquals(less.data.items.length, 1);
  assertEquals((await ask(harness, ["DELETE", `${base}/items/bitcoin`])).status, 404);
  assertEquals((await ask(harness, ["DELETE", base])).status, 200);
  assertEquals((await ask(harness, ["GET", "/api/watchlist"])).data, []);
});

Deno.test("what no ledger can hold is refused with its reason", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const row = {
    timestamp: "2025-01-01",
    action: "BUY",
    asset_id: "bitcoin",
    quantity: "1",
    account: "a",
  };
  for (
    const [change, reason] of [
      [{ quantity: "-1" }, "negative"],
      [{ quantity: "1,5,0" }, "no amount"],
      [{ timestamp: "2031-01-01" }, "future"],
      [{ asset_id: "UNI" }, "ambiguous"],
      [{ asset_id: "eur" }, "money"],
      [{ fee_amount: "1" }, "fee_asset is blank"],
      [{ action: "FEE", parent_id: "019b76da-a800-7000-8000-000000000001" }, "parent_id"],
    ] as const
  ) {
    const { status, error } = await ask(harness, ["POST", `${base}/transactions`], {
      json: { ...row, ...change },
    });
    assertEquals([reason, status], [reason, 422]);
    assert(error?.message.includes(reason), `${error?.message} says ${reason}`);
  }
  assertEquals((await ask(harness, ["GET", base])).data.ledger_version, 0);
  assertEquals(NOW, harness.clock.now());
});

Deno.test("an import into an account that no file could name is refused", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const body = "timestamp,action,asset_id,quantity\n2025-01-01,BUY,bitcoin,1\n";
  for (const account of ["a%0Ab", "%00", "a".repeat(300)]) {
    const { status } = await ask(harness, ["POST", `${base}/import?account=${account}`], { body });
    assertEquals([account, status], [account, 422]);
  }
  const blank = await ask(harness, ["POST", `${base}/import?account=%20`], { body });
  assertEquals(blank.data.rejected[0].code, "missing_value");
  await ask(harness, ["POST", `${base}/import?account=%20cold%20`], { body });
  const { data } = await ask(harness, ["GET", `${base}/transactions`]);
  assertEquals(data[0].account, "cold");
});

Deno.test("a row can't be given the key of another one", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  const row = { timestamp: "2025-01-01", action: "BUY", asset_id: "bitcoin", quantity: "1" };
  const add = (external_id: string) =>
    ask(harness, ["POST", `${base}/transactions`], { json: { ...row, external_id } });
  assertEquals((await add("one")).status, 201);
  assertEquals((await add("one")).status, 409);
  const { data } = await add("two");
  const path = `${base}/transactions/${data.transaction.id}`;
  const refused = await ask(harness, ["PUT", path], { json: { external_id: "one" } });
  assertEquals([refused.status, refused.error?.code], [409, "CONFLICT"]);
  const kept = await ask(harness, ["PUT", path], { json: { quantity: "3" } });
  assertEquals([kept.status, kept.data.transaction.external_id], [200, "two"]);
});
