import fc from "fast-check";
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  parseUtcMs,
  type UtcMs,
  utcMsOf,
} from "@/services/kernel/time.ts";
import {
  type AssetId,
  type CandleState,
  type Interval,
  intervalMs,
} from "@/services/market/mod.ts";
import { eodInstantOf, type FxRate } from "@/services/portfolio/fx/fx_rate.ts";
import { CloseReader } from "@/services/portfolio/valuation/close_reader.ts";
import { ValuationService } from "@/services/portfolio/valuation/valuation_service.ts";
import type { Unpriced, ValuedPrice } from "@/services/portfolio/valuation/valued.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { columnsOf, MemoryCandleStore } from "@/tests/fakes/memory_candle_store.ts";
import { MemoryFxStore } from "@/tests/fakes/memory_fx_store.ts";

const BITCOIN = "bitcoin" as AssetId;
const SOLANA = "solana" as AssetId;
const NOW = instant("2024-04-10T12:34:00Z");

function instant(text: string): UtcMs {
  const at = parseUtcMs(text);
  assert(at !== null, text);
  return at;
}

/** A market in memory; candles are named by the time at which they close. */
class Market {
  readonly candles = new MemoryCandleStore(new FakeClock(NOW));
  readonly fx = new MemoryFxStore();
  readonly service = new ValuationService({
    closes: new CloseReader({ store: this.candles, demoMode: "auto" }),
    fx: this.fx,
  });

  async close(
    closes: Readonly<Record<string, number>>,
    { interval = "1d", source = "binance", assetId = BITCOIN, state = "final" }: {
      interval?: Interval;
      source?: string;
      assetId?: AssetId;
      state?: CandleState;
    } = {},
  ): Promise<void> {
    const sketches = Object.entries(closes).map(([end, close]) => ({
      openTime: instant(end) - intervalMs(interval),
      close,
      state,
    }));
    await this.candles.upsertCandles({ assetId, interval, source }, columnsOf(sketches));
  }

  async value(
    at: string,
    { assetId = BITCOIN, currency = "USD" as const, now = NOW }: {
      assetId?: AssetId;
      currency?: "USD" | "EUR" | "GBP" | "BTC";
      now?: UtcMs;
    } = {},
  ): Promise<ValuedPrice | Unpriced> {
    const [value] = await this.service.valueMany([{ assetId, at: instant(at) }], { currency, now });
    assert(value);
    return value;
  }

  async price(at: string, options: { now?: UtcMs } = {}): Promise<readonly unknown[] | null> {
    const value = await this.value(at, options);
    if ("reason" in value) return null;
    return [value.priceUsd, value.resolution, value.asof, value.priceSource];
  }
}

function eod(quote: string, day: string, rate: number): FxRate {
  const at = eodInstantOf(day);
  assert(at !== null, day);
  return { base: "EUR", quote, kind: "eod", source: "ecb", at, rate };
}

Deno.test("ValuationService takes 5 minutes within a day, hours within 90 days, days before", async () => {
  const market = new Market();
  await market.close(
    { "2024-04-09T12:30:00Z": 1, "2024-04-09T12:35:00Z": 2, "2024-04-10T12:30:00Z": 3 },
    { interval: "5m" },
  );
  await market.close({ "2024-04-09T12:00:00Z": 4, "2024-01-11T12:00:00Z": 5 }, { interval: "1h" });
  await market.close({ "2024-01-11T00:00:00Z": 6 });
  const hour = instant("2024-04-09T12:00:00Z");
  const cases = [
    ["2024-04-10T12:34:00Z", [3, "5m", instant("2024-04-10T12:30:00Z"), "binance"]],
    // A day old to the millisecond, and one more.
    ["2024-04-09T12:34:00Z", [1, "5m", instant("2024-04-09T12:30:00Z"), "binance"]],
    ["2024-04-09T12:33:59.999Z", [4, "1h", hour, "binance"]],
    ["2024-01-11T12:34:00Z", [5, "1h", instant("2024-01-11T12:00:00Z"), "binance"]],
    ["2024-01-11T12:33:59.999Z", [6, "1d", instant("2024-01-11T00:00:00Z"), "binance"]],
  ] as const;
  for (const [at, expected] of cases) assertEquals(await market.price(at), [...expected]);
});

