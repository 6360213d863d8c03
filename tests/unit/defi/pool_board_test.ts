import fc from "fast-check";
import type { StoredSnapshot } from "@/services/defi/pool.ts";
import {
  filterPools,
  isOpenPool,
  POOL_SORTS,
  sortPools,
  summarizePools,
} from "@/services/defi/pool_board.ts";
import { historyAt, poolHistory } from "@/services/defi/pool_history.ts";
import { poolRows } from "@/services/defi/pool_rows.ts";
import type { PoolCard } from "@/services/defi/pool_service.ts";
import { DEFAULT_POOL_SETTINGS } from "@/services/defi/pool_settings.ts";
import { poolTrend } from "@/services/defi/pool_trend.ts";
import { isStableSymbol } from "@/services/defi/stable_symbols.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { sampleCard } from "./pool_card_sample.ts";
import { sampleDay, sampleDays, samplePool } from "./pool_sample.ts";

const settings = DEFAULT_POOL_SETTINGS;

function steady(given: Partial<StoredSnapshot>, days = 10): readonly Partial<StoredSnapshot>[] {
  return Array.from({ length: days }, () => given);
}

const BOARD = [
  sampleCard({ symbol: "USDC", chain: "base" }, steady({ supplyApy: 0.03, tvlUsd: 1e9 })),
  sampleCard({ symbol: "WETH", chain: "ethereum" }, steady({ supplyApy: 0.02, tvlUsd: 5e6 })),
  sampleCard({ symbol: "DAI", chain: "ethereum" }, steady({ supplyApy: 0.05, tvlUsd: null })),
];

function symbols(cards: readonly PoolCard[]): string {
  return cards.map(({ pool }) => pool.symbol).join();
}

const filters = [
  { name: "nothing", filter: {}, expected: "USDC,WETH,DAI" },
  { name: "a chain", filter: { chain: "ethereum" }, expected: "WETH,DAI" },
  { name: "an asset, all of its symbol", filter: { asset: "weth" }, expected: "WETH" },
  { name: "an asset, no part of it", filter: { asset: "eth" }, expected: "" },
  { name: "words that are all there", filter: { search: " ETHEREUM dai " }, expected: "DAI" },
  {
    name: "a least TVL, which an unknown one has not",
    filter: { minTvlUsd: 1 },
    expected: "USDC,WETH",
  },
  { name: "stablecoins", filter: { stable: true }, expected: "USDC,DAI" },
  { name: "all but stablecoins", filter: { stable: false }, expected: "WETH" },
];
for (const { name, filter, expected } of filters) {
  Deno.test(`filterPools() by ${name}`, () => {
    assertEquals(symbols(filterPools(BOARD, filter)), expected);
  });
}

Deno.test("filterPools() leaves out what was read long before the newest of all", () => {
  const old = sampleCard({ symbol: "OLD" }, steady({}, 2));
  const cards = [...BOARD, old];
  // The others have ten daily readings, this one has two.
  assertEquals(symbols(filterPools(cards, { maxAgeMs: 7 * DAY_MS })), "USDC,WETH,DAI");
  assertEquals(filterPools(cards, { maxAgeMs: 8 * DAY_MS }).length, 4);
});

Deno.test("isOpenPool() is false of what is frozen, paused or matured", () => {
  const flags = (given: object) => ({
    flags: { isStale: false, isFrozen: false, isPaused: false, ...given },
  });
  assertEquals(isOpenPool(sampleCard({}, [flags({})])), true);
  assertEquals(isOpenPool(sampleCard({}, [flags({ isFrozen: true })])), false);
  assertEquals(isOpenPool(sampleCard({}, [flags({ isPaused: true })])), false);
  assertEquals(isOpenPool(sampleCard({ maturityAt: sampleDay(0) }, [{}])), false);
  assertEquals(isOpenPool(sampleCard({ maturityAt: sampleDay(9) }, [{}])), true);
});

Deno.test("sortPools() ranks figures from the top and names from A, the unknown always last", () => {
  const by = (sort: "supply_apy" | "tvl_usd" | "symbol", order?: "asc") =>
    symbols(sortPools(BOARD, { sort, order, method: "v1" }));
  assertEquals(by("supply_apy"), "DAI,USDC,WETH");
  assertEquals(by("tvl_usd"), "USDC,WETH,DAI");
  assertEquals(by("tvl_usd", "asc"), "WETH,USDC,DAI");
  assertEquals(by("symbol"), "DAI,USDC,WETH");
});

Deno.test("sortPools() loses none, and turned round gives the known ones turned round", () => {
  fc.assert(fc.property(
    fc.constantFrom(...POOL_SORTS),
    fc.array(fc.option(fc.float({ min: 0, max: 1, noNaN: true })), { maxLength: 8 }),
    (sort, values) => {
      const cards = values.map((utilization, at) =>
        sampleCard({ symbol: `S${at}` }, [{ utilization, supplyApy: at / 100 }, { utilization }])
      );
      const sorted = sortPools(cards, { sort, order: "asc", method: "v0" });
      assertEquals(new Set(sorted), new Set(cards));
      if (sort !== "utilization") return;
      const known = sorted.flatMap(({ metrics }) => metrics.utilization ?? []);
      assertEquals(known, known.toSorted((a, b) => a - b));
      assert(sorted.slice(known.length).every(({ metrics }) => metrics.utilization === null));
    },
  ));
});

