import type { ProviderStatus } from "../../ops/ports.ts";
import type { Metrics } from "../../ports/metrics.ts";

/** How a call ended. */
export type CallEnd =
  | "ok"
  | "absent"
  | "rate_limited"
  | "refused"
  | "client_error"
  | "server_error"
  | "unreachable"
  | "unreadable"
  | "aborted";

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BREAKER_VALUE = { closed: 0, half_open: 1, open: 2 } as const;

/** The gate's numbers, for all providers. */
export interface GateMetrics {
  countCall(provider: string, call: { readonly end: CallEnd; readonly durationMs: number }): void;
  /** An answer that was not kept, as the database did not take it. */
  countLostAnswers(lost: number): void;
}

/** Defines the gate's metrics; those of state are read from `statuses` before each scrape. */
export function defineGateMetrics(
  metrics: Metrics,
  statuses: () => readonly ProviderStatus[],
): GateMetrics {
  const calls = metrics.counter({
    name: "tokenlysis_provider_requests_total",
    help: "Requests to outside sources by how they ended",
    labels: ["provider", "outcome"],
  });
  const seconds = metrics.histogram({
    name: "tokenlysis_provider_request_seconds",
    help: "Time from sending a request to its whole answer",
    labels: ["provider"],
    buckets: SECONDS,
  });
  const lostAnswers = metrics.counter({
    name: "tokenlysis_provider_raw_answers_lost_total",
    help: "Raw answers that could not be kept",
  });
  defineStateMetrics(metrics, statuses);
  return {
    countCall(provider, { end, durationMs }) {
      calls.add(1, { provider, outcome: end });
      seconds.observe(durationMs / 1_000, { provider });
    },
    countLostAnswers(lost) {
      lostAnswers.add(lost);
    },
  };
}

function defineStateMetrics(metrics: Metrics, statuses: () => readonly ProviderStatus[]): void {
  const gauge = (name: string, help: string, labels = ["provider"]) =>
    metrics.gauge({ name: `tokenlysis_provider_${name}`, help, labels });
  const remaining = gauge(
    "budget_remaining",
    "Calls, or their weight, left in the current window",
    ["provider", "window"],
  );
  const share = gauge("budget_share", "Part of the budgets in use, 0.5 to 1");
  const breaker = gauge("breaker_state", "0 closed, 1 half open, 2 open");
  const frozen = gauge("frozen", "1 while the source refuses us and nobody has thawed it");
  metrics.beforeScrape(() => {
    for (const status of statuses()) {
      const provider = status.name;
      for (const { window, limit, used } of status.budgets) {
        remaining.set(Math.max(0, limit - used), { provider, window });
      }
      share.set(status.share, { provider });
      breaker.set(BREAKER_VALUE[status.breaker.state], { provider });
      frozen.set(status.frozen ? 1 : 0, { provider });
    }
  });
}