Deno.test("ValuationService fills nothing: a bucket without a close has no price", async () => {
  const market = new Market();
  await market.close({ "2023-06-01T00:00:00Z": 10, "2023-06-03T00:00:00Z": 30 });
  assertEquals(await market.value("2023-06-02T00:00:00Z"), {
    reason: "no_close",
    assetId: BITCOIN,
  });
  assertEquals((await market.price("2023-06-01T23:59:59Z"))?.[0], 10);
  const unknown = await market.value("2023-06-01T00:00:00Z", { assetId: SOLANA });
  assertEquals(unknown, { reason: "no_close", assetId: SOLANA });
});

Deno.test("ValuationService takes a minute's close up to 2 minutes before the bucket's end", async () => {
  const cases = [
    ["2024-04-10T12:30:00Z", 7],
    ["2024-04-10T12:29:00Z", 7],
    ["2024-04-10T12:28:00Z", 7],
    ["2024-04-10T12:27:00Z", null],
    ["2024-04-10T12:31:00Z", null],
  ] as const;
  for (const [end, expected] of cases) {
    const market = new Market();
    await market.close({ [end]: 7 }, { interval: "1m" });
    const found = await market.price("2024-04-10T12:34:00Z");
    assertEquals(found, expected && [expected, "5m", instant(end), "binance"], end);
  }
  const market = new Market();
  await market.close({ "2024-04-09T11:58:00Z": 7 }, { interval: "1m" });
  assertEquals(await market.price("2024-04-09T12:00:00Z"), null, "hours are exact");
});

Deno.test("ValuationService asks sources by name, spot before futures, and says which answered", async () => {
  const market = new Market();
  const [first, second] = ["2023-06-01T00:00:00Z", "2023-06-02T00:00:00Z"];
  await market.close({ [first]: 3, [second]: 4 }, { source: "a_futures" });
  await market.close({ [second]: 2 }, { source: "coinbase" });
  await market.close({ [second]: 9 }, { source: "demo" });
  assertEquals((await market.price(second))?.at(-1), "coinbase");
  assertEquals((await market.price(first))?.at(-1), "a_futures");
  await market.close({ [second]: 1 }, { source: "binance" });
  assertEquals((await market.price(second))?.at(-1), "binance");
});

Deno.test("ValuationService takes no price of the demo market beside real ones, nor an open candle", async () => {
  const market = new Market();
  const at = "2023-06-01T00:00:00Z";
  await market.close({ [at]: 5 }, { source: "demo" });
  assertEquals((await market.price(at))?.at(-1), "demo");
  await market.close({ [at]: 6 }, { state: "provisional" });
  assertEquals(await market.price(at), null);
});

Deno.test("ValuationService closes an hour and a day where their last finer candle closes", async () => {
  const market = new Market();
  await market.close({ "2023-06-01T00:00:00Z": 5, "2023-05-31T23:55:00Z": 4 }, { interval: "5m" });
  const end = instant("2023-06-01T00:00:00Z");
  assertEquals(await market.price("2023-06-01T00:00:00Z"), [5, "1d", end, "binance"]);
});

Deno.test("ValuationService keeps the price of a full hour, and of midnight, as they age", async () => {
  const market = new Market();
  const midnight = "2024-04-10T00:00:00Z";
  await market.close({ [midnight]: 5 }, { interval: "5m" });
  const ages = [0, HOUR_MS, DAY_MS, DAY_MS + 1, 90 * DAY_MS, 90 * DAY_MS + 1, 4_000 * DAY_MS];
  const found = await Promise.all(ages.map(async (ageMs) => {
    const value = await market.value(midnight, { now: utcMsOf(instant(midnight) + ageMs) });
    return "reason" in value ? [null, ""] : [value.priceUsd, value.resolution];
  }));
  assertEquals(found.map(([price]) => price), ages.map(() => 5));
  assertEquals(found.map(([, bucket]) => bucket), ["5m", "5m", "5m", "1h", "1h", "1d", "1d"]);
});

Deno.test("ValuationService knows no local time: days have 24 hours when clocks change and in leap years", async () => {
  // The clocks of Europe change on 31 March and 27 October 2024, those of the USA on 10 March.
  const days = ["2024-02-29", "2024-03-01", "2024-03-10", "2024-03-11", "2024-03-31", "2024-04-01"];
  const more = ["2024-10-27", "2024-10-28", "2024-11-03", "2024-11-04", "2024-12-31", "2025-01-01"];
  const market = new Market();
  const closes = [...days, ...more].map((day, index) => [`${day}T00:00:00Z`, index + 1] as const);
  await market.close(Object.fromEntries(closes));
  const now = instant("2026-01-01T00:00:00Z");
  for (const [end, price] of closes) {
    assertEquals(await market.price(end, { now }), [price, "1d", instant(end), "binance"]);
    const late = new Date(instant(end) + DAY_MS - 1).toISOString();
    assertEquals((await market.price(late, { now }))?.[0], price);
  }
  assertEquals(await market.price("2024-02-28T23:00:00Z", { now }), null);
});

