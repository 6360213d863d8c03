import type { Counter, Gauge, Histogram, Labels, Metrics } from "@/services/ports/metrics.ts";

/** Metrics that keep what they are told: sums of counters, last values of gauges, observations. */
export class RecordingMetrics implements Metrics {
  readonly sums = new Map<string, number>();
  readonly values = new Map<string, number>();
  readonly observed = new Map<string, number[]>();
  readonly #updates: (() => void | Promise<void>)[] = [];

  counter({ name }: { name: string }): Counter {
    return {
      add: (by, labels) => {
        const key = keyOf(name, labels);
        this.sums.set(key, (this.sums.get(key) ?? 0) + by);
      },
    };
  }

  gauge({ name }: { name: string }): Gauge {
    return { set: (value, labels) => void this.values.set(keyOf(name, labels), value) };
  }

  histogram({ name }: { name: string }): Histogram {
    return {
      observe: (value, labels) => {
        const key = keyOf(name, labels);
        this.observed.set(key, [...this.observed.get(key) ?? [], value]);
      },
    };
  }

  beforeScrape(update: () => void | Promise<void>): void {
    this.#updates.push(update);
  }

  /** What a scrape does before it reads. */
  async scrape(): Promise<void> {
    for (const update of this.#updates) await update();
  }
}

/** `name{a="1",b="2"}`, as a scrape shows it. */
function keyOf(name: string, labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}
