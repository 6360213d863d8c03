import { ProviderError } from "@/services/kernel/errors.ts";
import { MINUTE_MS } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";
import { sampleMempool } from "@/tests/unit/onchain/gauge_sample.ts";
import { type ApiHarness, openTestApi } from "./api_harness.ts";

async function bare(harness: ApiHarness, path: string) {
  const response = await harness.get(path);
  assertEquals(response.status, 200);
  return await response.json();
}

Deno.test("GET /onchain/… says why a gauge is off, bare and in the envelope", async () => {
  await using harness = await openTestApi();
  const gas = await bare(harness, "/onchain/eth/gas");
  assertEquals([gas.enabled, gas.reason], [false, "ETHERSCAN_API_KEY is not set"]);
  assertEquals((await bare(harness, "/api/onchain/eth/gas")).data, gas);
  const mempool = await bare(harness, "/onchain/btc/mempool");
  assertEquals([mempool.enabled, mempool.reason], [false, "TOKENLYSIS_NETWORK is off"]);
});

Deno.test("GET /onchain/eth/gas has nulls before the first reading", async () => {
  await using harness = await openTestApi({ hasGas: true });
  const { enabled, safe, asof, age_seconds, stale, history } = await bare(
    harness,
    "/onchain/eth/gas",
  );
  assertEquals({ enabled, safe, asof, age_seconds, stale, history }, {
    ...{ enabled: true, safe: null, asof: null, age_seconds: null, stale: false, history: [] },
  });
});

Deno.test("GET /onchain/eth/gas keeps the last reading with its age while the source is down", async () => {
  await using harness = await openTestApi({ hasGas: true });
  await harness.gauges.readAll();
  harness.gasSource.problem = new ProviderError("etherscan", "never", "Invalid API Key");
  harness.clock.advance(6 * MINUTE_MS);
  await harness.gauges.readAll();
  const { history, ...latest } = await bare(harness, "/onchain/eth/gas");
  assertEquals(latest, {
    ...{ enabled: true, source: "etherscan", stale: true, resolution: "1m" },
    ...{ asof: "2026-01-01T00:00:00Z", age_seconds: 360, problem: "Invalid API Key" },
    tried_at: "2026-01-01T00:06:00Z",
    ...{ safe: 34, proposed: 35, fast: 37, base_fee: 33.95, block: 16_134_573 },
  });
  assertEquals(history, [
    { t: Date.UTC(2026, 0, 1), safe: 34, proposed: 35, fast: 37, base_fee: 33.95 },
  ]);
});

Deno.test("GET /onchain/eth/gas gives hours for more than a day, and refuses more than 90", async () => {
  await using harness = await openTestApi({ hasGas: true });
  for (let minute = 0; minute < 90; minute++) {
    await harness.gauges.readAll();
    harness.clock.advance(MINUTE_MS);
  }
  const week = await bare(harness, "/onchain/eth/gas?days=7");
  assertEquals([week.resolution, week.history.length], ["1h", 2]);
  assertEquals((await bare(harness, "/onchain/eth/gas?days=0")).history, []);
  for (const days of ["91", "-1", "x"]) {
    assertEquals((await harness.get(`/onchain/eth/gas?days=${days}`)).status, 422);
  }
});

Deno.test("GET /onchain/btc/mempool gives size, fees, buckets and projected blocks", async () => {
  await using harness = await openTestApi({ hasMempool: true });
  await harness.gaugeStore.record("btc_mempool", sampleMempool(harness.clock.now()));
  const mempool = await bare(harness, "/onchain/btc/mempool");
  assertEquals([mempool.size, mempool.vsize, mempool.total_fee], [3_169, 1_891_542, 20_317_481]);
  assertEquals(mempool.fees.half_hour, 9);
  assertEquals(mempool.fee_buckets[0], { from: 8, to: 10, vsize: 1_000_000 });
  assertEquals(mempool.projected_blocks.map((block: { median_fee: number }) => block.median_fee), [
    10.8,
    1.2,
  ]);
  assertEquals(mempool.history[0].fastest, 12);
});