Deno.test("ValuationService converts at the rate of the close's time and says which", async () => {
  const market = new Market();
  const at = "2023-06-02T00:00:00Z";
  await market.close({ [at]: 20_000 });
  await market.fx.recordRates([eod("USD", "2023-06-01", 1.25), eod("GBP", "2023-06-01", 0.5)]);
  const pound = await market.value(at, { currency: "GBP" });
  assert(!("reason" in pound));
  assertEquals({ ...pound }, {
    priceUsd: 20_000,
    priceSource: "binance",
    resolution: "1d",
    asof: instant(at),
    currency: "GBP",
    // 0.5 / 1.25
    fx: {
      rate: 0.4,
      source: "ecb",
      path: "cross",
      kind: "eod",
      asof: instant("2023-06-01T16:00:00Z"),
    },
  });
  market.fx.rates = [];
  assertEquals(await market.value(at, { currency: "GBP" }), { reason: "no_rate", currency: "GBP" });
});

Deno.test("ValuationService counts in bitcoin by the candle of its time, and in nothing without", async () => {
  const market = new Market();
  const at = "2023-06-02T00:00:00Z";
  await market.close({ [at]: 40_000 }, { assetId: BITCOIN, source: "coinbase" });
  await market.close({ [at]: 20, "2023-06-03T00:00:00Z": 21 }, { assetId: SOLANA });
  const value = await market.value(at, { assetId: SOLANA, currency: "BTC" });
  assert(!("reason" in value) && value.fx !== null);
  const { rate, source, kind } = value.fx;
  assertEquals([rate, source, kind], [0.000025, "coinbase", "close"]);
  const later = await market.value("2023-06-03T00:00:00Z", { assetId: SOLANA, currency: "BTC" });
  assertEquals(later, { reason: "no_rate", currency: "BTC" });
});

Deno.test("ValuationService prices money by its rate, the dollar at par", async () => {
  const market = new Market();
  await market.fx.recordRates([eod("USD", "2023-06-01", 1.25)]);
  const at = "2023-06-02T00:00:00Z";
  const euro = await market.value(at, { assetId: "eur" as AssetId });
  const dollar = await market.value(at, { assetId: "usd" as AssetId });
  assert(!("reason" in euro) && !("reason" in dollar));
  assertEquals([euro.priceUsd, euro.priceSource], [1.25, "ecb"]);
  assertEquals([dollar.priceUsd, dollar.priceSource], [1, "par"]);
});

Deno.test("ValuationService refuses a time to come", async () => {
  const market = new Market();
  await assertRejects(() => market.price("2024-04-10T12:34:00.001Z"), { type: RangeError });
});

Deno.test("ValuationService answers many as it answers each, and never from a later candle", async () => {
  const start = instant("2024-03-01T00:00:00Z");
  const now = utcMsOf(start + 100 * DAY_MS);
  const interval = fc.constantFrom<Interval>("1m", "5m", "1h", "1d");
  const candle = fc.record({
    interval,
    source: fc.constantFrom("binance", "coinbase"),
    offset: fc.integer({ min: 0, max: 100 * 24 * 60 - 1 }),
  });
  const offsets = fc.array(fc.integer({ min: 0, max: 100 * 24 * 60 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(candle, { maxLength: 60 }), offsets, async (candles, minutes) => {
      const market = new Market();
      for (const { interval, source, offset } of candles) {
        const size = intervalMs(interval);
        const openTime = Math.floor((start + offset * MINUTE_MS) / size) * size;
        // The close tells when it was, so that looking ahead shows.
        const column = columnsOf([{ openTime, close: openTime + size }]);
        await market.candles.upsertCandles({ assetId: BITCOIN, interval, source }, column);
      }
      const requests = minutes.map((minute) => ({
        assetId: BITCOIN,
        at: utcMsOf(start + minute * MINUTE_MS),
      }));
      const options = { currency: "USD", now } as const;
      const together = await market.service.valueMany(requests, options);
      for (const [index, request] of requests.entries()) {
        const value = together[index];
        assertEquals([value], [...await market.service.valueMany([request], options)]);
        if (!value || "reason" in value) continue;
        assertEquals(value.priceUsd, Number(value.asof));
        assert(value.asof <= request.at);
        assert(request.at - value.asof < intervalMs(value.resolution) + 2 * MINUTE_MS);
      }
    }),
    { numRuns: 150 },
  );
});
