import type { Metrics } from "../../ports/metrics.ts";
import type { HeldPrice } from "../live_ports.ts";

/** Seconds from a trade's time at its venue to its price being published. */
const LAG_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** What the live market counts. */
export class LiveMetrics {
  readonly #ticks;
  readonly #ahead;
  readonly #held;
  readonly #lag;
  readonly #late;
  readonly #excluded;

  constructor(metrics: Metrics) {
    this.#ticks = metrics.counter({
      name: "tokenlysis_feed_ticks_total",
      help: "Trades heard from venues",
    });
    this.#ahead = metrics.counter({
      name: "tokenlysis_feed_ticks_ahead_total",
      help: "Trades dated so far ahead that they were not believed",
    });
    this.#held = metrics.counter({
      name: "tokenlysis_held_prices_total",
      help: "Prices that moved too far to be believed at once, by what became of them",
      labels: ["state"],
    });
    this.#lag = metrics.histogram({
      name: "tokenlysis_price_lag_seconds",
      help: "From a trade's time at its venue to its price being published",
      buckets: LAG_BUCKETS,
    });
    this.#late = metrics.gauge({
      name: "tokenlysis_feed_late_ticks",
      help: "Trades that came too late for their candle, since this instance feeds",
    });
    this.#excluded = metrics.gauge({
      name: "tokenlysis_feed_excluded_venues",
      help: "Times that a venue was left out of a price, since this instance feeds",
    });
  }

  heard({ ticks, ahead }: { ticks: number; ahead: number }): void {
    this.#ticks.add(ticks);
    if (ahead > 0) this.#ahead.add(ahead);
  }

  published(lagMs: number): void {
    this.#lag.observe(lagMs / 1_000);
  }

  held(state: HeldPrice["state"]): void {
    this.#held.add(1, { state });
  }

  counted({ late, excluded }: { late: number; excluded: number }): void {
    this.#late.set(late);
    this.#excluded.set(excluded);
  }
}
