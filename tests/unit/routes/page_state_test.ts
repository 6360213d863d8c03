import { statusOf } from "@/routes/page_state.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";
import { closesUntil, NOW, sampleMarket } from "@/tests/unit/market/market_sample.ts";

const pools = [NOW - DAY_MS, NOW - 1, NOW - 2].map((asof) => ({ metrics: { asof } }));

Deno.test("statusOf() tells how far pools reach where no price is stored", async () => {
  const { market } = sampleMarket();
  const overview = await market.getOverview();
  const nothing = { asof: null, poolsAsof: null, isDemo: false, isStale: false };
  assertEquals(statusOf(overview, []), nothing);
  assertEquals(statusOf(overview, pools), { ...nothing, poolsAsof: NOW - 1 });
});

Deno.test("statusOf() is stale once nothing fresh is left, and demo as soon as anything is", async () => {
  const { market, write, clock } = sampleMarket();
  await write({ source: "demo", candles: closesUntil([1, 2]) });
  const fresh = statusOf(await market.getOverview(), []);
  assertEquals(fresh, { asof: NOW, poolsAsof: null, isDemo: true, isStale: false });
  clock.advance(30 * DAY_MS);
  assertEquals(statusOf(await market.getOverview(), []).isStale, true);
});
