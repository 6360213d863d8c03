import { assertEquals } from "@/tests/assert.ts";
import {
  logTicks,
  percentLabel,
  priceLabels,
  timeTicks,
} from "@/components/charts/candles_ticks.ts";

Deno.test("logTicks() stands at 1, 2 and 5 of each power where there is room", () => {
  assertEquals(logTicks({ min: 3, max: 150 }, 6), [5, 10, 20, 50, 100]);
});
Deno.test("logTicks() thins out to 1 and 3, then to powers, as decades crowd", () => {
  assertEquals(logTicks({ min: 1, max: 1_000 }, 5), [1, 3, 10, 30, 100, 300, 1_000]);
  assertEquals(logTicks({ min: 1, max: 1e6 }, 6), [1, 10, 100, 1_000, 10_000, 100_000, 1e6]);
});
Deno.test("logTicks() is linear under a factor of four", () => {
  assertEquals(logTicks({ min: 100, max: 200 }, 5), [100, 120, 140, 160, 180, 200]);
});

Deno.test("priceLabels() writes all labels with the decimals that the finest one needs", () => {
  assertEquals(priceLabels([0.5, 0.75, 1]).map(({ label }) => label), ["0.50", "0.75", "1.00"]);
  assertEquals(priceLabels([10_000, 20_000]).map(({ label }) => label), ["10,000", "20,000"]);
});
Deno.test("percentLabel() signs gains and losses and leaves zero bare", () => {
  assertEquals([0.1, -0.025, 0].map(percentLabel), ["+10%", "\u22122.5%", "0%"]);
});

const at = (text: string) => Date.parse(text);
const times = [
  {
    name: "clock hours with the day at midnight",
    min: "2021-01-01T20:00Z",
    max: "2021-01-02T04:00Z",
    count: 8,
    expected: ["20:00", "21:00", "22:00", "23:00", "2 Jan", "01:00", "02:00", "03:00", "04:00"],
  },
  {
    name: "every fifth day from the first of the month",
    min: "2021-01-29T00:00Z",
    max: "2021-02-18T00:00Z",
    count: 5,
    expected: ["Feb", "6 Feb", "11 Feb", "16 Feb"],
  },
  {
    name: "months, a January as its year",
    min: "2020-10-15T00:00Z",
    max: "2021-04-15T00:00Z",
    count: 4,
    expected: ["Nov", "2021", "Mar"],
  },
  {
    name: "years of a long span",
    min: "2013-04-29T00:00Z",
    max: "2021-07-06T00:00Z",
    count: 5,
    expected: ["2014", "2016", "2018", "2020"],
  },
];
for (const { name, min, max, count, expected } of times) {
  Deno.test(`timeTicks() labels ${name}`, () => {
    const ticks = timeTicks({ min: at(min), max: at(max) }, count);
    assertEquals(ticks.map(({ label }) => label), expected);
  });
}
Deno.test("timeTicks() has none of an empty span", () => {
  assertEquals(timeTicks({ min: 5, max: 5 }, 4), []);
});
