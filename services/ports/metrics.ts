/** Values of a metric's labels, all of those that its definition names. */
export type Labels = Readonly<Record<string, string>>;

export interface MetricDefinition {
  /** `tokenlysis_` + what it is + unit: `tokenlysis_provider_requests_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

export interface Counter {
  add(by: number, labels?: Labels): void;
}

export interface Gauge {
  /** Sets the last value; NaN where it is not known. */
  set(value: number, labels?: Labels): void;
}

export interface Histogram {
  /**
   * Counts a value. `traceId` names what it was measured on, so that a slow bucket leads to the log
   * of a request that is in it: at most 64 letters, digits, `-` and `_`.
   */
  observe(value: number, labels?: Labels, example?: { readonly traceId: string | null }): void;
}

/** Numbers for a monitoring system. Defining the same metric twice gives the same one. */
export interface Metrics {
  counter(definition: MetricDefinition): Counter;
  gauge(definition: MetricDefinition): Gauge;
  /** `buckets` are upper bounds, ascending; durations are in seconds. */
  histogram(
    definition: MetricDefinition & { readonly buckets: readonly number[] },
  ): Histogram;
  /** Called before each scrape, to set gauges that are cheaper to read than to keep. */
  beforeScrape(update: () => void | Promise<void>): void;
}
