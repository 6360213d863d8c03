import { SECOND_MS } from "../../../services/kernel/time.ts";
import type { Counter, Histogram, Labels, Metrics } from "../../../services/ports/metrics.ts";
import type { Endpoint } from "../endpoint.ts";

/** Seconds: replays take microseconds, whole charts milliseconds. */
const BUCKETS_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

/** A request as far as it is measured. */
export interface Measured {
  /** When it began, by the stopwatch. */
  readonly startedAt: number;
  /** The id that its log lines have; `null` where it has none of its own. */
  readonly id: string | null;
}

/** What counts an endpoint's requests. */
export interface Meter {
  /** Counts one that was answered with `status`. */
  record(status: number, request: Measured): void;
}

/** Makes meters, and says when a request began. */
export interface RequestMetrics {
  readonly now: () => number;
  /** `null` is what is asked for at addresses where nothing is. */
  meterOf(endpoint: Endpoint | null): Meter;
}

/** Counts nothing. */
export const NO_REQUEST_METRICS: RequestMetrics = {
  now: () => 0,
  meterOf: () => ({ record: () => {} }),
};

/**
 * Counts requests, errors and durations by route. `stopwatch` gives milliseconds from any start.
 * All labels are made here, once: counting a request writes two numbers.
 */
export function requestMetrics(metrics: Metrics, stopwatch: () => number): RequestMetrics {
  const requests = metrics.counter({
    name: "tokenlysis_http_requests_total",
    help: "Answered requests by route and class of status, replays included",
    labels: ["method", "route", "status"],
  });
  const seconds = metrics.histogram({
    name: "tokenlysis_http_request_seconds",
    help: "Time from a request to its answer, without the sending",
    labels: ["method", "route"],
    buckets: BUCKETS_S,
  });
  return {
    now: stopwatch,
    meterOf: (endpoint) => new RouteMeter(endpoint, { requests, seconds, stopwatch }),
  };
}

class RouteMeter implements Meter {
  readonly #requests: Counter;
  readonly #seconds: Histogram;
  readonly #stopwatch: () => number;
  readonly #route: Labels;
  /** By the first digit of the status. */
  readonly #byClass: readonly Labels[];

  constructor(endpoint: Endpoint | null, { requests, seconds, stopwatch }: {
    readonly requests: Counter;
    readonly seconds: Histogram;
    readonly stopwatch: () => number;
  }) {
    const route = { method: endpoint?.method ?? "any", route: endpoint?.path ?? "none" };
    this.#requests = requests;
    this.#seconds = seconds;
    this.#stopwatch = stopwatch;
    this.#route = Object.freeze(route);
    this.#byClass = [0, 1, 2, 3, 4, 5].map((digit) =>
      Object.freeze({ ...route, status: `${digit}xx` })
    );
  }

  record(status: number, { startedAt, id }: Measured): void {
    this.#requests.add(1, this.#byClass[Math.floor(status / 100)]);
    const seconds = (this.#stopwatch() - startedAt) / SECOND_MS;
    this.#seconds.observe(seconds, this.#route, { traceId: id });
  }
}
