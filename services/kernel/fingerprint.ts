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
