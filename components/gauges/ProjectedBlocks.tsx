import { lineText } from "../charts/line_units.ts";
import { tenth } from "../charts/scale.ts";
import { formatCount, formatDecimal } from "../format/number.ts";

/** A block that the waiting transactions would fill. */
export interface ProjectedBlockShape {
  readonly transactions: number;
  readonly vsize: number;
  readonly medianFee: number;
  readonly feeRange: readonly number[];
}

/** Virtual bytes that a block takes at most. */
const BLOCK_VSIZE = 1_000_000;
/** More than this is the rest of the queue, drawn as one. */
const REST_VSIZE = 1.5 * BLOCK_VSIZE;
const MINUTES_A_BLOCK = 10;
/** Fees, in satoshi per virtual byte, from which a block is drawn in a stronger tone. */
const TONES = [2, 5, 10, 25, 75];

function toneOf(medianFee: number): number {
  return TONES.filter((fee) => medianFee >= fee).length;
}

function megabytes(vsize: number): string {
  return formatDecimal(vsize / BLOCK_VSIZE, 2);
}

function whenOf(block: ProjectedBlockShape, index: number): string {
  if (block.vsize > REST_VSIZE) {
    return `${formatCount(Math.ceil(block.vsize / BLOCK_VSIZE))} blocks, the rest`;
  }
  return index === 0 ? "Next block" : `In about ${(index + 1) * MINUTES_A_BLOCK} min`;
}

/**
 * The blocks to come, next first: how full each is, and by its tone how dear. What is drawn stands
 * in each block as text too.
 */
export function ProjectedBlocks({ blocks }: { readonly blocks: readonly ProjectedBlockShape[] }) {
  return (
    <ol class="blocks" aria-label="Projected blocks, next first">
      {blocks.map((block, index) => <Block key={index} block={block} index={index} />)}
    </ol>
  );
}

function Block({ block, index }: { readonly block: ProjectedBlockShape; readonly index: number }) {
  const { medianFee, feeRange, transactions, vsize } = block;
  const filled = tenth(Math.min(1, vsize / BLOCK_VSIZE) * 100);
  const [least, most] = [feeRange.at(0), feeRange.at(-1)];
  return (
    <li class="block" data-tone={toneOf(medianFee)}>
      <svg
        class="block-fill"
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect x="0" y={tenth(100 - filled)} width="100" height={filled} />
      </svg>
      <span class="block-when">{whenOf(block, index)}</span>
      <b>
        {lineText("sat_vb", medianFee).replace(" sat/vB", "")}
        <span class="unit">sat/vB</span>
      </b>
      {least === undefined || most === undefined ? null : (
        <span>
          {lineText("sat_vb", least).replace(" sat/vB", "")} to {lineText("sat_vb", most)}
        </span>
      )}
      <span>{formatCount(transactions)} transactions</span>
      <span>{megabytes(vsize)} MvB</span>
    </li>
  );
}
