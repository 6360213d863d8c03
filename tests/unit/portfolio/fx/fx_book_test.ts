import { HOUR_MS, parseUtcMs, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { FxBook, type FxQuote } from "@/services/portfolio/fx/fx_book.ts";
import { eodInstantOf, type FxRate } from "@/services/portfolio/fx/fx_rate.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

function instant(text: string): UtcMs {
  const at = parseUtcMs(text);
  assert(at !== null, text);
  return at;
}

function eod(quote: string, day: string, rate: number): FxRate {
  const at = eodInstantOf(day);
  assert(at !== null, day);
  return { base: "EUR", quote, kind: "eod", source: "ecb", at, rate };
}

function intraday(quote: string, at: string, rate: number): FxRate {
  return {
    base: "USD",
    quote,
    kind: "intraday",
    source: "exchangerate_host",
    at: instant(at),
    rate,
  };
}

// Reference rates of the ECB.
const APRIL = [
  ...[eod("USD", "2026-04-09", 1.1685), eod("GBP", "2026-04-09", 0.87053)],
  ...[eod("USD", "2026-04-10", 1.1711), eod("GBP", "2026-04-10", 0.87105)],
];
const NOON = "2026-04-10T12:00:00Z";
const EVENING = "2026-04-10T16:00:00Z";

const cases: {
  name: string;
  rates: readonly FxRate[];
  pair?: string;
  at: string;
  expected: { rate: number; path: FxQuote["path"]; kind: string; asof: string } | null;
}[] = [
  {
    name: "takes a direct rate",
    rates: APRIL,
    pair: "EUR/USD",
    at: EVENING,
    expected: { rate: 1.1711, path: "direct", kind: "eod", asof: EVENING },
  },
  {
    name: "takes the inverse of the opposite pair",
    rates: APRIL,
    at: EVENING,
    // 1 / 1.1711
    expected: { rate: 0.853898, path: "inverse", kind: "eod", asof: EVENING },
  },
  {
    name: "crosses two rates over the ECB's euro",
    rates: APRIL,
    pair: "USD/GBP",
    at: EVENING,
    // 0.87105 / 1.1711
    expected: { rate: 0.743788, path: "cross", kind: "eod", asof: EVENING },
  },
  {
    name: "crosses two rates over the dollar",
    rates: [intraday("EUR", NOON, 0.8), intraday("GBP", NOON, 0.6)],
    pair: "EUR/GBP",
    at: NOON,
    expected: { rate: 0.75, path: "cross", kind: "intraday", asof: NOON },
  },
  {
    name: "takes the day's rate from 16:00 UTC on, and the day before until then",
    rates: APRIL,
    pair: "EUR/USD",
    at: "2026-04-10T15:59:59.999Z",
    expected: { rate: 1.1685, path: "direct", kind: "eod", asof: "2026-04-09T16:00:00Z" },
  },
  {
    name: "lets Friday's rate stand over the weekend, with its date",
    rates: APRIL,
    pair: "EUR/USD",
    at: "2026-04-12T23:00:00Z",
    expected: { rate: 1.1711, path: "direct", kind: "eod", asof: EVENING },
  },
  {
    name: "lets a rate stand for six days",
    rates: APRIL,
    pair: "EUR/USD",
    at: "2026-04-16T16:00:00Z",
    expected: { rate: 1.1711, path: "direct", kind: "eod", asof: EVENING },
  },
  {
    name: "has none after six days",
    rates: APRIL,
    pair: "EUR/USD",
    at: "2026-04-16T16:00:00.001Z",
    expected: null,
  },
  { name: "has none before the first", rates: APRIL, at: "2026-04-08T12:00:00Z", expected: null },
  {
    name: "has none of a currency that is not there",
    rates: APRIL,
    pair: "USD/XYZ",
    at: EVENING,
    expected: null,
  },
  { name: "has none without rates", rates: [], at: EVENING, expected: null },
  {
    name: "prefers an intraday rate of the last two hours to a newer reference rate",
    rates: [intraday("EUR", "2026-04-10T15:00:00Z", 0.85), ...APRIL],
    at: "2026-04-10T17:00:00Z",
    expected: { rate: 0.85, path: "direct", kind: "intraday", asof: "2026-04-10T15:00:00Z" },
  },
  {
    name: "takes the reference rate when intraday is older",
    rates: [intraday("EUR", "2026-04-10T15:00:00Z", 0.85), ...APRIL],
    at: "2026-04-10T17:00:00.001Z",
    expected: { rate: 0.853898, path: "inverse", kind: "eod", asof: EVENING },
  },
  {
    name: "takes nothing of a later time",
    rates: [...APRIL, intraday("EUR", "2026-04-10T17:00:01Z", 0.85)],
    at: "2026-04-10T17:00:00Z",
    expected: { rate: 0.853898, path: "inverse", kind: "eod", asof: EVENING },
  },
];
for (const { name, rates, pair = "USD/EUR", at, expected } of cases) {
  Deno.test(`FxBook.rateAt() ${name}`, () => {
    const [from = "", to = ""] = pair.split("/");
    const quote = new FxBook(rates).rateAt({ from, to }, instant(at));
    if (expected === null) return assertEquals(quote, null);
    assert(quote);
    assertClose(quote.rate, expected.rate, 1e-6);
    assertEquals([quote.path, String(quote.kind), quote.asof], [
      expected.path,
      expected.kind,
      instant(expected.asof),
    ]);
  });
}

Deno.test("FxBook.rateAt() crosses rates of one source alone, as old as the older of the two", () => {
  const at = instant(NOON);
  const other = { ...intraday("GBP", NOON, 0.6), source: "another" };
  const pair = { from: "EUR", to: "GBP" };
  assertEquals(new FxBook([intraday("EUR", NOON, 0.8), other]).rateAt(pair, at), null);
  const older = instant("2026-04-10T11:00:00Z");
  const book = new FxBook([
    { ...intraday("EUR", NOON, 0.8), at: older },
    intraday("GBP", NOON, 0.6),
  ]);
  assertEquals(book.rateAt(pair, at)?.asof, older);
});

Deno.test("FxBook.rateAt() takes the first by name of two sources that are equally new", () => {
  const ecb = APRIL.slice(0, 1);
  const same = ecb.map((rate) => ({ ...rate, source: "frankfurter", rate: 9 }));
  for (const rates of [[...ecb, ...same], [...same, ...ecb]]) {
    const quote = new FxBook(rates).rateAt({ from: "EUR", to: "USD" }, instant(NOON));
    assertEquals([quote?.source, quote?.rate], ["ecb", 1.1685]);
  }
});

Deno.test("FxBook.rateAt() refuses a pair of one currency, whose rate would be an invented 1", () => {
  const book = new FxBook(APRIL);
  assertThrows(() => book.rateAt({ from: "EUR", to: "EUR" }, instant(NOON)), { type: RangeError });
});

Deno.test("eodInstantOf() is 16:00 UTC on both sides of the clocks' change", () => {
  for (const day of ["2024-03-29", "2024-04-02", "2024-10-25", "2024-10-28", "2024-02-29"]) {
    assertEquals(eodInstantOf(day), utcMsOf(instant(day) + 16 * HOUR_MS));
  }
  assertEquals([eodInstantOf("2023-02-29"), eodInstantOf("2024-01-01T12:00:00Z")], [null, null]);
});
