import fc from "fast-check";
import { utcMsOf } from "@/services/kernel/time.ts";
import { knownSum } from "@/services/portfolio/known_sum.ts";
import { type DatedAmount, RunningSums } from "@/services/portfolio/performance/running_sums.ts";
import { assertEquals } from "@/tests/assert.ts";

function amounts(rows: readonly (readonly [number, string | null])[]): readonly DatedAmount[] {
  return rows.map(([at, amount]) => ({ at: utcMsOf(at), amount }));
}

Deno.test("RunningSums.between() counts what happened after a range's start, up to its end", () => {
  const sums = new RunningSums(amounts([[1, "0.1"], [2, "0.25"], [2, "-3"], [5, null], [7, "10"]]));
  const cases = [
    [-Infinity, Infinity, "7.35", 1],
    [1, 2, "-2.75", 0],
    [0, 1, "0.1", 0],
    [2, 5, null, 1],
    [2, 7, "10", 1],
    [7, Infinity, "0", 0],
    [5, 2, "0", 0],
  ] as const;
  for (const [from, to, sum, unknown] of cases) {
    assertEquals(sums.between(from, to), { sum, unknown }, `${from} to ${to}`);
  }
});

Deno.test("RunningSums.between() is 0 of no amounts", () => {
  assertEquals(new RunningSums([]).between(-Infinity, Infinity), { sum: "0", unknown: 0 });
});

Deno.test("RunningSums.between() gives what adding up a range gives, in any order of amounts", () => {
  const Amount = fc.tuple(
    fc.integer({ min: 0, max: 20 }),
    fc.option(
      fc.tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.integer({ min: 0, max: 9 }))
        .map(([units, digit]) => `${units}.${digit}5`),
    ),
  );
  const Bound = fc.integer({ min: -1, max: 21 });
  fc.assert(fc.property(fc.array(Amount), Bound, Bound, (rows, from, to) => {
    const inRange = rows.filter(([at]) => at > from && at <= to).map(([, amount]) => amount);
    assertEquals(new RunningSums(amounts(rows)).between(from, to), knownSum(inRange));
  }));
});
