import fc from "fast-check";
import { feeBands } from "@/services/onchain/mod.ts";
import { assertClose, assertEquals } from "@/tests/assert.ts";

Deno.test("feeBands() adds up what pays alike, dearest first, and leaves empty bands out", () => {
  const histogram = [[620.5, 100], [8.2, 30], [9.99, 20], [10, 5], [1.0071429, 2_692], [0.4, 7]];
  assertEquals(feeBands(histogram as [number, number][]), [
    { from: 500, to: null, vsize: 100 },
    { from: 10, to: 12, vsize: 5 },
    { from: 8, to: 10, vsize: 50 },
    { from: 1, to: 2, vsize: 2_692 },
    { from: 0, to: 1, vsize: 7 },
  ]);
  assertEquals(feeBands([]), []);
});

Deno.test("feeBands() loses nothing and puts every fee where it belongs", () => {
  const pair = fc.tuple(fc.double({ min: 0, max: 2_000, noNaN: true }), fc.nat({ max: 1e6 }));
  fc.assert(fc.property(fc.array(pair), (histogram) => {
    const bands = feeBands(histogram);
    const total = histogram.reduce((sum, [, vsize]) => sum + vsize, 0);
    assertClose(bands.reduce((sum, { vsize }) => sum + vsize, 0), total);
    for (const { from, to, vsize } of bands) {
      const own = histogram.filter(([fee]) => fee >= from && (to === null || fee < to));
      assertClose(vsize, own.reduce((sum, one) => sum + one[1], 0));
    }
  }));
});
