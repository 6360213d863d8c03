import type { Metrics } from "../ports/metrics.ts";
import type { StreamStats } from "./ports.ts";

/** Tells a monitoring system what the streams do; nothing while `streams` gives `null`. */
export function meterStreams(metrics: Metrics, streams: () => StreamStats | null): void {
  const clients = metrics.gauge({
    name: "tokenlysis_stream_clients",
    help: "Open streams by transport",
    labels: ["transport"],
  });
  const counters = (["encoded", "delivered", "conflated", "refused"] as const).map((name) => {
    const counter = metrics.counter({
      name: `tokenlysis_stream_${name}_total`,
      help: STREAM_HELP[name],
    });
    let told = 0;
    return (stats: StreamStats) => {
      counter.add(stats[name] - told);
      told = stats[name];
    };
  });
  const lag = metrics.gauge({
    name: "tokenlysis_stream_lag_p99_seconds",
    help: "From publishing to writing, 99th percentile of the last minute",
  });
  metrics.beforeScrape(() => {
    const stats = streams();
    if (stats === null) return;
    clients.set(stats.sse, { transport: "sse" });
    clients.set(stats.websocket, { transport: "websocket" });
    for (const count of counters) count(stats);
    if (stats.lagP99Ms !== null) lag.set(stats.lagP99Ms / 1_000);
  });
}

const STREAM_HELP = {
  encoded: "Events encoded, once each whatever the number of readers",
  delivered: "Events handed to readers",
  conflated: "Values that a slow reader skipped for newer ones",
  refused: "Streams that were refused because too many were open",
};
