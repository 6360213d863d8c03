/** Waiting transactions that pay at least a fee and less than that of the next band. */
export interface FeeBand {
  /** Satoshi per virtual byte, the band's lower end. */
  readonly from: number;
  /** Its upper end, which is not in it; `null` of the dearest. */
  readonly to: number | null;
  readonly vsize: number;
}

/** Lower ends of the bands: fine where most transactions are, coarse above. */
const BAND_EDGES = [
  0,
  1,
  2,
  3,
  4,
  5,
  6,
  8,
  10,
  12,
  15,
  20,
  30,
  40,
  50,
  75,
  100,
  150,
  200,
  300,
  500,
];

/**
 * Virtual bytes by what they pay, dearest band first; bands that nobody is in are left out. The
 * histogram has pairs of a fee and the virtual bytes that pay that much or somewhat more.
 */
export function feeBands(
  histogram: readonly (readonly [fee: number, vsize: number])[],
): readonly FeeBand[] {
  const sizes = new Map<number, number>();
  for (const [fee, vsize] of histogram) {
    const edge = BAND_EDGES.findLast((from) => from <= fee) ?? 0;
    sizes.set(edge, (sizes.get(edge) ?? 0) + vsize);
  }
  return BAND_EDGES.flatMap((from) => {
    const vsize = sizes.get(from) ?? 0;
    return vsize === 0 ? [] : [feeBand(from, vsize)];
  }).reverse();
}

/** The band that begins at a fee. */
export function feeBand(from: number, vsize: number): FeeBand {
  return { from, to: BAND_EDGES[BAND_EDGES.indexOf(from) + 1] ?? null, vsize };
}
