import type { AssetHistory } from "./asset_history.ts";
import type { FlowColumns } from "./history.ts";
import { AssetEvents, type Flow, FLOW_KINDS, type FlowKind, Flows } from "./history_columns.ts";
import type { BucketRange } from "./linking.ts";

/**
 * A stretch over which a holding was left out for want of prices, and after which it was valued
 * again.
 */
export interface Gap {
  /** When it was left out, less its last value; 0 of what was first bought in the stretch. */
  readonly left: Flow;
  /** When it was valued again, and what it comes back at. */
  readonly back: Flow;
  /** The investor's own flows meanwhile. */
  readonly inside: readonly Flow[];
}

/** An asset's history in which what happened over a gap is a gain of when its prices return. */
export interface ClosedHistory extends AssetHistory {
  /**
   * What crossed the border of what is valued: the investor's flows, but for those that nobody can
   * value, and both ends of gaps.
   */
  readonly crossings: Flows;
  readonly gaps: readonly Gap[];
}

/**
 * Closes the gaps of an asset. One that is worth `v` when its prices return, had been worth `v0`
 * when they ended, and took `d` and gave `w` meanwhile, grew by (v + w) / (v0 + d). So it comes
 * back at v * (v0 + d) / (v + w), and the rest is gained in that bucket. Where that can't be known,
 * as a flow has no amount or what was held before is not, it comes back at its value, without a
 * gain.
 */
export function closeGaps(asset: AssetHistory): ClosedHistory {
  const own = FLOW_KINDS.indexOf("own");
  if (asset.flows.kind.every((kind) => kind === own)) {
    return { ...asset, crossings: asset.flows, gaps: [] };
  }
  const flows = [...asset.flows].filter(({ kind }) => kind !== "unvalued");
  if (flows.every(({ kind }) => kind === "own")) {
    return { ...asset, crossings: Flows.of(flows), gaps: [] };
  }
  const closer = new GapCloser(asset);
  for (const flow of flows.toSorted(compareInBucket)) closer.take(flow);
  const { crossings, gaps } = closer.end();
  const events = withCrossings(asset.events, crossings);
  return { ...asset, crossings: Flows.of(crossings), gaps, events };
}

/** What is traded in the bucket in which a price returns is traded after it. */
const ORDER: readonly FlowKind[] = ["left", "inside", "back", "own"];

function compareInBucket(a: Flow, b: Flow): number {
  return a.bucket - b.bucket || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
}

interface OpenGap {
  readonly left: Flow;
  readonly inside: Flow[];
}

class GapCloser {
  readonly #crossings: Flow[] = [];
  readonly #gaps: Gap[] = [];
  readonly #isLeftOutAtEnd: boolean;
  /** Whether what the asset was worth before it was left out is known. */
  #isKnown: boolean;
  #open: OpenGap | null = null;

  constructor({ values, unpriced }: AssetHistory) {
    this.#isKnown = unpriced[0]?.from !== 0;
    this.#isLeftOutAtEnd = unpriced.at(-1)?.to === values.length;
  }

