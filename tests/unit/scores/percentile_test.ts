import fc from "fast-check";
import { midRankPercentiles, rankOf } from "@/services/scores/percentile.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const ALL = (length: number) => new Uint8Array(length).fill(1);
const percentiles = (values: readonly number[], sign: 1 | -1 = 1) => [
  ...midRankPercentiles(Float64Array.from(values), { isMember: ALL(values.length), sign }),
];

const cases: readonly {
  name: string;
  values: readonly number[];
  sign?: 1 | -1;
  expected: readonly number[];
}[] = [
  { name: "counts equals half", values: [1, 2, 2, 4], expected: [12.5, 50, 50, 87.5] },
  { name: "turns round where less is better", values: [1, 3], sign: -1, expected: [75, 25] },
  { name: "puts one asset in the middle", values: [7], expected: [50] },
  { name: "puts equals in the middle", values: [3, 3, 3], expected: [50, 50, 50] },
  { name: "leaves missing values missing", values: [NaN, 5], expected: [NaN, 50] },
  { name: "has nothing where all are missing", values: [NaN, NaN], expected: [NaN, NaN] },
];
for (const { name, values, sign, expected } of cases) {
  Deno.test(`midRankPercentiles() ${name}`, () => {
    assertEquals(percentiles(values, sign), [...expected]);
  });
}

Deno.test("midRankPercentiles() ranks outsiders without moving members", () => {
  const values = Float64Array.of(1, 2, 4, 3);
  const ranked = midRankPercentiles(values, { isMember: Uint8Array.of(1, 1, 1, 0), sign: 1 });
  assertEquals([...ranked.subarray(0, 3)], percentiles([1, 2, 4]));
  // Two of four are below it, and half of itself.
  assertEquals(ranked[3], 62.5);
});

const Values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 30 });

Deno.test("midRankPercentiles() has a mean of 50 whatever the ties", () => {
  fc.assert(fc.property(Values, (values) => {
    const sum = percentiles(values).reduce((total, value) => total + value, 0);
    assert(Math.abs(sum / values.length - 50) < 1e-9);
  }));
});

Deno.test("midRankPercentiles() is the same for values scaled or shifted", () => {
  fc.assert(fc.property(Values, fc.integer({ min: 1, max: 64 }), (values, factor) => {
    assertEquals(percentiles(values.map((value) => value * factor - 7)), percentiles(values));
  }));
});

Deno.test("midRankPercentiles() never falls for a value that improves", () => {
  fc.assert(fc.property(Values, fc.nat(), fc.nat(60), (values, pick, better) => {
    const at = pick % values.length;
    const improved = values.with(at, (values[at] ?? 0) + better);
    assert((percentiles(improved)[at] ?? 0) >= (percentiles(values)[at] ?? 0));
  }));
});

Deno.test("rankOf() gives equals the better place and outsiders none", () => {
  const values = Float64Array.of(5, 9, 9, NaN, 7);
  const ranks = rankOf(values, Uint8Array.of(1, 1, 1, 1, 0));
  assertEquals([...ranks], [3, 1, 1, NaN, NaN]);
});
