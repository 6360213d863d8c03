import { meterSources, type StreamStats } from "@/services/ops/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";
import { FakeProviders } from "@/tests/fakes/ops.ts";

const STATS: StreamStats = {
  sse: 3,
  websocket: 2,
  encoded: 10,
  delivered: 50,
  conflated: 4,
  refused: 1,
  lagP99Ms: 12,
  isShedding: false,
};

Deno.test("meterSources() tells breakers, freezes and budgets of every provider", async () => {
  const metrics = new RecordingMetrics();
  const providers = new FakeProviders("binance", "coingecko");
  meterSources(metrics, { providers, streams: () => null });
  await providers.setBreaker("binance", "open");
  await providers.freeze("coingecko", "terms");
  await metrics.scrape();
  const breaker = (provider: string, state: string) =>
    metrics.values.get(
      `tokenlysis_provider_breaker_state{provider="${provider}",state="${state}"}`,
    );
  assertEquals([breaker("binance", "open"), breaker("binance", "closed")], [1, 0]);
  assertEquals([breaker("coingecko", "open"), breaker("coingecko", "closed")], [0, 1]);
  const frozen = (provider: string) =>
    metrics.values.get(`tokenlysis_provider_frozen{provider="${provider}"}`);
  assertEquals([frozen("binance"), frozen("coingecko")], [0, 1]);
  for (const { name, budgets } of providers.list()) {
    for (const { window, used, limit } of budgets) {
      const key = `tokenlysis_provider_budget_used_ratio{provider="${name}",window="${window}"}`;
      assertEquals(metrics.values.get(key), used / limit);
    }
  }
});

Deno.test("meterSources() tells what streams do, and nothing where there are none", async () => {
  const metrics = new RecordingMetrics();
  let stats: StreamStats | null = null;
  meterSources(metrics, { providers: new FakeProviders(), streams: () => stats });
  await metrics.scrape();
  assertEquals([metrics.values.size, metrics.sums.size], [0, 0]);
  for (const encoded of [7, 10]) {
    stats = { ...STATS, encoded };
    await metrics.scrape();
  }
  assertEquals(Object.fromEntries(metrics.values), {
    'tokenlysis_stream_clients{transport="sse"}': 3,
    'tokenlysis_stream_clients{transport="websocket"}': 2,
    tokenlysis_stream_lag_p99_seconds: 0.012,
  });
  assertEquals(Object.fromEntries(metrics.sums), {
    tokenlysis_stream_encoded_total: 10,
    tokenlysis_stream_delivered_total: 50,
    tokenlysis_stream_conflated_total: 4,
    tokenlysis_stream_refused_total: 1,
  });
});
