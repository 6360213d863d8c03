/**
 * What a flow is: the investor's `own`; the investor's `inside` a stretch in which the asset has no
 * price; the holding that is `left` out, at its last value, and comes `back`, at its new one; or a
 * fee in money that is `unvalued`, as there is no rate, and in no measure. Stored by their place.
 */
export const FLOW_KINDS = ["own", "left", "inside", "back", "unvalued"] as const;
export type FlowKind = typeof FLOW_KINDS[number];

/** Money that crossed a border at an instant; below 0 what left. */
export interface Flow {
  readonly at: number;
  readonly bucket: number;
  /** NaN where nobody knows, which an `unvalued` one is, and an `inside` one may be. */
  readonly amount: number;
  readonly kind: FlowKind;
}

/** A bucket in which an asset moved. */
export interface AssetEvent {
  readonly bucket: number;
  /**
   * What was held at the end of the bucket before, at this bucket's price. Where buckets begin with
   * what happens: what is held then, at the price of the bucket before. NaN without that price.
   */
  readonly carried: number;
  /** Net money that came in with the asset, below 0 what went out; `own` flows alone. */
  readonly flow: number;
}

/** The kind of a flow by its place among `FLOW_KINDS`. */
export function flowKindAt(place: number): FlowKind {
  const kind = FLOW_KINDS[place];
  if (kind !== undefined) return kind;
  throw new RangeError(`Cannot read a flow of kind ${place}: there are ${FLOW_KINDS.length}`);
}

/** The number, or the one NaN: others, as -NaN, are none to tell from it but by their bytes. */
function oneNaN(value: number): number {
  return Number.isNaN(value) ? NaN : value;
}

/** Flows as columns, as a long ledger has one for nearly every row. */
export class Flows implements Iterable<Flow> {
  readonly at: Float64Array;
  readonly bucket: Int32Array;
  readonly amount: Float64Array;
  /** Places among `FLOW_KINDS`. */
  readonly kind: Uint8Array;

  constructor({ at, bucket, amount, kind }: Pick<Flows, "at" | "bucket" | "amount" | "kind">) {
    this.at = at;
    this.bucket = bucket;
    this.amount = amount;
    this.kind = kind;
  }

  static of(flows: readonly Flow[]): Flows {
    return new Flows({
      at: Float64Array.from(flows, ({ at }) => at),
      bucket: Int32Array.from(flows, ({ bucket }) => bucket),
      amount: Float64Array.from(flows, ({ amount }) => oneNaN(amount)),
      kind: Uint8Array.from(flows, ({ kind }) => FLOW_KINDS.indexOf(kind)),
    });
  }

  get length(): number {
    return this.at.length;
  }

  *[Symbol.iterator](): Generator<Flow> {
    for (let i = 0; i < this.length; i++) {
      yield {
        at: this.at[i] as number,
        bucket: this.bucket[i] as number,
        amount: this.amount[i] as number,
        kind: flowKindAt(this.kind[i] as number),
      };
    }
  }
}

/** Events of an asset as columns. */
export class AssetEvents implements Iterable<AssetEvent> {
  readonly bucket: Int32Array;
  readonly carried: Float64Array;
  readonly flow: Float64Array;

  constructor({ bucket, carried, flow }: Pick<AssetEvents, "bucket" | "carried" | "flow">) {
    this.bucket = bucket;
    this.carried = carried;
    this.flow = flow;
  }

  static of(events: readonly AssetEvent[]): AssetEvents {
    return new AssetEvents({
      bucket: Int32Array.from(events, ({ bucket }) => bucket),
      carried: Float64Array.from(events, ({ carried }) => oneNaN(carried)),
      flow: Float64Array.from(events, ({ flow }) => oneNaN(flow)),
    });
  }

  get length(): number {
    return this.bucket.length;
  }

  *[Symbol.iterator](): Generator<AssetEvent> {
    for (let i = 0; i < this.length; i++) {
      yield {
        bucket: this.bucket[i] as number,
        carried: this.carried[i] as number,
        flow: this.flow[i] as number,
      };
    }
  }
}
