import fc from "fast-check";
import {
  bucketStart,
  candleAt,
  emptyColumns,
  type Interval,
  intervalMs,
  INTERVALS,
  selectRows,
  sliceColumns,
} from "@/services/market/candle.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";

const buckets: { at: string; interval: Interval; start: string }[] = [
  { at: "2024-02-29T12:34:56.789Z", interval: "1m", start: "2024-02-29T12:34:00.000Z" },
  { at: "2024-02-29T12:34:56.789Z", interval: "5m", start: "2024-02-29T12:30:00.000Z" },
  { at: "2024-02-29T12:34:56.789Z", interval: "15m", start: "2024-02-29T12:30:00.000Z" },
  { at: "2024-02-29T12:34:56.789Z", interval: "1h", start: "2024-02-29T12:00:00.000Z" },
  { at: "2024-02-29T15:59:59.999Z", interval: "4h", start: "2024-02-29T12:00:00.000Z" },
  { at: "2024-02-29T12:34:56.789Z", interval: "1d", start: "2024-02-29T00:00:00.000Z" },
  // A Thursday in the week of Monday the 26th.
  { at: "2024-02-29T12:34:56.789Z", interval: "1w", start: "2024-02-26T00:00:00.000Z" },
  { at: "2024-02-26T00:00:00.000Z", interval: "1w", start: "2024-02-26T00:00:00.000Z" },
  { at: "2024-03-03T23:59:59.999Z", interval: "1w", start: "2024-02-26T00:00:00.000Z" },
  // The week over the turn of a year.
  { at: "2021-01-01T00:00:00.000Z", interval: "1w", start: "2020-12-28T00:00:00.000Z" },
  // The epoch is a Thursday: its week began before it.
  { at: "1970-01-01T00:00:00.000Z", interval: "1w", start: "1969-12-29T00:00:00.000Z" },
  { at: "1970-01-05T00:00:00.000Z", interval: "1w", start: "1970-01-05T00:00:00.000Z" },
  { at: "1969-12-31T23:59:59.999Z", interval: "1m", start: "1969-12-31T23:59:00.000Z" },
  { at: "1969-12-31T23:59:59.999Z", interval: "4h", start: "1969-12-31T20:00:00.000Z" },
  { at: "1969-12-28T23:59:59.999Z", interval: "1w", start: "1969-12-22T00:00:00.000Z" },
];
for (const { at, interval, start } of buckets) {
  Deno.test(`bucketStart() of ${at} by ${interval} is ${start}`, () => {
    assertEquals<number>(bucketStart(Date.parse(at), interval), Date.parse(start));
  });
}

const anyInterval = fc.constantFrom(...INTERVALS);
const anyInstant = fc.integer({ min: -(2 ** 45), max: 2 ** 45 });

Deno.test("bucketStart() starts the one bucket that holds the instant", () => {
  fc.assert(fc.property(anyInstant, anyInterval, (at, interval) => {
    const start = bucketStart(at, interval);
    assert(start <= at && at < start + intervalMs(interval));
    assertEquals(bucketStart(start, interval), start);
    assertEquals<number>(bucketStart(start - 1, interval), start - intervalMs(interval));
  }));
});

Deno.test("bucketStart() starts weeks on Mondays and days at midnight, UTC", () => {
  fc.assert(fc.property(anyInstant, (at) => {
    const week = new Date(bucketStart(at, "1w"));
    assertEquals([week.getUTCDay(), week.getTime() % 86_400_000 + 0], [1, 0]);
    const day = new Date(at);
    assertEquals<number>(bucketStart(at, "1d"), day.setUTCHours(0, 0, 0, 0));
  }));
});

Deno.test("bucketStart() lets every coarser bucket begin with a finer one", () => {
  fc.assert(fc.property(anyInstant, anyInterval, anyInterval, (at, one, other) => {
    const [fine, coarse] = intervalMs(one) <= intervalMs(other) ? [one, other] : [other, one];
    assertEquals(bucketStart(bucketStart(at, coarse), fine), bucketStart(at, coarse));
    assertEquals(bucketStart(bucketStart(at, fine), coarse), bucketStart(at, coarse));
  }));
});

Deno.test("intervalMs() is what the names say, finest first", () => {
  const minutes = INTERVALS.map((interval) => intervalMs(interval) / 60_000);
  assertEquals(minutes, [1, 5, 15, 60, 240, 1_440, 10_080]);
});

Deno.test("emptyColumns() holds candles of missing values", () => {
  const columns = emptyColumns(2);
  assertEquals(candleAt(columns, 1), {
    openTime: 0,
    open: NaN,
    high: NaN,
    low: NaN,
    close: NaN,
    volume: null,
    volumeUsd: null,
    marketCapUsd: null,
    state: "final",
  } as ReturnType<typeof candleAt>);
  for (const index of [-1, 2, NaN]) {
    assertThrows(() => candleAt(columns, index), { type: RangeError });
  }
});

Deno.test("sliceColumns() shares memory and ends where the columns end", () => {
  const columns = emptyColumns(5);
  columns.close.set([0, 1, 2, 3, 4]);
  const middle = sliceColumns(columns, { start: 1, end: 3 });
  assertEquals([middle.length, [...middle.close]], [2, [1, 2]]);
  assertEquals(middle.close.buffer, columns.close.buffer);
  const cut = sliceColumns(columns, { start: 4, end: 99 });
  assertEquals([cut.length, [...cut.close]], [1, [4]]);
  assertEquals(sliceColumns(columns, { start: 5, end: 9 }).length, 0);
});

Deno.test("selectRows() copies every column of the wanted rows, in their order", () => {
  const columns = emptyColumns(4);
  columns.openTime.set([10, 20, 30, 40]);
  columns.close.set([1, 2, 3, 4]);
  columns.state.set([0, 1, 2, 1]);
  const odd = selectRows(columns, (row) => row % 2 === 1);
  assertEquals([odd.length, candleAt(odd, 0), candleAt(odd, 1)], [
    2,
    candleAt(columns, 1),
    candleAt(columns, 3),
  ]);
  odd.close.fill(9);
  assertEquals([...columns.close], [1, 2, 3, 4]);
  assertEquals(selectRows(columns, () => false).length, 0);
});
