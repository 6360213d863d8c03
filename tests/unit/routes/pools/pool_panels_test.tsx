import { renderToString } from "preact-render-to-string";
import { CharacterPanel } from "@/routes/pools/(_components)/CharacterPanel.tsx";
import { PairPanel } from "@/routes/pools/(_components)/PairPanel.tsx";
import { TvlPanel, YieldPanel } from "@/routes/pools/(_components)/PoolCharts.tsx";
import { PoolHeader } from "@/routes/pools/(_components)/PoolHeader.tsx";
import { readPool } from "@/routes/pools/(_components)/read_pool.ts";
import { PoolArchive, PoolService } from "@/services/defi/mod.ts";
import type { Pool, StoredSnapshot } from "@/services/defi/pool.ts";
import { DEFAULT_POOL_SETTINGS } from "@/services/defi/pool_settings.ts";
import { SqlPoolStore } from "@/services/storage/mod.ts";
import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { SAMPLE_START, sampleDays, samplePool } from "../../defi/pool_sample.ts";

/** What the page of a pool with these daily readings is made of. */
async function pageOf(days: readonly Partial<StoredSnapshot>[], given: Partial<Pool> = {}) {
  const clock = new FakeClock(SAMPLE_START);
  await using database = await openTestDatabase({ clock });
  const store = new SqlPoolStore(database, clock);
  const pool = samplePool(given);
  await store.upsertPools([pool]);
  await store.recordSnapshots(sampleDays(days, pool));
  const pools = new PoolService({
    archive: new PoolArchive({ store, changes: database.changes, clock }),
    settings: DEFAULT_POOL_SETTINGS,
    fetcher: { provider: null, wanted: "file", fallback: null },
  });
  const url = new URL(`http://localhost/pools/${pool.id}`);
  return await readPool({ pools, clock }, url, { id: pool.id });
}

/** The words of a page without its marks. */
function wordsOf(html: string): string {
  return html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}

Deno.test("the charts of a pool say in words what its one reading is", async () => {
  const data = await pageOf([{ supplyApy: 0.0325, tvlUsd: 2.5e6 }]);
  const apy = wordsOf(renderToString(<YieldPanel {...data} />));
  const tvl = wordsOf(renderToString(<TvlPanel {...data} />));
  assertMatch(apy, /Supply APY of USDC on 1 Jan 2026: 3\.25%\. A line takes two\./);
  assertMatch(apy, /1 reading, 0 missing/);
  assertMatch(tvl, /TVL of USDC on 1 Jan 2026: 2\.50M USD\. A line takes two\./);
  assertMatch(wordsOf(renderToString(<CharacterPanel {...data} />)), /1 reading in the window/);
});

Deno.test("the charts of a pool draw a line from two readings on", async () => {
  const html = renderToString(<YieldPanel {...await pageOf([{ supplyApy: 0.03 }, {}])} />);
  assertEquals(html.includes("A line takes two"), false);
  assertMatch(html, /<svg/);
});

Deno.test("PairPanel tells the small losses of a pegged pair from none", async () => {
  const pair = { structure: "pegged", symbol: "USDC-USDT", kind: "liquidity" } as const;
  const words = wordsOf(renderToString(<PairPanel {...await pageOf([{}, {}], pair)} />));
  // 2 sqrt(0.99) / 1.99 - 1 = -1.2626e-5, and 0.01^2 / 8 = 1.25e-5.
  assertMatch(words, /0\.99× −0\.0013 pt/);
  assertMatch(words, /moves 1\.00% a year, arbitraged away −0\.0013 pt a year/);
  const loose = { ...pair, structure: "uncorrelated" } as const;
  const far = wordsOf(renderToString(<PairPanel {...await pageOf([{}, {}], loose)} />));
  // 2 sqrt(2) / 3 - 1 = -0.057191
  assertMatch(far, /2× −5\.72 pt/);
});

Deno.test("PoolHeader opens the words of warnings, and says where there are none", async () => {
  const calm = wordsOf(renderToString(<PoolHeader {...await pageOf([{}, {}])} />));
  assertMatch(calm, /Nothing to warn of in the newest reading/);
  const data = await pageOf([{ utilization: 0.9 }, { utilization: 0.99 }]);
  const html = renderToString(<PoolHeader {...data} />);
  assertMatch(html, /<details [^>]*open/);
  assertMatch(wordsOf(html), /1 warning Nearly all lent/);
  assertMatch(wordsOf(html), /Only 1\.00% of deposits can be withdrawn now\./);
});
