import fc from "fast-check";
import { Decimal } from "@/services/kernel/decimal.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { resolutionAt, timeAxis } from "@/services/portfolio/valuation/time_axis.ts";
import { exactValue } from "@/services/portfolio/valuation/valued.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";

const EUR = { source: "ecb", path: "inverse", kind: "eod", asof: utcMsOf(0) } as const;

const products: { quantity: string; priceUsd: number; rate: number | null; value: string }[] = [
  { quantity: "0.1", priceUsd: 0.2, rate: null, value: "0.02" },
  { quantity: "3", priceUsd: 1e-7, rate: null, value: "0.0000003" },
  {
    quantity: "1000000000000000000000",
    priceUsd: 0.000123,
    rate: null,
    value: "123000000000000000",
  },
  { quantity: "0.3", priceUsd: 20_000.1, rate: 0.4, value: "2400.012" },
  { quantity: "-1.5", priceUsd: 2, rate: 0.5, value: "-1.5" },
  // Worked out with exact decimals of another library.
  {
    quantity: "0.000000000000000001",
    priceUsd: 64_123.45,
    rate: 0.853898044573478,
    value: "0.0000000000000547548885663051878591",
  },
];
for (const { quantity, priceUsd, rate, value } of products) {
  Deno.test(`exactValue() of ${quantity} at ${priceUsd}, rate ${rate}, is ${value}`, () => {
    const fx = rate === null ? null : { ...EUR, rate };
    assertEquals(exactValue(quantity, { priceUsd, fx }).toString(), value);
  });
}

Deno.test("exactValue() of a sum of parts is the sum of their values, to the digit", () => {
  const quantity = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
    .map((units) => new Decimal(String(units)).times("1e-18"));
  const price = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
  fc.assert(fc.property(quantity, quantity, price, price, (a, b, priceUsd, rate) => {
    const at = { priceUsd, fx: { ...EUR, rate } };
    const parts = exactValue(a, at).plus(exactValue(b, at));
    assertEquals(exactValue(a.plus(b), at).toString(), parts.toString());
  }));
});

Deno.test("timeAxis() takes ascending times up to the present, in parts of one resolution", () => {
  const now = utcMsOf(1_000 * DAY_MS + 1);
  const times = [now - 200 * DAY_MS, now - 100 * DAY_MS, now - 2 * DAY_MS, now - 1, now];
  const axis = timeAxis(times, { now });
  assertEquals(axis.parts, [
    { resolution: "1d", start: 0, end: 2 },
    { resolution: "1h", start: 2, end: 3 },
    { resolution: "5m", start: 3, end: 5 },
  ]);
  assertEquals(times.map((_, index) => resolutionAt(axis, index)), ["1d", "1d", "1h", "5m", "5m"]);
  assertEquals([...axis.ends].map((end) => end % DAY_MS), [0, 0, 0, 0, 0]);
  assertEquals(timeAxis([], { now }).parts, []);
  for (const wrong of [[2, 1], [NaN], [now + 1]]) {
    assertThrows(() => timeAxis(wrong, { now }), { type: RangeError });
  }
  assertThrows(() => resolutionAt(axis, 5), { type: RangeError });
});
