import fc from "fast-check";
import { AppError } from "@/services/kernel/errors.ts";
import { formatUtcMs, isoDayOf, parseUtcMs, readUtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";

// 2021-01-01T00:00:00Z is 18,628 days after the epoch.
const NEW_YEAR_2021 = 18_628 * 86_400_000;

const instants: { text: string; at: number }[] = [
  { text: "1970-01-01", at: 0 },
  { text: "2021-01-01", at: NEW_YEAR_2021 },
  { text: "2021-01-01T00:00", at: NEW_YEAR_2021 },
  { text: "2021-01-01 00:00:01", at: NEW_YEAR_2021 + 1_000 },
  { text: "2021-01-01T00:00:00Z", at: NEW_YEAR_2021 },
  { text: "2021-01-01T00:00:00.5Z", at: NEW_YEAR_2021 + 500 },
  { text: "2021-01-01T00:00:00.123999999Z", at: NEW_YEAR_2021 + 123 },
  { text: "2021-01-01T01:00:00+01:00", at: NEW_YEAR_2021 },
  { text: "2020-12-31T19:00:00-0500", at: NEW_YEAR_2021 },
  { text: "2021-01-01T05:30+05:30", at: NEW_YEAR_2021 },
  { text: "2020-12-31T20:30-0330", at: NEW_YEAR_2021 },
  { text: "2021-01-01T14:00+14:00", at: NEW_YEAR_2021 },
  { text: "2020-12-31T10:00-14:00", at: NEW_YEAR_2021 },
  { text: "2021-01-01T00:00-00:00", at: NEW_YEAR_2021 },
  // 1,870 years of 365 days and 453 leap days (467 - 18 + 4) before the epoch.
  { text: "0100-01-01", at: -(1_870 * 365 + 453) * 86_400_000 },
  { text: "2000-02-29", at: 11_016 * 86_400_000 },
  { text: "2024-02-29", at: 19_782 * 86_400_000 },
  { text: "1969-12-31T23:59:59.999Z", at: -1 },
];
for (const { text, at } of instants) {
  Deno.test(`parseUtcMs() reads ${text}`, () => assertEquals<number | null>(parseUtcMs(text), at));
}

const noInstants = [
  "",
  "2021",
  "2021-1-1",
  "21-01-01",
  "0000-01-01",
  "0021-01-01",
  "0099-12-31",
  "2021-00-10",
  "2021-13-01",
  "2021-01-00",
  "2021-01-32",
  "2021-06-31",
  "2021-02-29",
  "1900-02-29",
  "2100-02-29",
  "2021-01-01T24:00:00Z",
  "2021-01-01T00:60:00Z",
  "2021-01-01T00:00:60Z",
  "2021-01-01T00:00:00.Z",
  "2021-01-01T00:00:00.1234567890Z",
  "2021-01-01T00:00:00,5Z",
  "2021-01-01T00:00:00+14:01",
  "2021-01-01T00:00:00+15:00",
  "2021-01-01T00:00:00-15:00",
  "2021-01-01T00:00:00+1",
  "2021-01-01T00:00:00z",
  "2021-01-01T00:00:00+01:60",
  "2021-01-01Z",
  "2021-01-01T",
  " 2021-01-01",
  "2021-01-01\n",
  "1609459200000",
  "٢٠٢١-٠١-٠١",
];
for (const text of noInstants) {
  Deno.test(`parseUtcMs() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(parseUtcMs(text), null);
  });
}

const millisOf: readonly [fraction: string, millis: number][] = [
  ["1", 100],
  ["12", 120],
  ["123", 123],
  ["1234", 123],
  ["12345", 123],
  ["123456", 123],
  ["1239999", 123],
  ["00099999", 0],
  ["999999999", 999],
];
for (const [fraction, millis] of millisOf) {
  Deno.test(`parseUtcMs() reads .${fraction} of a second as ${millis} ms`, () => {
    const at = parseUtcMs(`2021-01-01T00:00:00.${fraction}Z`);
    assertEquals<number | null>(at, NEW_YEAR_2021 + millis);
  });
}

const anyInstant = fc.integer({ min: Date.UTC(100, 0), max: Date.UTC(9999, 11, 31) });

Deno.test("parseUtcMs() reads back what formatUtcMs() wrote", () => {
  fc.assert(fc.property(anyInstant, (at) => {
    assertEquals<number | null>(parseUtcMs(formatUtcMs(utcMsOf(at))), at);
  }));
});

Deno.test("parseUtcMs() reads a day exactly when the calendar has it", () => {
  const parts = fc.tuple(
    fc.integer({ min: 1000, max: 9999 }),
    fc.integer({ min: 0, max: 99 }),
    fc.integer({ min: 0, max: 99 }),
  );
  fc.assert(fc.property(parts, ([year, month, day]) => {
    const text = `${year}-${`${month}`.padStart(2, "0")}-${`${day}`.padStart(2, "0")}`;
    // Date.UTC carries days that do not exist over into the next month.
    const date = new Date(Date.UTC(year, month - 1, day));
    const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    assertEquals<number | null>(parseUtcMs(text), isReal ? date.getTime() : null);
  }));
});

Deno.test("parseUtcMs() takes an offset off", () => {
  const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
  fc.assert(fc.property(anyInstant, offset, (at, minutes) => {
    const local = new Date(at + minutes * 60_000).toISOString().replace("Z", "");
    fc.pre(/^\d{4}-/.test(local) && local >= "0100");
    const sign = minutes < 0 ? "-" : "+";
    const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
    const zone = `${sign}${`${hours}`.padStart(2, "0")}:${`${rest}`.padStart(2, "0")}`;
    assertEquals<number | null>(parseUtcMs(local + zone), at);
  }));
});

Deno.test("parseUtcMs() takes any text without throwing", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const at = parseUtcMs(text);
    assert(at === null || Number.isInteger(at));
  }));
});

Deno.test("formatUtcMs() writes a fraction only where there is one", () => {
  assertEquals(formatUtcMs(utcMsOf(0)), "1970-01-01T00:00:00Z");
  assertEquals(formatUtcMs(utcMsOf(1)), "1970-01-01T00:00:00.001Z");
});

Deno.test("isoDayOf() is the day that holds the instant", () => {
  assertEquals<string>(isoDayOf(utcMsOf(NEW_YEAR_2021)), "2021-01-01");
  assertEquals<string>(isoDayOf(utcMsOf(NEW_YEAR_2021 - 1)), "2020-12-31");
  assertEquals<string>(isoDayOf(utcMsOf(8.64e15)), "+275760-09-13");
});

for (const value of [0.5, NaN, Infinity, 8.64e15 + 1, -8.64e15 - 1]) {
  Deno.test(`utcMsOf() refuses ${value}`, () => {
    assertThrows(() => utcMsOf(value), { type: RangeError });
  });
}

Deno.test("readUtcMs() reads ISO 8601 and epoch milliseconds", () => {
  assertEquals<number>(readUtcMs("2021-01-01", "start"), NEW_YEAR_2021);
  assertEquals<number>(readUtcMs(`${NEW_YEAR_2021}`, "start"), NEW_YEAR_2021);
  assertEquals<number>(readUtcMs("-86400000", "start"), -86_400_000);
  assertEquals<number>(readUtcMs("0", "start"), 0);
  assertEquals<number>(readUtcMs("8640000000000000", "start"), 8.64e15);
});

for (
  const text of [
    "",
    "2021",
    "0000",
    "yesterday",
    "2021-06-31",
    "1.5",
    "+5",
    "1e12",
    "0x10000",
    "8640000000000001",
    "NaN",
  ]
) {
  Deno.test(`readUtcMs() refuses ${JSON.stringify(text)} by the parameter's name`, () => {
    const error = assertThrows(() => readUtcMs(text, "start"), {
      type: AppError,
      pattern: /^Cannot read start "/,
    });
    assertEquals([error.code, error.details], ["VALIDATION_FAILED", { field: "start" }]);
  });
}
