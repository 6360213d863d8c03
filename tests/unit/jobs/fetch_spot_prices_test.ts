import { fetchSpotPrices, type SpotSource } from "@/jobs/fetch_spot_prices.ts";
import { POLL_MS } from "@/jobs/worker.ts";
import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { MINUTE_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import { type AssetId, LIVE_TOPICS, type LivePrice } from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import type { JsonValue } from "@/services/ports/jobs.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { MemoryLivePrices } from "@/tests/fakes/memory_live_prices.ts";
import { jobContext } from "./job_context.ts";
import { JobKit } from "./job_kit.ts";

const START = Date.UTC(2026, 0, 1);
const BITCOIN = "bitcoin" as AssetId;
const UNKNOWN = "unknown" as AssetId;
const at = (ms: number) => utcMsOf(START + ms);
type Quote = Awaited<ReturnType<SpotSource["quotes"]>>[number];

function quote(ms: number, priceUsd: number): Quote {
  const market = { source: "coingecko", asof: at(ms), volume24hUsd: 5, marketCapUsd: null };
  return { assetId: BITCOIN, priceUsd, asof: at(ms), market };
}

/** A source that knows Bitcoin only, or fails as the test says. */
function kit({ quotes = [quote(0, 100)] }: { quotes?: readonly Quote[] } = {}) {
  const bus = new MemoryBus(new RecordingLog());
  const prices = new MemoryLivePrices();
  const published: LivePrice[][] = [];
  bus.subscribe(LIVE_TOPICS.prices, (payload) => published.push(JSON.parse(payload)));
  const answer = { quotes, failure: null as Error | null };
  const asked: (readonly AssetId[])[] = [];
  const source: SpotSource = {
    name: "coingecko",
    quotes(assetIds, signal) {
      asked.push(assetIds);
      signal?.throwIfAborted();
      return answer.failure ? Promise.reject(answer.failure) : Promise.resolve(answer.quotes);
    },
  };
  const job = fetchSpotPrices({ source, assetIds: [BITCOIN, UNKNOWN], prices, bus });
  return { job, prices, published, answer, asked };
}

const stored: LivePrice = {
  ...quote(0, 100),
  source: "coingecko",
  venues: [],
  excluded: [],
};

Deno.test("fetch_spot_prices stores and publishes what the source gives", async () => {
  const { job, prices, published, asked } = kit();
  assertEquals(await job.run(jobContext(null)), { asked: 2, fetched: 1, problem: null });
  assertEquals(asked, [[BITCOIN, UNKNOWN]]);
  assertEquals(await prices.listPrices(), [stored]);
  assertEquals(published, [[stored]]);
});

Deno.test("fetch_spot_prices run twice stores the same", async () => {
  const { job, prices } = kit();
  await job.run(jobContext(null));
  const once = await prices.listPrices();
  await job.run(jobContext(null));
  assertEquals(await prices.listPrices(), once);
});

Deno.test("fetch_spot_prices does not put an older price over a traded one", async () => {
  const { job, prices } = kit();
  const traded = { ...stored, priceUsd: 103, asof: at(5), source: "consolidated", market: null };
  await prices.recordPrices([traded]);
  await job.run(jobContext(null));
  assertEquals(await prices.listPrices(), [{ ...traded, market: stored.market }]);
});

Deno.test("fetch_spot_prices publishes nothing where nothing came", async () => {
  const { job, prices, published } = kit({ quotes: [] });
  assertEquals(await job.run(jobContext(null)), { asked: 2, fetched: 0, problem: null });
  assertEquals([await prices.listPrices(), published], [[], []]);
});

Deno.test("fetch_spot_prices stores before it publishes, and publishes nothing it could not", async () => {
  const { job, prices, published } = kit();
  prices.recordPrices = () => Promise.reject(new Error("database away"));
  await assertRejects(() => job.run(jobContext(null)), { pattern: /database away/ });
  assertEquals(published, []);
});

Deno.test("fetch_spot_prices says that its source is away, and asks at the next slot", async () => {
  const { job, prices, answer } = kit();
  answer.failure = new ProviderError("coingecko", "next_provider", "coingecko is frozen");
  await using jobs = await JobKit.open({ jobs: [job] });
  const record = await jobs.system.enqueue(job.request(null));
  jobs.start();
  const first = await jobs.read(record);
  assertEquals([first.state, first.result], [
    "done",
    { asked: 2, fetched: 0, problem: "coingecko is frozen" },
  ]);
  answer.failure = null;
  await jobs.timer.advance(15 * MINUTE_MS + POLL_MS);
  await jobs.read(record);
  assertEquals(await prices.listPrices(), [stored]);
});

Deno.test("fetch_spot_prices waits for its budget, and keeps the prices there are", async () => {
  const { job, prices, published, answer } = kit();
  await job.run(jobContext(null));
  answer.failure = new AppError("RATE_LIMITED", "no budget", { details: { retry_after_s: 20 } });
  await using jobs = await JobKit.open({ jobs: [job] });
  const record = await jobs.system.enqueue(job.request(null));
  jobs.start();
  const waiting = await jobs.read(record);
  assertEquals([waiting.state, waiting.attempts, waiting.runAt - jobs.clock.now()], [
    "queued",
    0,
    20 * SECOND_MS,
  ]);
  assertEquals([await prices.listPrices(), published.length], [[stored], 1]);
  answer.failure = null;
  answer.quotes = [quote(7, 101)];
  await jobs.timer.advance(20 * SECOND_MS + POLL_MS);
  assertEquals((await jobs.read(record)).state, "done");
  assertEquals((await prices.listPrices()).map(({ priceUsd }) => priceUsd), [101]);
});

const badPayloads: readonly JsonValue[] = [{}, [], "bitcoin", 0, false];
for (const payload of badPayloads) {
  Deno.test(`fetch_spot_prices refuses the payload ${JSON.stringify(payload)}`, async () => {
    const { job, asked } = kit();
    const error = await assertRejects(() => job.run(jobContext(payload)), {
      type: AppError,
      pattern: /^Cannot read the payload of fetch_spot_prices: /,
    });
    assertEquals([error.code, asked.length], ["VALIDATION_FAILED", 0]);
  });
}

Deno.test("fetch_spot_prices passes its signal on, and its reason back", async () => {
  const { job, prices } = kit();
  const stop = new AbortController();
  stop.abort(new DOMException("The job must end: stopping", "AbortError"));
  await assertRejects(() => job.run(jobContext(null, stop)), { type: DOMException });
  assertEquals(await prices.listPrices(), []);
});

Deno.test("fetch_spot_prices passes on what is no failure of its source", async () => {
  const { job, answer } = kit();
  answer.failure = new TypeError("our own mistake");
  await assertRejects(() => job.run(jobContext(null)), { type: TypeError });
});
