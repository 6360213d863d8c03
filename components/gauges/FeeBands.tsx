import { tenth } from "../charts/scale.ts";
import { formatDecimal, formatShare } from "../format/number.ts";

/** Waiting virtual bytes that pay from one fee up to another. */
export interface FeeBandShape {
  readonly from: number;
  readonly to: number | null;
  readonly vsize: number;
}

const MEGABYTE = 1_000_000;

/** What waits by what it pays: a bar each, with its numbers; dearest first. */
export function FeeBands({ bands }: { readonly bands: readonly FeeBandShape[] }) {
  const total = bands.reduce((sum, { vsize }) => sum + vsize, 0);
  const largest = Math.max(1, ...bands.map(({ vsize }) => vsize));
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="What waits by fee, scrollable">
      <table class="table fee-bands" data-density="dense">
        <caption class="sr">What waits by what it pays, dearest first</caption>
        <thead>
          <tr>
            <th scope="col">Fee, sat/vB</th>
            <th scope="col">
              <span class="sr">Share as a bar</span>
            </th>
            <th scope="col" class="num">MvB</th>
            <th scope="col" class="num">Share</th>
          </tr>
        </thead>
        <tbody>
          {bands.map(({ from, to, vsize }) => (
            <tr key={from}>
              <th scope="row">{to === null ? `${from} and more` : `${from} to ${to}`}</th>
              <td>
                <svg
                  class="band-bar"
                  viewBox="0 0 100 8"
                  preserveAspectRatio="none"
                  aria-hidden="true"
                >
                  <rect width={tenth(vsize / largest * 100)} height="8" />
                </svg>
              </td>
              <td class="num">{formatDecimal(vsize / MEGABYTE, 2)}</td>
              <td class="num">{formatShare(vsize / total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
