import { HOUR_MS, utcMsOf } from "@/services/kernel/time.ts";
import { isOutlier, screenOutliers } from "@/services/defi/outliers.ts";
import type { PoolSnapshot } from "@/services/defi/pool.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { SAMPLE_START, sampleSnapshot } from "./pool_sample.ts";

const hour = (hours: number) => utcMsOf(SAMPLE_START + hours * HOUR_MS);
const at = (hours: number, given: Partial<PoolSnapshot> = {}) =>
  sampleSnapshot({ ts: hour(hours), ...given });

const cases = [
  { name: "five times the TVL", next: at(1, { tvlUsd: 5e8 }), isOut: false },
  { name: "more than five times the TVL", next: at(1, { tvlUsd: 5.1e8 }), isOut: true },
  { name: "more than five times the APY", next: at(1, { supplyApy: 0.26 }), isOut: true },
  { name: "a fall", next: at(1, { tvlUsd: 1 }), isOut: false },
  { name: "the same jump over 6 hours", next: at(6, { tvlUsd: 5.1e8 }), isOut: false },
  { name: "a TVL that is not known", next: at(1, { tvlUsd: null }), isOut: false },
];
for (const { name, next, isOut } of cases) {
  Deno.test(`isOutlier() says ${isOut} to ${name}`, () => {
    assertEquals(isOutlier(next, at(0)), isOut);
  });
}

Deno.test("isOutlier() has nothing against a first reading or a yield out of nothing", () => {
  assertEquals(isOutlier(at(0), null), false);
  assertEquals(isOutlier(at(1, { supplyApy: 0.0008 }), at(0, { supplyApy: 0.00001 })), false);
});

const REWARDS = [
  {
    name: "rewards that begin to be told",
    before: null,
    next: { incentiveApy: 0.9 },
    isOut: false,
  },
  { name: "rewards that jump", before: 0.01, next: { incentiveApy: 0.9 }, isOut: true },
  {
    name: "rewards that are told no more, but as part of the yield",
    ...{ before: 0.4, next: { supplyApy: 0.45, incentiveApy: null }, isOut: false },
  },
  {
    name: "a yield that jumps as its rewards begin to be told",
    ...{ before: null, next: { supplyApy: 0.9, incentiveApy: 0.1 }, isOut: true },
  },
];
for (const { name, before, next, isOut } of REWARDS) {
  Deno.test(`isOutlier() says ${isOut} to ${name}`, () => {
    assertEquals(isOutlier(at(1, next), at(0, { incentiveApy: before })), isOut);
  });
}

Deno.test("screenOutliers() holds a jump until the next reading confirms it", () => {
  const jump = { tvlUsd: 9e8 };
  const { accepted } = screenOutliers([at(1, jump), at(2, jump)], { accepted: at(0), held: null });
  assertEquals(accepted.map(({ availableAt }) => availableAt), [hour(2), hour(2)]);
});

Deno.test("screenOutliers() sets a stored jump free when it is confirmed later", () => {
  const held = { ...at(1, { tvlUsd: 9e8 }), availableAt: null };
  const { accepted, released } = screenOutliers([at(2, { tvlUsd: 8e8 })], {
    accepted: at(0),
    held,
  });
  assertEquals(released, [{ ...held, availableAt: hour(2) }]);
  assertEquals(accepted[0]?.availableAt, hour(2));
});

Deno.test("screenOutliers() does not doubt again what counts already", () => {
  const later = at(2, { tvlUsd: 8e8 });
  const { accepted } = screenOutliers([at(1, { tvlUsd: 9e9 }), later], {
    accepted: at(0),
    held: null,
    believed: new Set([hour(1)]),
  });
  assertEquals(accepted.map(({ availableAt }) => availableAt), [hour(1), hour(2)]);
});

Deno.test("screenOutliers() keeps a jump held that the next reading contradicts", () => {
  const { accepted, released } = screenOutliers([at(1, { supplyApy: 3 }), at(2)], {
    accepted: at(0),
    held: null,
  });
  assertEquals(accepted.map(({ availableAt }) => availableAt), [null, hour(2)]);
  assertEquals(released, []);
});

Deno.test("screenOutliers() takes two different jumps for two mistakes", () => {
  const { accepted } = screenOutliers([at(1, { supplyApy: 3 }), at(2, { supplyApy: 100 })], {
    accepted: at(0),
    held: null,
  });
  assert(accepted.every(({ availableAt }) => availableAt === null));
});