  take(flow: Flow): void {
    switch (flow.kind) {
      case "inside":
        if (this.#isKnown) (this.#open ??= boughtIn(flow)).inside.push(flow);
        return;
      case "back":
        this.#crossings.push(this.#back(flow));
        this.#isKnown = true;
        this.#open = null;
        return;
      default:
        this.#sellOff();
        this.#crossings.push(flow);
        this.#isKnown = true;
        if (flow.kind === "left") this.#open = { left: flow, inside: [] };
    }
  }

  end(): Pick<ClosedHistory, "gaps"> & { readonly crossings: readonly Flow[] } {
    if (!this.#isLeftOutAtEnd) this.#sellOff();
    return { crossings: this.#crossings, gaps: this.#gaps };
  }

  #back(flow: Flow): Flow {
    if (!this.#isKnown) return flow;
    // What came without money, as rewards do, is earned.
    const gap = this.#open ?? boughtIn(flow);
    const amount = amountBack(flow.amount, gap);
    if (Number.isNaN(amount)) return flow;
    const back: Flow = { ...flow, amount };
    this.#gaps.push({ ...gap, back });
    return back;
  }

  /** Of what was sold in the gap, nothing comes back. */
  #sellOff(): void {
    const last = this.#open?.inside.at(-1);
    const isKnown = this.#open?.inside.every(({ amount }) => !Number.isNaN(amount));
    if (this.#open !== null && last !== undefined && isKnown === true) {
      this.#gaps.push({ ...this.#open, back: { ...last, amount: 0, kind: "back" } });
    }
    this.#open = null;
  }
}

/** What is first bought in a gap had been worth nothing. */
function boughtIn(flow: Flow): OpenGap {
  return { left: { ...flow, amount: 0, kind: "left" }, inside: [] };
}

function amountBack(value: number, { left, inside }: OpenGap): number {
  let [paid, taken] = [-left.amount, 0];
  for (const { amount } of inside) {
    if (amount < 0) taken -= amount;
    else paid += amount;
  }
  return taken === 0 ? paid : value * (paid / (value + taken));
}

function withCrossings(
  { bucket, carried, flow }: AssetEvents,
  crossings: readonly Flow[],
): AssetEvents {
  const byBucket = new Map<number, number>();
  for (const { kind, bucket, amount } of crossings) {
    if (kind !== "own") byBucket.set(bucket, (byBucket.get(bucket) ?? 0) + amount);
  }
  const crossed = (index: number) => byBucket.get(bucket[index] as number) ?? 0;
  return new AssetEvents({
    ...{ bucket, carried },
    flow: flow.map((own, index) => own + crossed(index)),
  });
}

/** The flows of an investor, in order of time, netted at each instant. */
export interface InvestorFlows {
  readonly at: Float64Array;
  readonly bucket: Int32Array;
  /** What was paid in; below 0 what was taken out. */
  readonly amount: Float64Array;
}

/**
 * What an investor paid and took in a range: a gap that lies in it is no flow, but what happened in
 * the gap is. One that the range cuts stands with its end that is in the range: what is left out at
 * the range's end counts as taken at its last value.
 */
export function investorFlows(
  { flows, gaps }: { readonly flows: FlowColumns; readonly gaps: readonly Gap[] },
  range: BucketRange,
): InvestorFlows {
  const rows: { at: number; bucket: number; amount: number }[] = [];
  for (let i = 0; i < flows.at.length; i++) {
    const bucket = flows.bucket[i] as number;
    if (!isIn(range, bucket)) continue;
    const amount = (flows.deposited[i] as number) - (flows.withdrawn[i] as number);
    rows.push({ at: flows.at[i] as number, bucket, amount });
  }
  const closed = gaps.filter((gap) => isWithin(gap, range));
  for (const { left, back, inside } of closed) {
    for (const { at, bucket, amount } of [left, back]) rows.push({ at, bucket, amount: -amount });
    for (const { at, bucket, amount } of inside) rows.push({ at, bucket, amount });
  }
  return netted(closed.length === 0 ? rows : rows.sort((a, b) => a.at - b.at));
}

function netted(
  rows: readonly { readonly at: number; readonly bucket: number; readonly amount: number }[],
): InvestorFlows {
  const at: number[] = [];
  const bucket: number[] = [];
  const amount: number[] = [];
  for (const row of rows) {
    const last = at.length - 1;
    if (at[last] === row.at) {
      amount[last] = (amount[last] as number) + row.amount;
      continue;
    }
    at.push(row.at);
    bucket.push(row.bucket);
    amount.push(row.amount);
  }
  return {
    at: Float64Array.from(at),
    bucket: Int32Array.from(bucket),
    amount: Float64Array.from(amount),
  };
}

/** How much more an asset gained over its gaps in a range than its crossings say. */
export function gainInGaps(gaps: readonly Gap[], range: BucketRange): number {
  let gain = 0;
  for (const gap of gaps) {
    if (!isWithin(gap, range)) continue;
    const own = gap.inside.reduce((sum, { amount }) => sum + amount, 0);
    gain += gap.left.amount + gap.back.amount - own;
  }
  return gain;
}

function isWithin({ left, back }: Gap, range: BucketRange): boolean {
  return isIn(range, left.bucket) && isIn(range, back.bucket);
}

/** A value stands at the end of its bucket, so what happened in the first is in it already. */
function isIn({ from, to }: BucketRange, bucket: number): boolean {
  return bucket > from && bucket <= to;
}
