import type { Labels } from "../../ports/metrics.ts";

/** Series of one metric; labels come from small sets, so more of them are a mistake. */
const MAX_SERIES = 1_000;

/** Stands in no label. */
const SEPARATOR = "\u0000";

/** The values of one metric by their labels. */
export class SeriesSet<T> {
  readonly #names: readonly string[];
  readonly #make: () => T;
  readonly #onDropped: () => void;
  readonly #byKey = new Map<string, { readonly labels: Labels; readonly value: T }>();
  /** Labels that can't change find their series again without a look at what they say. */
  readonly #byLabels = new WeakMap<Labels, T>();

  constructor({ names, make, onDropped }: {
    readonly names: readonly string[];
    readonly make: () => T;
    /** Called instead of taking one series more than the limit. */
    readonly onDropped: () => void;
  }) {
    this.#names = names;
    this.#make = make;
    this.#onDropped = onDropped;
    // A metric without labels has its one value from the start.
    if (names.length === 0) this.of({});
  }

  /** The value of these labels; `null` where the metric has too many already. */
  of(labels: Labels): T | null {
    const known = this.#byLabels.get(labels);
    if (known !== undefined) return known;
    const value = this.#find(labels);
    if (value !== null && Object.isFrozen(labels)) this.#byLabels.set(labels, value);
    return value;
  }

  [Symbol.iterator](): Iterator<{ readonly labels: Labels; readonly value: T }> {
    return this.#byKey.values();
  }

  #find(labels: Labels): T | null {
    const values = this.#names.map((name) => labels[name] ?? "");
    const key = values.join(SEPARATOR);
    const found = this.#byKey.get(key);
    if (found) return found.value;
    if (this.#byKey.size >= MAX_SERIES) {
      this.#onDropped();
      return null;
    }
    const own = Object.fromEntries(this.#names.map((name, at) => [name, values[at] ?? ""]));
    const value = this.#make();
    this.#byKey.set(key, { labels: own, value });
    return value;
  }
}
