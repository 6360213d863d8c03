import fc from "fast-check";
import {
  aprFromApy,
  apyFromApr,
  growthOver,
  impermanentLoss,
  lossVersusRebalancing,
  ratesAt,
  SECONDS_A_YEAR,
  toApy,
} from "@/services/defi/yields.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

Deno.test("apyFromApr() compounds as often as it is told", () => {
  // 1.025^2 - 1
  assertClose(apyFromApr(0.05, 2), 0.050625);
  assertClose(apyFromApr(0.12, 12), 1.01 ** 12 - 1);
  assertClose(apyFromApr(0.05, 1), 0.05);
});

Deno.test("apyFromApr() compounds each second close to e^r - 1", () => {
  assertClose(apyFromApr(0.05, SECONDS_A_YEAR), Math.E ** 0.05 - 1, 1e-9);
});

Deno.test("apyFromApr() refuses to compound no times", () => {
  assertThrows(() => apyFromApr(0.05, 0), { type: RangeError, pattern: /0 times/ });
});

Deno.test("aprFromApy() turns apyFromApr() back", () => {
  const rate = fc.double({ min: 0, max: 3, noNaN: true });
  fc.assert(fc.property(rate, fc.constantFrom(1, 12, 365, SECONDS_A_YEAR), (apr, m) => {
    assertClose(aprFromApy(apyFromApr(apr, m), m), apr, 1e-9);
  }));
});

Deno.test("toApy() leaves an APY and what is not known as they are", () => {
  assertEquals(toApy(0.05, { kind: "apy" }), 0.05);
  assertEquals(toApy(null, { kind: "apr", periodsPerYear: 12 }), null);
});

Deno.test("growthOver() a day makes the year again when 365 of them are linked", () => {
  assertClose((1 + growthOver(0.2, 1)) ** 365, 1.2, 1e-9);
  assertEquals(growthOver(-1, 1), -1);
});

const MODEL = { base: 0, slope1: 0.055, slope2: 0.4, kink: 0.92, reserveFactor: 0.1 };

Deno.test("ratesAt() prices below the kink on the first slope", () => {
  const { borrowRate, supplyRate } = ratesAt(0.8, MODEL);
  assertClose(borrowRate, 0.047826, 1e-6);
  assertClose(supplyRate, 0.034435, 1e-6);
});

Deno.test("ratesAt() prices above the kink on the second slope", () => {
  const { borrowRate, supplyRate } = ratesAt(0.95, MODEL);
  assertClose(borrowRate, 0.205, 1e-9);
  assertClose(supplyRate, 0.175275, 1e-9);
});

Deno.test("ratesAt() never falls as more is lent", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(share, share, (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    assert(ratesAt(low, MODEL).borrowRate <= ratesAt(high, MODEL).borrowRate + 1e-12);
  }));
});

Deno.test("ratesAt() refuses more lent than there is", () => {
  assertThrows(() => ratesAt(1.01, MODEL), { type: RangeError, pattern: /1.01/ });
});

const losses = [
  { ratio: 2, weight: 0.5, loss: -0.057191 },
  { ratio: 1, weight: 0.5, loss: 0 },
  { ratio: 4, weight: 0.5, loss: -0.2 },
  // 2^0.8 / (1.6 + 0.2) - 1
  { ratio: 2, weight: 0.8, loss: 2 ** 0.8 / 1.8 - 1 },
];
for (const { ratio, weight, loss } of losses) {
  Deno.test(`impermanentLoss() is ${loss.toFixed(4)} at ratio ${ratio}, weight ${weight}`, () => {
    assertClose(impermanentLoss(ratio, weight), loss, 1e-6);
  });
}

Deno.test("impermanentLoss() is never a gain, and the same either way up", () => {
  fc.assert(fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (ratio) => {
    assert(impermanentLoss(ratio) <= 0);
    assertClose(impermanentLoss(ratio), impermanentLoss(1 / ratio), 1e-9);
  }));
});

Deno.test("lossVersusRebalancing() is an eighth of the variance", () => {
  // 0.8^2 / 8
  assertClose(lossVersusRebalancing(0.8), 0.08);
});
