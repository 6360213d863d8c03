/** Columns on each side of a tile: nine sums at once, none of which waits for another. */
export const TILE = 3;

/** Rows that one turn of the loop takes: twice the two of a register. */
export const ROWS_PER_TURN = 4;

/**
 * Sums the products of three columns with three others, row by row. Every position is in bytes of
 * the kernel's memory: the first column of each side starts at `left` and `right`, the others
 * `stride` further each, and the first of the left ends at `leftEnd`, after full turns of
 * `ROWS_PER_TURN` numbers. The sum of columns i and j is written to `sums + i * sumStride + 8 * j`.
 */
type MultiplyTile = (
  left: number,
  right: number,
  stride: number,
  leftEnd: number,
  sums: number,
  sumStride: number,
) => void;

export interface ProductKernel {
  readonly memory: WebAssembly.Memory;
  readonly multiplyTile: MultiplyTile;
}

/**
 * A kernel with a memory of its own. JavaScript multiplies one pair of numbers at a time;
 * WebAssembly's vector instructions take two, and are the same on every machine to the last bit.
 */
export function productKernel(): ProductKernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const { memory, multiplyTile } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof multiplyTile !== "function") {
    throw new TypeError("Cannot use the product kernel: its exports are missing");
  }
  return { memory, multiplyTile: multiplyTile as MultiplyTile };
}

type Code = readonly number[];

/** Instructions by their codes in WebAssembly's core specification, section 5.4. */
const OP = {
  loop: [0x03, 0x40],
  end: [0x0b],
  branchIf: [0x0d],
  get: [0x20],
  set: [0x21],
  storeF64: [0x39, 0x03],
  constI32: [0x41],
  belowI32: [0x49],
  addI32: [0x6a],
  addF64: [0xa0],
  loadV128: [0xfd, 0x00, 0x04],
  laneF64: [0xfd, 0x21],
  addV128: [0xfd, 0xf0, 0x01],
  multiplyV128: [0xfd, 0xf2, 0x01],
} as const satisfies Record<string, Code>;

const TYPE = { v128: 0x7b, i32: 0x7f, function: 0x60 } as const;
const MAGIC_AND_VERSION: Code = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const SECTION = { types: 1, functions: 3, memories: 5, exports: 7, code: 10 } as const;
const EXPORT = { function: 0, memory: 2 } as const;

const REGISTER_BYTES = 16;
const NUMBER_BYTES = 8;
const TURN_BYTES = ROWS_PER_TURN * NUMBER_BYTES;
const SIDE = Array.from({ length: TILE }, (_, at) => at);

/** Places of the function's parameters and local values, parameters first. */
const LOCAL = {
  left: [0, 6, 7],
  right: [1, 8, 9],
  stride: 2,
  leftEnd: 3,
  sums: [4, 10, 11],
  sumStride: 5,
  sum: (i: number, j: number) => 12 + TILE * i + j,
  leftRows: (i: number) => 21 + i,
  rightRows: 24,
} as const;
const PARAMETER_COUNT = 6;
const POINTER_COUNT = 6;
const REGISTER_COUNT = TILE * TILE + TILE + 1;

function get(local: number): Code {
  return [...OP.get, local];
}

function set(local: number): Code {
  return [...OP.set, local];
}

/** Points the second and third of three `stride` after the one before. */
function pointAfter([first, second, third]: readonly [number, number, number], stride: number) {
  return [
    ...[...get(first), ...get(stride), ...OP.addI32, ...set(second)],
    ...[...get(second), ...get(stride), ...OP.addI32, ...set(third)],
  ];
}

/** Adds the products of two rows, `offset` bytes after the pointers, to the nine sums. */
function addProducts(offset: number): Code {
  const load = (pointer: number, into: number) => [
    ...get(pointer),
    ...[...OP.loadV128, offset],
    ...set(into),
  ];
  return [
    ...LOCAL.left.flatMap((pointer, i) => load(pointer, LOCAL.leftRows(i))),
    ...LOCAL.right.flatMap((pointer, j) => [
      ...load(pointer, LOCAL.rightRows),
      ...SIDE.flatMap((i) => [
        ...get(LOCAL.sum(i, j)),
        ...[...get(LOCAL.leftRows(i)), ...get(LOCAL.rightRows), ...OP.multiplyV128],
        ...[...OP.addV128, ...set(LOCAL.sum(i, j))],
      ]),
    ]),
  ];
}

function advancePointers(): Code {
  return [...LOCAL.left, ...LOCAL.right].flatMap((pointer) => [
    ...[...get(pointer), ...OP.constI32, TURN_BYTES, ...OP.addI32, ...set(pointer)],
  ]);
}

/** Adds both halves of each sum and writes it down. */
function writeSums(): Code {
  return LOCAL.sums.flatMap((pointer, i) =>
    SIDE.flatMap((j) => [
      ...get(pointer),
      ...[...get(LOCAL.sum(i, j)), ...OP.laneF64, 0],
      ...[...get(LOCAL.sum(i, j)), ...OP.laneF64, 1],
      ...[...OP.addF64, ...OP.storeF64, NUMBER_BYTES * j],
    ])
  );
}

function tileFunction(): Code {
  const locals = vector([[POINTER_COUNT, TYPE.i32], [REGISTER_COUNT, TYPE.v128]]);
  return [
    ...locals,
    ...pointAfter(LOCAL.left, LOCAL.stride),
    ...pointAfter(LOCAL.right, LOCAL.stride),
    ...pointAfter(LOCAL.sums, LOCAL.sumStride),
    ...OP.loop,
    ...addProducts(0),
    ...addProducts(REGISTER_BYTES),
    ...advancePointers(),
    ...[...get(LOCAL.left[0]), ...get(LOCAL.leftEnd), ...OP.belowI32, ...OP.branchIf, 0],
    ...OP.end,
    ...writeSums(),
    ...OP.end,
  ];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const parameters = vector(Array.from({ length: PARAMETER_COUNT }, () => [TYPE.i32]));
  const code = tileFunction();
  const one = <T>(entry: T) => [entry];
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(SECTION.types, one([TYPE.function, ...parameters, ...vector([])])),
    ...section(SECTION.functions, one([0])),
    ...section(SECTION.memories, one([0, 1])),
    ...section(SECTION.exports, [
      [...name("multiplyTile"), EXPORT.function, 0],
      [...name("memory"), EXPORT.memory, 0],
    ]),
    ...section(SECTION.code, one([...length(code), ...code])),
  ]);
}

function section(id: number, entries: readonly Code[]): Code {
  const content = vector(entries);
  return [id, ...length(content), ...content];
}

function vector(entries: readonly Code[]): Code {
  return [...length(entries), ...entries.flat()];
}

function name(text: string): Code {
  const bytes = [...new TextEncoder().encode(text)];
  return [...length(bytes), ...bytes];
}

/** How many there are, in LEB128: seven bits a byte, the highest says that more follow. */
function length(items: readonly unknown[]): Code {
  const bytes: number[] = [];
  for (let rest = items.length; bytes.length === 0 || rest > 0; rest >>>= 7) {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  }
  return bytes;
}
