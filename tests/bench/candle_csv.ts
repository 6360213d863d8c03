import { formatUtcMs, MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";

/** 2018-01-01T00:00:00Z: six years of minutes fit before the present. */
const FIRST_MINUTE_MS = 1_514_764_800_000;

/**
 * One-minute candles as exchanges publish them, `rows` of them, about 66 bytes each: a walk of
 * cents that is the same on every run.
 */
export function candleCsv(rows: number): string {
  const lines = ["timestamp,open,high,low,close,volume"];
  let closeCents = 4_700_000;
  let random = 42;
  for (let row = 0; row < rows; row++) {
    random = Math.imul(random, 1_664_525) + 1_013_904_223 >>> 0;
    const open = closeCents;
    closeCents += (random >>> 16) % 4_001 - 2_000;
    if (closeCents < 1_000_000) closeCents = 4_700_000;
    const high = Math.max(open, closeCents) + (random >>> 8) % 900;
    const low = Math.min(open, closeCents) - (random >>> 4) % 900;
    const prices = [open, high, low, closeCents].map((cents) => (cents / 100).toFixed(2));
    const time = formatUtcMs(utcMsOf(FIRST_MINUTE_MS + row * MINUTE_MS));
    lines.push(`${time},${prices.join(",")},${(random % 10_000_000) / 100_000}`);
  }
  return `${lines.join("\n")}\n`;
}
