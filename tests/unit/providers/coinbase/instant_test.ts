import fc from "fast-check";
import { parseUtcMs } from "@/services/kernel/time.ts";
import { instantOf } from "@/services/providers/coinbase/instant.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("instantOf reads an instant cut to milliseconds", () => {
  const cases: readonly [time: unknown, at: number | null][] = [
    ["2021-04-17T16:43:37.089723Z", 1_618_677_817_089],
    ["2021-04-17T16:43:37.5Z", 1_618_677_817_500],
    ["2021-04-17T16:43:37.05Z", 1_618_677_817_050],
    ["2021-04-17T16:43:37.123456789Z", 1_618_677_817_123],
    ["2021-04-17T16:43:37Z", 1_618_677_817_000],
    ["2024-02-29T00:00:00Z", 1_709_164_800_000],
    ["2023-02-29T00:00:00Z", null],
    ["2021-06-31T00:00:00Z", null],
    ["2021-13-01T00:00:00Z", null],
    ["2021-04-17T24:00:00Z", null],
    ["2021-04-17T16:43:60Z", null],
    ["2021-04-17T16:43:37.Z", null],
    ["0099-04-17T16:43:37Z", null],
    ["2021-04-17T16:43:37", null],
    ["2021-04-17", null],
    ["", null],
    [1_618_677_817_089, null],
    [null, null],
  ];
  for (const [time, at] of cases) assertEquals<number | null>(instantOf(time), at, `${time}`);
});

Deno.test("instantOf agrees with parseUtcMs on every instant with a fraction", () => {
  const min = new Date("1000-01-01T00:00:00Z");
  const max = new Date("2999-12-31T23:59:59Z");
  fc.assert(fc.property(
    fc.date({ min, max, noInvalidDate: true }),
    fc.stringMatching(/^\d{0,6}$/),
    (date, digits) => {
      const text = date.toISOString().replace("Z", `${digits}Z`);
      assertEquals(instantOf(text), parseUtcMs(text), text);
    },
  ));
});
