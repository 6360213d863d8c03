import { type ProductKernel, productKernel, ROWS_PER_TURN, TILE } from "./product_kernel.ts";

const NUMBER_BYTES = 8;
const PAGE_BYTES = 65_536;

/** One for all: nothing in its memory outlives the synchronous work of one caller. */
let kernel: ProductKernel | null = null;

/** A run of a block's columns. */
export interface ColumnSpan {
  readonly first: number;
  readonly count: number;
}

/** Columns of one length that are multiplied with one another; good until the next is made. */
export interface ColumnBlock {
  /** Column `index`, all 0 at first. */
  column(index: number): Float64Array;
  /**
   * Dot products of the columns of two spans: (i, j) stands at `i * right.count + j`. Of a span
   * with itself only those with i <= j are there.
   */
  multiply(left: ColumnSpan, right: ColumnSpan): Float64Array;
}

/** A block for `count` columns of `length` rows, in the kernel's memory. */
export function columnBlock(count: number, length: number): ColumnBlock {
  kernel ??= productKernel();
  const { memory, multiplyTile } = kernel;
  // Rows of 0 fill the last turn of the loop, columns of 0 the last tile.
  const stride = Math.ceil(length / ROWS_PER_TURN) * ROWS_PER_TURN;
  const width = count + TILE;
  // The sums of one row of tiles come first in the memory, then the columns.
  const columnsAt = TILE * width;
  const size = columnsAt + width * stride;
  const lacking = size * NUMBER_BYTES - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / PAGE_BYTES));
  const numbers = new Float64Array(memory.buffer, 0, size).fill(0);
  const startOf = (column: number) => columnsAt + column * stride;
  const [strideBytes, widthBytes] = [stride * NUMBER_BYTES, width * NUMBER_BYTES];
  return {
    column: (index) => numbers.subarray(startOf(index), startOf(index) + length),
    multiply(left, right) {
      const products = new Float64Array(left.count * right.count);
      if (length === 0) return products;
      const isTriangle = left.first === right.first && left.count === right.count;
      for (let i = 0; i < left.count; i += TILE) {
        const from = isTriangle ? i : 0;
        const leftAt = startOf(left.first + i) * NUMBER_BYTES;
        for (let j = from; j < right.count; j += TILE) {
          const rightAt = startOf(right.first + j) * NUMBER_BYTES;
          const sumsAt = j * NUMBER_BYTES;
          multiplyTile(leftAt, rightAt, strideBytes, leftAt + strideBytes, sumsAt, widthBytes);
        }
        for (let row = 0; row < TILE && i + row < left.count; row++) {
          const sums = numbers.subarray(row * width + from, row * width + right.count);
          products.set(sums, (i + row) * right.count + from);
        }
      }
      return products;
    },
  };
}
