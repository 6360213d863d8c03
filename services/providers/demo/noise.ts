/**
 * A 32-bit hash of two integers (the finalizer of MurmurHash3 over their mix): the same numbers
 * give the same bits in every process, so that noise needs no state.
 */
export function hashOf(seed: number, index: number): number {
  let bits = Math.imul(seed ^ Math.imul(index, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ bits >>> 13, 0xc2b2ae35);
  bits = Math.imul(bits ^ bits >>> 16, 0x27d4eb2f);
  return (bits ^ bits >>> 15) >>> 0;
}

/** Standard deviation of the sum of four uniform bytes: sqrt(4 × (256² - 1) / 12). */
const FOUR_BYTES_DEVIATION = Math.sqrt((256 ** 2 - 1) / 3);

/** A number close to normal with mean 0 and deviation 1: four bytes of the hash, added up. */
export function normalOf(hash: number): number {
  const sum = (hash & 255) + (hash >>> 8 & 255) + (hash >>> 16 & 255) + (hash >>> 24);
  return (sum - 510) / FOUR_BYTES_DEVIATION;
}

/** A seed for a name (FNV-1a). */
export function seedOf(seed: number, name: string): number {
  let bits = 0x811c9dc5 ^ seed;
  for (let at = 0; at < name.length; at++) {
    bits = Math.imul(bits ^ name.charCodeAt(at), 0x01000193);
  }
  return bits >>> 0;
}
