import fc from "fast-check";
import { decomposeYield } from "@/services/defi/decomposition.ts";
import type { Pool, StoredSnapshot } from "@/services/defi/pool.ts";
import { poolHistory } from "@/services/defi/pool_history.ts";
import { poolMetrics } from "@/services/defi/pool_metrics.ts";
import { DEFAULT_POOL_SETTINGS } from "@/services/defi/pool_settings.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { sampleDays, samplePool } from "./pool_sample.ts";

const settings = DEFAULT_POOL_SETTINGS;

function decompose(
  given: Partial<StoredSnapshot>,
  { pool: changed = {}, ...options }: {
    pool?: Partial<Pool>;
    intrinsicApy?: number;
    pairVolatility?: number;
  } = {},
) {
  const pool = samplePool(changed);
  const metrics = poolMetrics(poolHistory(pool, sampleDays([given], pool)), settings);
  assert(metrics !== null);
  return decomposeYield(pool, { metrics, settings, ...options });
}

Deno.test("decomposeYield() leaves base and sold rewards less gas of a lending pool", () => {
  const { net, isExact, netWithoutIncentives, steps } = decompose({
    supplyApy: 0.03,
    incentiveApy: 0.02,
  });
  // 0.03 + 0.02 x 0.7 - 2 x 5 / 10,000
  assertClose(net[0], 0.043);
  assertClose(net[1], 0.043);
  assertClose(netWithoutIncentives[0], 0.029);
  assertEquals(isExact, true);
  assertEquals(steps.map(({ name }) => name), [
    "base",
    "reward",
    "haircut",
    "intrinsic",
    "drift_loss",
    "fees",
    "gas",
    "net",
  ]);
});

Deno.test("decomposeYield() spans what a yield in one figure can be worth", () => {
  const { net, isExact, netWithoutIncentives } = decompose({
    ...{ supplyApy: 0.1, incentiveApy: null, borrowApy: null },
  });
  assertClose(net[0], 0.069);
  assertClose(net[1], 0.099);
  assertEquals(isExact, false);
  assert(netWithoutIncentives[0] <= 0);
  assertClose(netWithoutIncentives[1], 0.099);
});

Deno.test("decomposeYield() takes a yield for interest that comes with its borrow rate", () => {
  const { net, isExact, steps } = decompose({ supplyApy: 0.03, incentiveApy: null });
  assertClose(net[0], 0.029);
  assertEquals(isExact, true);
  assertEquals(steps.slice(0, 2).map(({ name }) => name), ["base", "reward"]);
});

Deno.test("decomposeYield() says that what is paid past the kink may end", () => {
  const pool = samplePool();
  const calm = Array.from({ length: 10 }, () => ({ supplyApy: 0.03, utilization: 0.8 }));
  const days = [...calm, { supplyApy: 0.33, utilization: 0.99 }];
  const metrics = poolMetrics(poolHistory(pool, sampleDays(days, pool)), settings);
  assert(metrics !== null);
  const { steps, net, isExact } = decomposeYield(pool, { metrics, settings });
  const past = steps.find(({ name }) => name === "past_kink");
  assertClose(past?.range[0] ?? NaN, -0.3);
  assertEquals([past?.range[1], isExact], [0, false]);
  assertClose(net[0], 0.029);
  assertClose(net[1], 0.329);
});

Deno.test("decomposeYield() spans the drift of a pair until its volatility is known", () => {
  const pool = { structure: "uncorrelated" } as const;
  const unknown = decompose({}, { pool });
  // 1.2^2 / 8
  assertClose(unknown.net[1] - unknown.net[0], 0.18);
  assertEquals(unknown.hasImpermanentLoss, true);
  const known = decompose({}, { pool, pairVolatility: 0.4 });
  assertClose(known.net[0], 0.05 - 0.02 - 0.001);
  assertEquals(known.isExact, true);
});

Deno.test("decomposeYield() spans what a staked token earns until that is known", () => {
  const pool = { symbol: "wstETH" };
  assertClose(decompose({}, { pool }).net[1], 0.05 + 0.06 - 0.001);
  assertClose(decompose({}, { pool, intrinsicApy: 0.03 }).net[0], 0.05 + 0.03 - 0.001);
});

Deno.test("decomposeYield() adds up: each total is the one before and its step", () => {
  const apy = fc.double({ min: -0.1, max: 2, noNaN: true });
  fc.assert(fc.property(apy, fc.option(apy), (supplyApy, incentiveApy) => {
    const { steps, net } = decompose({ supplyApy, incentiveApy }, { pool: { structure: null } });
    let [low, high] = [0, 0];
    for (const { range, total } of steps.slice(0, -1)) {
      assert(range[0] <= range[1]);
      [low, high] = [low + range[0], high + range[1]];
      assertClose(total[0], low, 1e-12);
      assertClose(total[1], high, 1e-12);
    }
    assertEquals(steps.at(-1)?.range, net);
  }));
});
