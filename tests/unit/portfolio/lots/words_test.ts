import fc from "fast-check";
import { assert, assertEquals } from "@/tests/assert.ts";
import {
  LOW_LIMIT,
  moneyOf,
  multiplyWords,
  takeShare,
  WORD_LIMIT,
} from "@/services/portfolio/lots/words.ts";

/** The half of the range that callers use. */
const MOST = WORD_LIMIT / 2;

/** Numbers of every size, and those at the ends of the range. */
function word(min: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min, max: 2 ** 20 }),
    fc.double({ min: 0, max: 51, noNaN: true }).map((power) =>
      Math.max(min, Math.floor(2 ** power))
    ),
    fc.constantFrom(Math.max(min, 1), 2 ** 27 + 1, MOST - 1, MOST - 2, LOW_LIMIT - 1),
    fc.maxSafeInteger().map((n) => Math.max(min, Math.abs(n) % MOST)),
  );
}

Deno.test("takeShare() is the share of big integers, rounded down, and leaves the rest", () => {
  fc.assert(
    fc.property(word(0), word(0), word(1), word(1), (high, lowWord, a, b) => {
      const low = lowWord % LOW_LIMIT;
      const [part, whole] = a < b ? [a, b] : [b, a];
      const rest = { high, low };
      const share = { high: 0, low: 0 };
      takeShare(rest, { part, whole, share });
      const units = BigInt(high) * BigInt(LOW_LIMIT) + BigInt(low);
      const expected = units * BigInt(part) / BigInt(whole);
      assertEquals(share, moneyOf(expected));
      assertEquals(rest, moneyOf(units - expected));
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("multiplyWords() is the product of big integers while its millionths fit", () => {
  fc.assert(
    fc.property(word(0), word(0), fc.integer({ min: 0, max: 12 }), (price, quantity, power) => {
      const perHigh = 10 ** power;
      const perUnit = 10 ** (12 - power);
      const exact = BigInt(price) * BigInt(quantity);
      fc.pre(exact / BigInt(perHigh) < BigInt(MOST));
      const product = { high: 0, low: 0 };
      multiplyWords(price, quantity, { scale: { perHigh, perUnit }, product });
      assertEquals(product, moneyOf(exact * BigInt(perUnit)));
      assert(product.low < LOW_LIMIT);
    }),
    { numRuns: 20_000 },
  );
});
