import { LiveMetrics } from "@/services/market/live/live_metrics.ts";
import { assertEquals } from "@/tests/assert.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";

Deno.test("LiveMetrics counts trades, and apart from them those dated too far ahead", () => {
  const recorded = new RecordingMetrics();
  const metrics = new LiveMetrics(recorded);
  metrics.heard({ ticks: 5, ahead: 0 });
  metrics.heard({ ticks: 3, ahead: 2 });
  assertEquals(recorded.sums.get("tokenlysis_feed_ticks_total"), 8);
  assertEquals(recorded.sums.get("tokenlysis_feed_ticks_ahead_total"), 2);
});

Deno.test("LiveMetrics counts held prices by what became of them", () => {
  const recorded = new RecordingMetrics();
  const metrics = new LiveMetrics(recorded);
  for (const state of ["held", "held", "confirmed"] as const) metrics.held(state);
  assertEquals(recorded.sums.get('tokenlysis_held_prices_total{state="held"}'), 2);
  assertEquals(recorded.sums.get('tokenlysis_held_prices_total{state="confirmed"}'), 1);
});

Deno.test("LiveMetrics observes the lag of prices in seconds", () => {
  const recorded = new RecordingMetrics();
  new LiveMetrics(recorded).published(1_250);
  assertEquals(recorded.observed.get("tokenlysis_price_lag_seconds"), [1.25]);
});

Deno.test("LiveMetrics shows what a turn has counted so far", () => {
  const recorded = new RecordingMetrics();
  const metrics = new LiveMetrics(recorded);
  metrics.counted({ late: 4, excluded: 9 });
  metrics.counted({ late: 0, excluded: 1 });
  assertEquals(recorded.values.get("tokenlysis_feed_late_ticks"), 0);
  assertEquals(recorded.values.get("tokenlysis_feed_excluded_venues"), 1);
});
