import { priceFreshness } from "@/services/kernel/price_freshness.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";

const AGES = [
  { isTraded: true, ageMs: -1, expected: "live" },
  { isTraded: true, ageMs: 10 * SECOND_MS, expected: "live" },
  { isTraded: true, ageMs: 10 * SECOND_MS + 1, expected: "stale" },
  { isTraded: false, ageMs: 20 * MINUTE_MS, expected: "live" },
  { isTraded: false, ageMs: 20 * MINUTE_MS + 1, expected: "delayed" },
  { isTraded: false, ageMs: HOUR_MS, expected: "delayed" },
  { isTraded: false, ageMs: HOUR_MS + 1, expected: "stale" },
] as const;
for (const { isTraded, ageMs, expected } of AGES) {
  const kind = isTraded ? "traded" : "polled";
  Deno.test(`priceFreshness() of a ${kind} price ${ageMs} ms old is ${expected}`, () => {
    assertEquals(priceFreshness(ageMs, { isTraded }), expected);
  });
}
