import fc from "fast-check";
import { MINUTE_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import {
  type BuiltCandle,
  type BuiltTrade,
  CandleBuilder,
  LATE_TRADES_MS,
} from "@/services/market/live/candle_builder.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { sharedData } from "@/tests/shared_data.ts";

const START = Date.UTC(2026, 0, 1);
const BUCKET_MS = 5 * MINUTE_MS;
const at = (ms: number) => utcMsOf(START + ms);

function trade(ms: number, priceUsd: number, quantity = 1, tradeId = 0): BuiltTrade {
  return { at: at(ms), priceUsd, quantity, tradeId };
}

function build(trades: readonly BuiltTrade[]): CandleBuilder {
  const builder = new CandleBuilder({ interval: "5m" });
  for (const one of trades) assert(builder.add(one), `Expected ${one.at} to be taken`);
  return builder;
}

/** Open, high, low, close, volume, state. */
function bars(built: readonly BuiltCandle[]) {
  return built.map(({ open, high, low, close, volume, state }) => [
    open,
    high,
    low,
    close,
    volume,
    state,
  ]);
}

Deno.test("CandleBuilder makes a bar of its first, highest, lowest and last trade", () => {
  const builder = build([trade(0, 10, 2), trade(1, 12), trade(2, 9), trade(3, 11, 0.5)]);
  const [bar, ...rest] = builder.drain(at(4));
  assertEquals(rest, []);
  assertEquals(bars(bar ? [bar] : []), [[10, 12, 9, 11, 4.5, "provisional"]]);
  assertClose(bar?.volumeUsd ?? NaN, 20 + 12 + 9 + 5.5);
  assertEquals([bar?.openTime, bar?.asof, bar?.hasGap], [at(0), at(3), false]);
});

Deno.test("CandleBuilder tells only what changed", () => {
  const builder = build([trade(0, 10)]);
  assertEquals(builder.drain(at(1)).length, 1);
  assertEquals(builder.drain(at(2)), []);
});

Deno.test("CandleBuilder puts the first millisecond of a bucket into the next bar", () => {
  const builder = build([trade(BUCKET_MS - 1, 1), trade(BUCKET_MS, 2)]);
  assertEquals(
    builder.drain(at(BUCKET_MS)).map(({ openTime, close }) => [openTime, close]),
    [[at(0), 1], [at(BUCKET_MS), 2]],
  );
});

Deno.test("CandleBuilder takes trades until two minutes after the bucket, and then no more", () => {
  const builder = build([trade(0, 10)]);
  const end = BUCKET_MS + LATE_TRADES_MS;
  assertEquals(bars(builder.drain(at(end - 1))).at(0)?.at(5), "provisional");
  assert(builder.add(trade(BUCKET_MS - 1, 13)));
  assertEquals(bars(builder.drain(at(end))), [[10, 13, 10, 13, 2, "final"]]);
  assertEquals(builder.add(trade(BUCKET_MS - 1, 14)), false);
  assertEquals(builder.drain(at(end + 1)), []);
});

Deno.test("CandleBuilder closes what a gap touched as provisional", () => {
  const builder = build([trade(10, 1), trade(BUCKET_MS + 10, 2)]);
  builder.markGap(at(20), at(BUCKET_MS));
  const built = builder.drain(at(2 * BUCKET_MS + LATE_TRADES_MS));
  assertEquals(
    built.map(({ state, hasGap }) => [state, hasGap]),
    [["provisional", true], ["provisional", true]],
  );
});

Deno.test("CandleBuilder marks also a bucket whose first trade comes after the gap was told", () => {
  const builder = build([]);
  builder.markGap(at(0), at(BUCKET_MS + 5));
  assert(builder.add(trade(BUCKET_MS + 6, 1)));
  assert(builder.add(trade(2 * BUCKET_MS, 2)));
  const built = builder.drain(at(3 * BUCKET_MS + LATE_TRADES_MS));
  assertEquals(built.map(({ hasGap, state }) => [hasGap, state]), [
    [true, "provisional"],
    [false, "final"],
  ]);
});

// Whole numbers add up alike in any order.
Deno.test("CandleBuilder makes the same bars of trades in any order, told at any pace", () => {
  const someTrades = fc.array(
    fc.record({
      ms: fc.integer({ min: 0, max: 3 * BUCKET_MS - 1 }),
      price: fc.integer({ min: 1, max: 1_000 }),
      quantity: fc.integer({ min: 1, max: 100 }),
    }),
    { minLength: 1, maxLength: 60 },
  ).map((rows) =>
    rows.toSorted((a, b) => a.ms - b.ms)
      .map(({ ms, price, quantity }, id) => trade(ms, price, quantity, id + 1))
  );
  const end = at(4 * BUCKET_MS + LATE_TRADES_MS);
  fc.assert(fc.property(someTrades, fc.array(fc.nat()), fc.nat(), (trades, keys, pace) => {
    const whole = build(trades).drain(end);
    const shuffled = trades.map((one, index) => ({ one, key: keys[index] ?? index }))
      .sort((a, b) => a.key - b.key).map(({ one }) => one);
    const piecewise = new CandleBuilder({ interval: "5m" });
    shuffled.forEach((one, index) => {
      piecewise.add(one);
      // All of it within the time in which late trades count.
      if (index % (pace % 7 + 1) === 0) piecewise.drain(at(0));
    });
    assertEquals(piecewise.drain(end), whole);
    const sum = whole.reduce((total, { volume }) => total + volume, 0);
    assertEquals(sum, trades.reduce((total, { quantity }) => total + quantity, 0));
  }));
});

interface TapeRow {
  readonly time: number;
  readonly id: number;
  readonly price: number;
  readonly quantity: number;
}

async function readTape(path: string | URL): Promise<readonly TapeRow[]> {
  const file = await Deno.open(path);
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(stream).text();
  return text.trim().split("\n").slice(1).map((line) => {
    const [time, id, price, quantity] = line.split(",").map(Number);
    return { time: time ?? NaN, id: id ?? NaN, price: price ?? NaN, quantity: quantity ?? NaN };
  });
}

const tape = sharedData("market/trades_binance_spot/BTCUSDT_trades_2021-01-08.csv.gz");

Deno.test({
  name: "CandleBuilder makes of a recorded tape the bar that the tape itself implies",
  ignore: tape === null,
  async fn() {
    const rows = await readTape(tape ?? "");
    const builder = new CandleBuilder({ interval: "5m" });
    for (const { time, id, price, quantity } of rows) {
      builder.add({ at: utcMsOf(time), tradeId: id, priceUsd: price, quantity });
    }
    const opened = Date.UTC(2021, 0, 8) as UtcMs;
    const [bar, ...rest] = builder.drain(utcMsOf(opened + BUCKET_MS + LATE_TRADES_MS));
    const prices = rows.map(({ price }) => price);
    assertEquals(rest, []);
    assertEquals([rows.length, bar?.openTime, bar?.state], [2_001, opened, "final"]);
    assertEquals(
      [bar?.open, bar?.high, bar?.low, bar?.close],
      [prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1)],
    );
    assertClose(bar?.volume ?? NaN, rows.reduce((sum, { quantity }) => sum + quantity, 0));
    assertClose(
      bar?.volumeUsd ?? NaN,
      rows.reduce((sum, { price, quantity }) => sum + price * quantity, 0),
    );
  },
});