Deno.test("summarizePools() counts what is known, and nothing of an empty board", () => {
  const found = summarizePools(BOARD, "v1");
  assertEquals([found.pools, found.medianApy, found.tvlKnown, found.tvlUsd], [3, 0.03, 2, 1.005e9]);
  assertEquals([found.aboveKink, found.utilizationKnown, found.rewarded], [0, 3, 0]);
  const nothing = summarizePools([], "v1");
  assertEquals([nothing.medianApy, nothing.tvlUsd, nothing.newestAt, nothing.widest], [
    null,
    null,
    null,
    null,
  ]);
});

const stable = [
  "USDC",
  "USDC.e",
  "sUSDe",
  "EURC",
  "WXDAI",
  "crvUSD",
  "GHO",
  "AAVE USDC",
  "USDC-USDT",
];
const others = ["WETH", "USDC-WETH", "EUROC2X-ETH", "PT-sUSDE", "WBTC", "", "AAVE", "MAICOIN"];
for (const [list, expected] of [[stable, true], [others, false]] as const) {
  for (const symbol of list) {
    Deno.test(`isStableSymbol("${symbol}") is ${expected}`, () => {
      assertEquals(isStableSymbol(symbol), expected);
    });
  }
}

Deno.test("poolTrend() has a step a day, a day without a reading being a gap", () => {
  const days = Array.from({ length: 100 }, (_, day) => ({ supplyApy: day / 1000 }));
  const pool = samplePool();
  const kept = sampleDays(days, pool).filter((_, day) => day !== 97);
  const { supplyApy, spanMs } = poolTrend(poolHistory(pool, kept));
  assertEquals(supplyApy.length, 90);
  assertEquals(supplyApy.slice(-3), [null, 0.098, 0.099]);
  assertEquals(supplyApy[0], 0.01);
  assertEquals(spanMs, 89 * DAY_MS);
});

Deno.test("poolTrend() of a young pool is its life, and of no readings nothing", () => {
  const pool = samplePool();
  const young = poolTrend(
    poolHistory(pool, sampleDays([{ supplyApy: 1 }, { supplyApy: 2 }], pool)),
  );
  assertEquals([young.supplyApy, young.spanMs], [[1, 2], DAY_MS]);
  assertEquals(poolTrend(poolHistory(pool, [])).supplyApy, []);
});

Deno.test("historyAt() knows readings of that time or before, learned by then", () => {
  const pool = samplePool();
  const history = poolHistory(
    pool,
    sampleDays([{}, { ingestedAt: sampleDay(5), availableAt: sampleDay(5) }, {}, {}], pool),
  );
  assertEquals([...historyAt(history, sampleDay(2)).ts], [sampleDay(0), sampleDay(2)]);
  assertEquals(historyAt(history, sampleDay(0) - 1).length, 0);
  assertEquals(historyAt(history, sampleDay(9)), history);
});

Deno.test("poolRows() says how each reading stands", () => {
  const pool = samplePool();
  const flags = { isStale: true, isFrozen: false, isPaused: false };
  const lent = [0.5, 0.7, 0.99, 0.95, 0.95];
  const days = lent.map((utilization, day) => ({
    ...{ utilization, supplyApy: 0.01 * (day + 1) },
    ...(day === 4 ? { flags } : {}),
  }));
  const history = poolHistory(pool, sampleDays(days, pool));
  const rows = poolRows(history, { settings });
  assertEquals(rows.map(({ state }) => state), ["final", "spike", "stress", "final", "stale"]);
  assertClose(rows[1]?.utilizationChange ?? NaN, 0.2);
  assertEquals(poolRows(history, { settings, limit: 2 }).map(({ ts }) => ts), [
    sampleDay(3),
    sampleDay(4),
  ]);
  assertEquals(poolRows(history, { settings, from: sampleDay(3) }).length, 2);
  assertEquals(poolRows(history, { settings, from: utcMsOf(sampleDay(9)) }), []);
});

Deno.test("poolWarnings() say of a pool that is nearly empty what is left, and what was before", () => {
  const calm = steady({ supplyApy: 0.025, utilization: 0.8 });
  const { warnings } = sampleCard({}, [...calm, { supplyApy: 0.33, utilization: 0.9959 }]);
  assertEquals(warnings.map(({ code, severity }) => `${code} ${severity}`), [
    "utilization_stress danger",
    "utilization_spike caution",
  ]);
  assertEquals(
    warnings[0]?.words,
    "The rate is high because the pool is nearly empty. Utilisation is 99.59%, past the kink at " +
      "92.00%. Only 0.41% of deposits can be withdrawn now. Over the 30 days before this the " +
      "median APY was 2.50%.",
  );
  assertEquals(warnings[1]?.words, "Utilisation rose by 19.59 points since the reading before.");
});

Deno.test("poolWarnings() have nothing to say of a calm pool, and tell what drifts as information", () => {
  const days = [0.05, 0.051, 0.052].map((supplyApy) => ({ supplyApy, utilization: 0.8 }));
  assertEquals(sampleCard({}, days).warnings, []);
  const [drift] = sampleCard({ structure: "uncorrelated" }, days).warnings;
  assertEquals([drift?.code, drift?.severity], ["drift_loss", "info"]);
});
