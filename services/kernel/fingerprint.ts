/**
 * A number that stands for a text: FNV-1a in two lanes, 52 bits. Two states of a thing share one
 * by a chance of 2^-52; it is no protection against somebody who looks for such a pair.
 */
export function fingerprint(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x050c5d1f;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + 0x9e), 0x01000193);
  }
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}

/**
 * Writes 64 bits that stand for a text into the first two places of `into`: for telling millions of
 * texts apart, where 52 bits would have two of them meet now and then. Not a protection either.
 */
export function fingerprintInto(into: Uint32Array, text: string): void {
  let low = 0x9e3779b1;
  let high = 0x85ebca6b;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    // Another multiplier and a turn, so that the lanes do not collide together.
    high = Math.imul((high << 13 | high >>> 19) + code, 0xc2b2ae35);
  }
  into[0] = mixed(low ^ high >>> 15);
  into[1] = mixed(high ^ low >>> 13);
}

/** Every bit of the result depends on every bit of the number. */
function mixed(bits: number): number {
  let word = Math.imul(bits ^ bits >>> 16, 0x7feb352d);
  word = Math.imul(word ^ word >>> 15, 0x846ca68b);
  return word ^ word >>> 16;
}
