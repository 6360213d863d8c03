import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { FxService } from "@/services/portfolio/fx/fx_service.ts";
import type { BaseCurrency } from "@/services/portfolio/portfolio.ts";
import { SummaryService } from "@/services/portfolio/summary_service.ts";
import type { RowCase } from "./performance/ledger.ts";
import { NOW, openKit, portfolio, scope, signal } from "./snapshots/snapshot_kit.ts";

const ROWS: readonly RowCase[] = [
  ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "0.5", "100"],
  ["2025-01-03T12:00:00Z", "BUY", "ethereum", "10", "10"],
];
type Kit = Awaited<ReturnType<typeof openKit>>;

/** Daily closes of 1 to 10 January, growing by 1 a day: bitcoin from 100, ethereum from 10. */
async function openPriced(rows: readonly RowCase[] = ROWS): Promise<Kit> {
  const opened = await openKit(rows);
  for (const [assetId, base] of [["bitcoin", 100], ["ethereum", 10]] as const) {
    const closes = Array.from({ length: 10 }, (_, day) => base + day);
    await opened.write({ assetId, interval: "1d", from: "2025-01-01", closes });
  }
  return opened;
}

const REFUSED: Pick<FxService, "settleNav"> = {
  settleNav: () => Promise.reject(new Error("No rate may be asked for")),
};

/** What is told of the one portfolio, in a currency of which a dollar is half a unit. */
async function summaryOf(
  { service, keeper }: Pick<Kit, "service" | "keeper">,
  { currency = "USD", fx = REFUSED }: {
    readonly currency?: BaseCurrency;
    readonly fx?: Pick<FxService, "settleNav">;
  } = {},
) {
  const summaries = new SummaryService({
    portfolios: { list: () => Promise.resolve([portfolio]) },
    performance: {
      getLastDay: async (asked) =>
        currency === "USD"
          ? await service.getLastDay(asked)
          : await service.getPerformance(asked, { currency, from: utcMsOf(NOW - DAY_MS) }),
    },
    fx,
    ask: (asked) => keeper.ask(asked),
  });
  const [summary, ...others] = await summaries.list("ann");
  assert(summary !== undefined && others.length === 0);
  return summary;
}

Deno.test("SummaryService.list() tells what is kept: the last value and what its day did", async () => {
  await using opened = await openPriced();
  await opened.rebuildWith().run(scope, { signal });
  const { nav, reason, asof, day, unpriced, status } = await summaryOf(opened);
  // Half a bitcoin from 108 to 109, ten ethers from 18 to 19.
  assertEquals([nav, reason, asof], [54.5 + 190, null, NOW]);
  assertEquals([day?.from, day?.gain, unpriced, status], [NOW - DAY_MS, 10.5, 0, "current"]);
  assertClose(day?.twr ?? NaN, 244.5 / 234 - 1);
});

Deno.test("SummaryService.list() leaves out and counts what has no price any more", async () => {
  await using opened = await openPriced([
    ...ROWS,
    ["2025-01-02T12:00:00Z", "BUY", "dogecoin", "7", "1"],
  ]);
  await opened.rebuildWith().run(scope, { signal });
  const { nav, unpriced } = await summaryOf(opened);
  assertEquals([nav, unpriced], [54.5 + 190, 1]);
});

Deno.test("SummaryService.list() says why a value is not known, and asks for what is behind", async () => {
  await using opened = await openPriced();
  const { kit, queued, rebuildWith, clock } = opened;
  const pending = await summaryOf(opened);
  assertEquals([pending.nav, pending.status, pending.day], [null, "pending", null]);
  assertEquals(pending.reason, "Its first values are being made");
  assertEquals(pending.dayReason, pending.reason);
  assertEquals(queued, [portfolio.id]);

  await rebuildWith().run(scope, { signal });
  clock.advance(40 * DAY_MS);
  assertEquals((await summaryOf(opened)).asof, NOW, "what is kept stays what it was");
  await rebuildWith().run(scope, { signal });
  const ended = await summaryOf(opened);
  assertEquals([ended.nav, ended.asof, ended.unpriced], [null, null, null]);
  assertEquals(ended.reason, "No holding had a price in the last 24 hours");

  Object.assign(kit, { rows: [], version: 2 });
  await rebuildWith().run(scope, { signal });
  const empty = await summaryOf(opened);
  assertEquals([empty.nav, empty.status, empty.reason], [null, "empty", "It has no rows yet"]);
  // Neither for the days that passed, nor for a ledger without rows.
  assertEquals(queued, [portfolio.id]);
});

Deno.test("SummaryService.list() has no return of a day in which nothing was held", async () => {
  await using opened = await openPriced([
    ...ROWS.slice(0, 1),
    ["2025-01-05T12:00:00Z", "SELL", "bitcoin", "0.5", "104"],
  ]);
  await opened.rebuildWith().run(scope, { signal });
  const { nav, day, dayReason } = await summaryOf(opened);
  assertEquals([nav, day, dayReason], [0, null, "Nothing was held in the 24 hours"]);
});

Deno.test("SummaryService.list() shows the last good value while the rate of now is held back", async () => {
  await using opened = await openPriced();
  await opened.rebuildWith().run(scope, { signal });
  const settled = (nav: string | null, isHeld: boolean): Pick<FxService, "settleNav"> => ({
    settleNav: ({ asof }) =>
      Promise.resolve({
        ...{ nav, isHeld, asof: nav === null ? null : utcMsOf(asof - DAY_MS) },
        status: {
          ...{ currency: "EUR", at: asof, flag: null, quote: null, fallback: null },
          ...{ state: "delayed", lastIntraday: null, driftBps: 40, permittedUntil: null },
        },
      }),
  });
  const live = await summaryOf(opened, { currency: "EUR", fx: settled(null, false) });
  assertEquals([live.nav, live.heldSince], [122.25, null]);
  const held = await summaryOf(opened, { currency: "EUR", fx: settled("120.5", true) });
  assertEquals([held.nav, held.heldSince, held.day], [120.5, NOW - DAY_MS, null]);
  const none = await summaryOf(opened, { currency: "EUR", fx: settled(null, true) });
  assertEquals([none.nav, none.reason], [null, "The rate from dollars to EUR is held back"]);
});
