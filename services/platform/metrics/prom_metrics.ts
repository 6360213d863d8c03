import type { Metric, Registry } from "prom-client";
import type { Counter, Gauge, Histogram, MetricDefinition, Metrics } from "../../ports/metrics.ts";
import type { Clock } from "../../ports/mod.ts";
import { BucketHistogram, type Instrument, LastGauge, SumCounter } from "./instruments.ts";

/** How a scrape is written: the text that every collector reads, or its successor. */
export type MetricsFormat = "prometheus" | "openmetrics";

/** Metric names and labels as Prometheus takes them. */
const NAME = /^[a-z][a-z0-9_]*$/;

/**
 * Metrics in memory, written by prom-client. Recording is ours, because it stands in the way of
 * every request; loading the library takes longer than opening the database and waits for the
 * first scrape.
 */
export class PromMetrics implements Metrics {
  readonly #instruments = new Map<string, Instrument>();
  readonly #updates: (() => void | Promise<void>)[] = [];
  readonly #dropped: SumCounter;
  readonly #clock: Clock;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
    const definition = {
      name: "tokenlysis_metrics_dropped_total",
      help: "Values that were not kept because their metric had too many series",
    };
    this.#dropped = new SumCounter(definition, { clock, onDropped: () => {} });
    this.#instruments.set(definition.name, this.#dropped);
  }

  counter(definition: MetricDefinition): Counter {
    if (!definition.name.endsWith("_total")) {
      throw new RangeError(`Cannot define ${definition.name}: a counter's name ends in _total`);
    }
    return this.#define(definition, SumCounter, () => new SumCounter(definition, this.#options));
  }

  gauge(definition: MetricDefinition): Gauge {
    return this.#define(definition, LastGauge, () => new LastGauge(definition, this.#options));
  }

  histogram(
    definition: MetricDefinition & { readonly buckets: readonly number[] },
  ): Histogram {
    const make = () => new BucketHistogram(definition, this.#options);
    return this.#define(definition, BucketHistogram, make);
  }

  beforeScrape(update: () => void | Promise<void>): void {
    this.#updates.push(update);
  }

  /**
   * All metrics as text. A part that can't be asked leaves its metrics as they were, and the
   * others are written nevertheless: `tokenlysis_scrape_problems` says how many failed.
   */
  async scrape(format: MetricsFormat): Promise<string> {
    const asked = await Promise.allSettled(this.#updates.map(async (update) => await update()));
    const problems = asked.filter(({ status }) => status === "rejected").length;
    this.gauge({
      name: "tokenlysis_scrape_problems",
      help: "Parts that could not be asked for this scrape",
    }).set(problems);
    const registry = await openRegistry(format);
    for (const instrument of this.#instruments.values()) {
      // The registry asks a metric for what it holds and for nothing else.
      registry.registerMetric(toMetric(instrument) as unknown as Metric);
    }
    return await registry.metrics();
  }

  get #options() {
    return { clock: this.#clock, onDropped: () => this.#dropped.add(1) };
  }

  #define<T extends Instrument>(
    { name, labels = [] }: MetricDefinition,
    kind: abstract new (...args: never) => T,
    make: () => T,
  ): T {
    const known = this.#instruments.get(name);
    if (known instanceof kind) return known;
    if (known) throw new RangeError(`Cannot define ${name} twice: it is a ${known.type}`);
    const wrong = [name, ...labels].find((text) => !NAME.test(text));
    if (wrong !== undefined) throw new RangeError(`Cannot define ${name}: "${wrong}" is no name`);
    const made = make();
    this.#instruments.set(name, made);
    return made;
  }
}

async function openRegistry(format: MetricsFormat): Promise<Registry> {
  const { default: { Registry } } = await import("prom-client");
  const registry = new Registry();
  // Its types know only the type that a registry begins with.
  const type = Registry.OPENMETRICS_CONTENT_TYPE as unknown as typeof registry.contentType;
  if (format === "openmetrics") registry.setContentType(type);
  return registry;
}

/** The instrument as the registry reads it, which cuts the suffix off a counter's name. */
function toMetric(instrument: Instrument) {
  const { definition: { name, help }, type } = instrument;
  return {
    name,
    type,
    get() {
      return { name: this.name, help, type, values: instrument.samples() };
    },
  };
}
