import { parseUtcMs } from "../../kernel/time.ts";

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const EPOCH = /^\d{1,17}(?:\.0*)?$/;

/** Epoch counts below these are seconds, milliseconds and microseconds; all lie past year 5000. */
const SECONDS_BELOW = 1e11;
const MILLISECONDS_BELOW = 1e14;
const MICROSECONDS_BELOW = 1e17;

/** A plain decimal number, the same double as `Number(text)`; NaN for anything else. */
export function parseNumber(text: string): number {
  const trimmed = text.trim();
  return DECIMAL.test(trimmed) ? Number(trimmed) : NaN;
}

/**
 * An instant as files write it, in epoch milliseconds: an ISO day or instant (UTC without a zone),
 * or epoch seconds, milliseconds or microseconds, told apart by their size. NaN for anything else.
 */
export function parseTime(text: string): number {
  const trimmed = text.trim();
  if (EPOCH.test(trimmed)) return epochToMs(Number(trimmed));
  return parseUtcMs(trimmed) ?? NaN;
}

/** Epoch milliseconds from a count whose unit shows in its size; NaN beyond microseconds. */
export function epochToMs(count: number): number {
  if (count < SECONDS_BELOW) return count * 1_000;
  if (count < MILLISECONDS_BELOW) return count;
  return count < MICROSECONDS_BELOW ? count / 1_000 : NaN;
}
