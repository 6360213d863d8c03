const RANGE = 2 ** 32;

/** The system's chance, of 32 bits; the port `Random`. */
export function systemRandom(): number {
  const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
  return value / RANGE;
}
