import type { Metrics } from "../ports/metrics.ts";
import type { ProviderControl, StreamStats } from "./ports.ts";

const BREAKER_STATES = ["closed", "half_open", "open"] as const;

/** Tells a monitoring system how outside sources and streams stand, as the console shows them. */
export function meterSources(metrics: Metrics, { providers, streams }: {
  readonly providers: Pick<ProviderControl, "list">;
  /** `null` in a process that streams nothing. */
  readonly streams: () => StreamStats | null;
}): void {
  meterProviders(metrics, providers);
  meterStreams(metrics, streams);
}

function meterProviders(metrics: Metrics, providers: Pick<ProviderControl, "list">): void {
  const state = metrics.gauge({
    name: "tokenlysis_provider_breaker_state",
    help: "1 for the state that the breaker of a provider is in",
    labels: ["provider", "state"],
  });
  const frozen = metrics.gauge({
    name: "tokenlysis_provider_frozen",
    help: "1 while a provider is not called because it refused us or an operator said so",
    labels: ["provider"],
  });
  const used = metrics.gauge({
    name: "tokenlysis_provider_budget_used_ratio",
    help: "Share of a provider's budget that is spent in the window",
    labels: ["provider", "window"],
  });
  const share = metrics.gauge({
    name: "tokenlysis_provider_budget_share_ratio",
    help: "Share of its budgets that a provider is called with, lowered after refusals",
    labels: ["provider"],
  });
  metrics.beforeScrape(() => {
    for (const one of providers.list()) {
      const provider = { provider: one.name };
      for (const each of BREAKER_STATES) {
        state.set(Number(one.breaker.state === each), { ...provider, state: each });
      }
      frozen.set(Number(one.frozen !== null), provider);
      share.set(one.share, provider);
      for (const budget of one.budgets) {
        used.set(budget.used / budget.limit, { ...provider, window: budget.window });
      }
    }
  });
}

function meterStreams(metrics: Metrics, streams: () => StreamStats | null): void {
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
