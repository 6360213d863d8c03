/**
 * What a value under load carries: its number and when it was published, between bars at fixed
 * width, so that a client finds both without reading the rest: `|0000000042 1763712345678125|`.
 */
const BAR = 124;
const SEQ_DIGITS = 10;
const TIME_DIGITS = 16;
const MARK_BYTES = SEQ_DIGITS + TIME_DIGITS + 3;
const ZERO = 48;

/** Where the mark goes in a text to publish. */
export const MARK_PLACE = "MARK".padEnd(MARK_BYTES, "-");

/** Milliseconds since 1970 to the microsecond: the same in every process of the machine. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

/** The mark of value `seq`, published now. */
export function markOf(seq: number): string {
  const micros = Math.round(preciseNow() * 1_000);
  return `|${String(seq).padStart(SEQ_DIGITS, "0")} ${String(micros).padStart(TIME_DIGITS, "0")}|`;
}

/** Calls `onMark` for every whole mark; how many bytes at the end may hold the start of another. */
export function readMarks(
  bytes: Uint8Array,
  onMark: (seq: number, publishedAt: number) => void,
): number {
  let at = bytes.indexOf(BAR);
  while (at >= 0) {
    if (at + MARK_BYTES > bytes.length) return bytes.length - at;
    const time = at + 1 + SEQ_DIGITS + 1;
    onMark(digits(bytes, at + 1, SEQ_DIGITS), digits(bytes, time, TIME_DIGITS) / 1_000);
    at = bytes.indexOf(BAR, at + MARK_BYTES);
  }
  return 0;
}

function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) value = 10 * value + (bytes[at] ?? ZERO) - ZERO;
  return value;
}
