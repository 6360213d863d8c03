import fc from "fast-check";
import { PaidYield } from "@/services/defi/autopilot/paid_yield.ts";
import { poolHistory } from "@/services/defi/pool_history.ts";
import { DEFAULT_POOL_SETTINGS } from "@/services/defi/pool_settings.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import { assertClose } from "@/tests/assert.ts";
import { sampleDay, samplePool, sampleSnapshot } from "../pool_sample.ts";
import { dailyPool } from "./pools_sample.ts";

const RULES = { vanishMs: 7 * DAY_MS, settings: DEFAULT_POOL_SETTINGS };

Deno.test("PaidYield pays each reading's rate until the next one", () => {
  const paid = new PaidYield([dailyPool("a", [{ supplyApy: 0.1 }, { supplyApy: 0.2 }, {}])], RULES);
  assertClose(paid.growth(sampleDay(0), sampleDay(1)), 1.1 ** (1 / 365) - 1);
  // Half a day at 10 %, half a day at 20 %.
  assertClose(
    paid.growth(sampleDay(0.5), sampleDay(1.5)),
    1.1 ** (0.5 / 365) * 1.2 ** (0.5 / 365) - 1,
  );
});

Deno.test("PaidYield pays nothing before the first reading, nor after the last", () => {
  const paid = new PaidYield([dailyPool("a", [{ supplyApy: 0.1 }, { supplyApy: 0.1 }])], RULES);
  assertClose(paid.growth(sampleDay(-5), sampleDay(0)), 0);
  assertClose(paid.growth(sampleDay(1), sampleDay(9)), 0);
});

Deno.test("PaidYield pays nothing over a gap in which the pool counts as gone", () => {
  const pool = samplePool();
  const rows = [0, 1, 10, 11].map((day) => sampleSnapshot({ ts: sampleDay(day), supplyApy: 0.1 }));
  const paid = new PaidYield([poolHistory(pool, rows)], RULES);
  assertClose(paid.growth(sampleDay(0), sampleDay(11)), 1.1 ** (2 / 365) - 1);
});

Deno.test("PaidYield takes rewards less their haircut", () => {
  const rows = [{ supplyApy: 0.1, incentiveApy: 0.1 }, {}];
  const paid = new PaidYield([dailyPool("a", rows)], RULES);
  assertClose(paid.growth(sampleDay(0), sampleDay(1)), 1.17 ** (1 / 365) - 1);
});

Deno.test("PaidYield of an APY of -100 % leaves nothing", () => {
  const paid = new PaidYield([dailyPool("a", [{ supplyApy: -1 }, ...Array(400).fill({})])], RULES);
  const year = new PaidYield([dailyPool("b", Array(400).fill({ supplyApy: -1 }))], RULES);
  assertClose(paid.growth(sampleDay(1), sampleDay(2)), 1.05 ** (1 / 365) - 1);
  assertClose(year.growth(sampleDay(0), sampleDay(365)), -1);
});

Deno.test("PaidYield of several sources pays by the newest reading that is not old", () => {
  const pool = samplePool();
  const of = (apy: number, days: readonly number[], given = {}) =>
    poolHistory(
      pool,
      days.map((day) => sampleSnapshot({ ts: sampleDay(day), supplyApy: apy, ...given })),
    );
  const flags = { isStale: true, isFrozen: false, isPaused: false };
  const paid = new PaidYield([
    of(0.1, [0, 2, 4]),
    of(0.2, [3, 5, 6]),
    of(0.9, [1, 2.5, 9], { flags }),
  ], RULES);
  const growth = (from: number, to: number) => paid.growth(sampleDay(from), sampleDay(to));
  assertClose(growth(0, 3), 1.1 ** (3 / 365) - 1);
  assertClose(growth(3, 4), 1.2 ** (1 / 365) - 1);
  // After its last reading the first source says no more; past day 6 the old one alone does.
  assertClose(growth(4, 6), 1.2 ** (2 / 365) - 1);
  assertClose(growth(6, 9), 1.9 ** (3 / 365) - 1);
  assertClose(growth(9, 20), 0);
});

Deno.test("PaidYield of a span is the product of its parts, in whatever order it is asked", () => {
  const at = fc.integer({ min: -48, max: 300 });
  const apys = fc.array(fc.double({ min: -0.5, max: 2, noNaN: true }), { minLength: 2 });
  fc.assert(fc.property(apys, fc.tuple(at, at, at), (rates, hours) => {
    const paid = new PaidYield([dailyPool("a", rates.map((supplyApy) => ({ supplyApy })))], RULES);
    const [a = 0, b = 0, c = 0] = hours.toSorted((x, y) => x - y).map((hour) =>
      sampleDay(hour / 24)
    );
    const parts = (1 + paid.growth(b, c)) * (1 + paid.growth(a, b)) - 1;
    assertClose(paid.growth(a, c), parts, 1e-9);
  }));
});
