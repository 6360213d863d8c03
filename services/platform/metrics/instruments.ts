import { SECOND_MS } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Counter, Gauge, Histogram, Labels, MetricDefinition } from "../../ports/metrics.ts";
import { SeriesSet } from "./series.ts";

/** One number of a metric as it is written: some kinds have several for each set of labels. */
export interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly exemplar?: Exemplar;
}

/** One value that was counted, with what it was measured on, as OpenMetrics has it. */
export interface Exemplar {
  readonly labelSet: { readonly trace_id: string };
  readonly value: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** A metric that can say what it holds. */
export interface Instrument {
  readonly definition: MetricDefinition;
  readonly type: "counter" | "gauge" | "histogram";
  samples(): readonly Sample[];
}

interface InstrumentOptions {
  readonly onDropped: () => void;
  readonly clock: Clock;
}

const NONE: Labels = Object.freeze({});
const UNTRACED = { traceId: null };

/** A sum that only grows. */
export class SumCounter implements Counter, Instrument {
  readonly type = "counter";
  readonly definition: MetricDefinition;
  readonly #series: SeriesSet<{ sum: number }>;

  constructor(definition: MetricDefinition, { onDropped }: InstrumentOptions) {
    this.definition = definition;
    const names = definition.labels ?? [];
    this.#series = new SeriesSet({ names, make: () => ({ sum: 0 }), onDropped });
  }

  add(by: number, labels: Labels = NONE): void {
    if (!(by >= 0)) {
      throw new RangeError(`Cannot add ${by} to ${this.definition.name}: expected by >= 0`);
    }
    const series = this.#series.of(labels);
    if (series) series.sum += by;
  }

  samples(): readonly Sample[] {
    return [...this.#series].map(({ labels, value }) => ({ labels, value: value.sum }));
  }
}

/** The last value of what goes up and down. */
export class LastGauge implements Gauge, Instrument {
  readonly type = "gauge";
  readonly definition: MetricDefinition;
  readonly #series: SeriesSet<{ last: number }>;

  constructor(definition: MetricDefinition, { onDropped }: InstrumentOptions) {
    this.definition = definition;
    const names = definition.labels ?? [];
    this.#series = new SeriesSet({ names, make: () => ({ last: 0 }), onDropped });
  }

  set(value: number, labels: Labels = NONE): void {
    const series = this.#series.of(labels);
    if (series) series.last = value;
  }

  samples(): readonly Sample[] {
    return [...this.#series].map(({ labels, value }) => ({ labels, value: value.last }));
  }
}

interface Buckets {
  /** Observations of each bucket alone; the last one is above every bound. */
  readonly counts: Float64Array;
  /** The last example of each bucket; most have none. */
  readonly exemplars: (Exemplar | undefined)[];
  sum: number;
}

/** How observations spread over buckets. */
export class BucketHistogram implements Histogram, Instrument {
  readonly type = "histogram";
  readonly definition: MetricDefinition;
  readonly #bounds: readonly number[];
  readonly #clock: Clock;
  readonly #series: SeriesSet<Buckets>;

  constructor(
    definition: MetricDefinition & { readonly buckets: readonly number[] },
    { onDropped, clock }: InstrumentOptions,
  ) {
    const { name, buckets } = definition;
    if (buckets.some((bound, at) => !(bound > (buckets[at - 1] ?? -Infinity)))) {
      throw new RangeError(`Cannot define ${name}: expected ascending buckets, got ${buckets}`);
    }
    this.definition = definition;
    this.#bounds = buckets;
    this.#clock = clock;
    this.#series = new SeriesSet({
      names: definition.labels ?? [],
      make: () => ({ counts: new Float64Array(buckets.length + 1), exemplars: [], sum: 0 }),
      onDropped,
    });
  }

  observe(
    value: number,
    labels: Labels = NONE,
    { traceId }: { readonly traceId: string | null } = UNTRACED,
  ): void {
    const series = this.#series.of(labels);
    if (!series) return;
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] ?? Infinity)) at++;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.sum += value;
    if (traceId === null) return;
    const timestamp = this.#clock.now() / SECOND_MS;
    series.exemplars[at] = { labelSet: { trace_id: traceId }, value, timestamp };
  }

  samples(): readonly Sample[] {
    return [...this.#series].flatMap(({ labels, value }) => this.#samplesOf(labels, value));
  }

  #samplesOf(labels: Labels, { counts, exemplars, sum }: Buckets): readonly Sample[] {
    const { name } = this.definition;
    let count = 0;
    const buckets = [...counts].map((own, at): Sample => {
      count += own;
      const le = this.#bounds[at] ?? "+Inf";
      const exemplar = exemplars[at];
      const sample = { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
      return exemplar === undefined ? sample : { ...sample, exemplar };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
