import { rebuildPortfolio } from "@/jobs/rebuild_portfolio.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import type { ApiHarness } from "./api_harness.ts";
import { ask, LEDGER_CSV, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

/** Everything that is computed from whole ledgers. */
const PATHS = [
  ...["valuation", "valuation?currency=EUR", "performance", "performance?from=2025-06-11"],
  ...["performance?to=2025-05-01&benchmark=ETH", "lots", "lots?method=hifo&limit=1"],
  ...["lots?asset=ETH", "disposals", "disposals?year=2025&method=lifo", "income", "fees"],
  ...["problems", "explain/nav", "explain/realised", "explain/twr", "explain/position-bitcoin"],
  ...["snapshots?interval=1d&from=2025-12-01", "snapshots?interval=5m"],
];
const REFUSED = ["explain/nothing", "lots?cursor=999.1", "disposals?asset=nobody"];

const TRADE_CSV = [
  "timestamp,action,asset_id,quantity,unit_price_usd,account",
  "2025-12-30T00:00:00Z,BUY,bitcoin,1,90000,cold",
].join("\n");

/** What an answer says, without ids and times that two runs do not share. */
async function answerOf(harness: ApiHarness, path: string): Promise<unknown> {
  const { status, data, error, meta } = await ask(harness, ["GET", path]);
  const text = JSON.stringify({ status, data, error, total: meta?.["total"] });
  return JSON.parse(
    text,
    (key, value) =>
      key === "portfolio_id" || key === "request_id" || key === "import_id" ? undefined : value,
  );
}

async function answersOf(harness: ApiHarness, base: string): Promise<readonly unknown[]> {
  const answers = [];
  for (const path of [...PATHS, ...REFUSED]) {
    answers.push(await answerOf(harness, `${base}/${path}`));
  }
  return answers;
}

/** Runs the rebuild that a change of a large ledger asked for. */
async function rebuild(harness: ApiHarness): Promise<void> {
  const [job, ...others] = await harness.jobs.list({ limit: 10, state: "queued" });
  assert(job !== undefined && others.length === 0, "one rebuild waits");
  const { promise: done, resolve } = Promise.withResolvers<number>();
  await rebuildPortfolio({ snapshots: harness.portfolio.keeper }).run({
    ...{ payload: job.payload, signal: new AbortController().signal, attempt: 1 },
    ...{ log: harness.log, reportProgress: ({ done }) => resolve(done ?? 0) },
  });
  assert(await done > 0);
  await harness.jobStore.cancel(job.id);
}

Deno.test("a thread answers about large ledgers what is answered about small ones", async () => {
  await using here = await openPricedApi();
  await using thread = await openPricedApi({ maxRowsHere: 2 });
  const harnesses = [here, thread];
  const bases = await Promise.all(harnesses.map((harness) => makePortfolio(harness)));
  const told = await Promise.all(harnesses.map(async (harness, at) => {
    const base = bases[at] ?? "";
    await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
    if (harness === thread) {
      const { data } = await ask(harness, ["GET", `${base}/performance`]);
      assertEquals([data.status, data.performance], ["pending", null]);
      await rebuild(harness);
    }
    const first = await answersOf(harness, base);
    harness.clock.advance(3_000);
    await ask(harness, ["POST", `${base}/import`], { body: TRADE_CSV });
    if (harness === thread) await rebuild(harness);
    return [first, await answersOf(harness, base)];
  }));
  assertEquals(told[1], told[0]);
});

Deno.test("a thread refuses whoever does not own a ledger, and serves files of it whole", async () => {
  await using harness = await openPricedApi({ maxRowsHere: 2 });
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  for (const path of ["lots", "performance", "explain/nav", "valuation"]) {
    const { status } = await ask(harness, ["GET", `${base}/${path}`], { owner: "somebody" });
    assertEquals(status, 404, path);
  }
  const file = await harness.send("GET", `${base}/disposals?format=csv`);
  const lines = (await file.text()).trimEnd().split("\n");
  const { data } = await ask(harness, ["GET", `${base}/disposals`]);
  assertEquals(lines.length, data.total + 1);
});
