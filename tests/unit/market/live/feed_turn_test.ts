import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { FeedTurn } from "@/services/market/live/feed_turn.ts";
import { LiveMetrics } from "@/services/market/live/live_metrics.ts";
import type { AssetId, FeedEvent, FeedGap, HeldPrice } from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { columnsOf, MemoryCandleStore } from "@/tests/fakes/memory_candle_store.ts";
import { MemoryLeases } from "@/tests/fakes/memory_leases.ts";
import { MemoryLivePrices } from "@/tests/fakes/memory_live_prices.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

const START = Date.UTC(2026, 0, 1);
const BITCOIN = "bitcoin" as AssetId;
const at = (ms: number) => utcMsOf(START + ms);

function held(id: string, fields: Partial<HeldPrice> = {}): HeldPrice {
  return {
    id,
    assetId: BITCOIN,
    venue: "binance",
    priceUsd: 600_000,
    at: at(-60 * MINUTE_MS),
    lastPriceUsd: 60_000,
    lastAt: at(-61 * MINUTE_MS),
    state: "held",
    settledBy: null,
    settledAt: null,
    ...fields,
  };
}

/** A turn over a feed that says what it is given, and no more. */
function kit(
  { said = [], venue = "binance" }: {
    readonly said?: readonly FeedEvent[];
    readonly venue?: string;
  } = {},
) {
  const clock = new FakeClock(START);
  const store = new MemoryCandleStore(clock);
  const prices = new MemoryLivePrices();
  const gaps: FeedGap[] = [];
  const metrics = new RecordingMetrics();
  const heard = Promise.withResolvers<void>();
  const source = {
    async *ticks(_assets: readonly AssetId[], signal: AbortSignal): AsyncGenerator<FeedEvent> {
      yield* said;
      heard.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  };
  const turn = new FeedTurn({
    feeds: [{ venue, assetIds: [BITCOIN], source }],
    mayFeed: () => Promise.resolve(true),
    store,
    prices,
    bus: new MemoryBus(new RecordingLog()),
    leases: new MemoryLeases(),
    owner: "one",
    clock,
    timer: new FakeTimer(clock),
    log: new RecordingLog(),
    metrics,
    newId: () => "id",
    heal: (gap) => {
      gaps.push(gap);
      return Promise.resolve();
    },
  }, new LiveMetrics(metrics));
  return { clock, store, prices, gaps, turn, heard: heard.promise };
}

Deno.test("FeedTurn drops what was held before it, and has the candles of that time healed", async () => {
  const { prices, gaps, turn } = kit();
  await prices.recordHeld(held("a"));
  await turn.begin();
  await turn.beat();
  assertEquals(await prices.listHeld({ limit: 9 }), [
    held("a", { state: "dropped", settledBy: "the feed began anew", settledAt: at(0) }),
  ]);
  assertEquals(gaps, [{
    venue: "binance",
    assetIds: [BITCOIN],
    from: at(-60 * MINUTE_MS),
    to: at(0),
    reason: "trades were held back",
  }]);
  await turn.end();
});

Deno.test("FeedTurn leaves settled prices alone, and asks no venue that it does not hear", async () => {
  const { prices, gaps, turn } = kit();
  const accepted = held("a", { state: "accepted", settledBy: "owner", settledAt: at(-1) });
  await prices.recordHeld(accepted);
  await prices.recordHeld(held("b", { venue: "kraken" }));
  await turn.begin();
  await turn.beat();
  const records = await prices.listHeld({ limit: 9 });
  assertEquals(records.map(({ id, state }) => [id, state]), [["b", "dropped"], ["a", "accepted"]]);
  assertEquals([records[1], gaps], [accepted, []]);
  await turn.end();
});

Deno.test("FeedTurn asks again for bars that a process which stood still never closed", async () => {
  const tick = { assetId: BITCOIN, source: "binance", priceUsd: 1, quantity: 1, tradeId: 1 };
  const said = [{ kind: "ticks" as const, ticks: [{ ...tick, at: at(0) }] }];
  const { store, gaps, turn, heard } = kit({ said });
  const bar = (minutes: number, state: "final" | "provisional") => ({
    openTime: START - minutes * MINUTE_MS,
    close: 1,
    state,
  });
  const key = { assetId: BITCOIN, source: "binance", interval: "5m" } as const;
  await store.upsertCandles(
    key,
    columnsOf([
      // More than a day ago: backfill asks for it.
      bar(25 * 60, "provisional"),
      bar(60, "final"),
      bar(30, "provisional"),
      bar(25, "final"),
      bar(5, "provisional"),
    ]),
  );
  await turn.begin();
  await heard;
  await turn.beat();
  assertEquals(gaps.map(({ from, to, reason }) => [from, to, reason]), [
    [at(-30 * MINUTE_MS), at(0), "not listening"],
  ]);
  await turn.end();
});

Deno.test("FeedTurn asks for the bar that was open when a market was first listened to", async () => {
  const tick = { assetId: BITCOIN, source: "binance", priceUsd: 1, quantity: 1, tradeId: 1 };
  const firstAt = at(5 * MINUTE_MS + 10);
  const said = [{ kind: "ticks" as const, ticks: [{ ...tick, at: firstAt }] }];
  const { clock, gaps, turn, heard } = kit({ said });
  await turn.begin();
  clock.advance(6 * MINUTE_MS);
  await heard;
  await turn.beat();
  assertEquals(gaps.map(({ from, to, reason }) => [from, to, reason]), [
    [at(0), firstAt, "not listening"],
  ]);
  await turn.end();
});

for (const [venue, source] of [["binance", "demo"], ["demo", "consolidated"]] as const) {
  Deno.test(`FeedTurn of ${venue} measures no price against the last one of ${source}`, async () => {
    const tick = { assetId: BITCOIN, source: venue, priceUsd: 30_000, quantity: 1, tradeId: 1 };
    const said = [{ kind: "ticks" as const, ticks: [{ ...tick, at: at(0) }] }];
    const { prices, turn, heard } = kit({ said, venue });
    const stored = { assetId: BITCOIN, priceUsd: 100_000, asof: at(-1), source };
    await prices.recordPrices([{ ...stored, venues: [], excluded: [], market: null }]);
    await turn.begin();
    await heard;
    await turn.beat();
    assertEquals((await prices.listPrices()).map(({ priceUsd }) => priceUsd), [30_000]);
    assertEquals(await prices.listHeld({ limit: 9 }), []);
    await turn.end();
  });
}
