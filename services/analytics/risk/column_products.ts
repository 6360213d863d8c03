/** Columns that are taken together: what is loaded of a row serves eight products. */
const TILE_ROWS = 2;
const TILE_COLUMNS = 4;

/**
 * Dot products of every two columns of one length: (i, j) and (j, i) stand at `i * size + j` and
 * `j * size + i`. The columns lie one after the other in one block of memory and are multiplied by
 * tiles, two by four, whose eight sums need not wait for one another.
 */
export function columnProducts(columns: readonly Float64Array[]): Float64Array {
  const size = columns.length;
  const length = columns[0]?.length ?? 0;
  // Columns of zeros fill the last tiles.
  const block = new Float64Array((size + TILE_COLUMNS) * length);
  columns.forEach((column, at) => block.set(column, at * length));
  const products = new Float64Array(size * size);
  for (let i = 0; i < size; i += TILE_ROWS) {
    for (let j = i; j < size; j += TILE_COLUMNS) {
      multiplyTile(block, length, { i, j, size, products });
    }
  }
  return products;
}

interface Tile {
  readonly i: number;
  readonly j: number;
  readonly size: number;
  readonly products: Float64Array;
}

function multiplyTile(block: Float64Array, length: number, { i, j, size, products }: Tile): void {
  const [a0, a1] = [i * length, (i + 1) * length];
  const [b0, b1, b2, b3] = [j * length, (j + 1) * length, (j + 2) * length, (j + 3) * length];
  let [s00, s01, s02, s03] = [0, 0, 0, 0];
  let [s10, s11, s12, s13] = [0, 0, 0, 0];
  for (let row = 0; row < length; row++) {
    const x0 = block[a0 + row] as number;
    const x1 = block[a1 + row] as number;
    const y0 = block[b0 + row] as number;
    const y1 = block[b1 + row] as number;
    const y2 = block[b2 + row] as number;
    const y3 = block[b3 + row] as number;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
  }
  [[s00, s01, s02, s03], [s10, s11, s12, s13]].forEach((sums, down) =>
    sums.forEach((sum, across) => {
      const [row, column] = [i + down, j + across];
      if (row >= size || column >= size) return;
      products[row * size + column] = products[column * size + row] = sum;
    })
  );
}
