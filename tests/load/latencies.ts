/** Width of a bucket: a percentile is known to two percent. */
const GROWTH = Math.log(1.02);
const BUCKETS = 1_024;

/** Latencies as a histogram with logarithmic buckets, so that processes can add theirs up. */
export class Latencies {
  readonly counts: number[];

  constructor(counts: readonly number[] = []) {
    this.counts = Array.from({ length: BUCKETS }, (_, at) => counts[at] ?? 0);
  }

  record(ms: number): void {
    // The first bucket ends at a microsecond.
    const bucket = Math.max(0, Math.ceil(Math.log(ms * 1_000) / GROWTH));
    const at = Math.min(BUCKETS - 1, bucket);
    this.counts[at] = (this.counts[at] ?? 0) + 1;
  }

  add(counts: readonly number[]): void {
    counts.forEach((count, at) => this.counts[at] = (this.counts[at] ?? 0) + count);
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Milliseconds within which this share of the requests was answered. */
  percentile(share: number): number {
    let left = share * this.total;
    const at = this.counts.findIndex((count) => (left -= count) <= 0);
    return Math.exp(at * GROWTH) / 1_000;
  }
}
