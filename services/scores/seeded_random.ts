import type { Random } from "../ports/mod.ts";

/**
 * Numbers from 0 to before 1 that a seed repeats on every machine: sfc32, the small fast counter of
 * Chris Doty-Humphrey, whose period is at least 2^32 from any seed.
 */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21 | c >>> 11) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  // Seeds that lie close together must not begin alike.
  for (let round = 0; round < 12; round++) next();
  return next;
}
