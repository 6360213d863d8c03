import { meterStreams, type StreamStats } from "@/services/ops/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";

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

Deno.test("meterStreams() tells what streams do, and nothing where there are none", async () => {
  const metrics = new RecordingMetrics();
  let stats: StreamStats | null = null;
  meterStreams(metrics, () => stats);
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
