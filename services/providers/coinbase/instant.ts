import { type UtcMs, utcMsOf } from "../../kernel/time.ts";

const INSTANT =
  /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
/** Where the fraction's point stands. */
const POINT = 19;
/** Days that every month has. */
const SHORTEST_MONTH = 28;

/**
 * The instant of a frame, `2021-04-17T16:43:37.089723Z`, cut to milliseconds; `null` for every
 * other form. Reads as `parseUtcMs` does in a fifth of its time, which every trade has to take.
 */
export function instantOf(time: unknown): UtcMs | null {
  if (typeof time !== "string" || !INSTANT.test(time)) return null;
  const day = digits(time, 8, 2);
  const at = Date.UTC(
    digits(time, 0, 4),
    digits(time, 5, 2) - 1,
    day,
    digits(time, 11, 2),
    digits(time, 14, 2),
    digits(time, 17, 2),
    millis(time),
  );
  // 31 June would be taken for 1 July.
  return day <= SHORTEST_MONTH || new Date(at).getUTCDate() === day ? utcMsOf(at) : null;
}

function millis(time: string): number {
  if (time.length === POINT + 1) return 0;
  const length = Math.min(3, time.length - POINT - 2);
  return digits(time, POINT + 1, length) * 10 ** (3 - length);
}

function digits(text: string, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}
