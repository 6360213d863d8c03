import { breadthBasis, breadthItems } from "@/routes/(_overview)/breadth_items.ts";
import { assertEquals } from "@/tests/assert.ts";

interface Sketch {
  readonly change?: number;
  readonly value?: number;
  readonly volume?: number;
}

function quotesOf(sketches: Readonly<Record<string, Sketch>>) {
  const figure = (value: number | undefined) =>
    value === undefined ? { value: null, reason: "not stored" } : { value, reason: null };
  return Object.entries(sketches).map(([symbol, { change, value, volume }]) => ({
    symbol,
    change24h: figure(change),
    marketCapUsd: figure(value),
    volume24hUsd: figure(volume),
  }));
}

const MIXED = quotesOf({
  TRADED: { change: 0.01, volume: 900 },
  SMALL: { change: 0.02, value: 5, volume: 1 },
  NOTHING: { change: 0.03 },
  STILL: { value: 70 },
  LARGE: { change: 0, value: 50 },
  QUIET: { change: -0.01, volume: 3 },
});

Deno.test("breadthItems() puts known market values first, then volumes, and leaves out no 0", () => {
  assertEquals(breadthItems(MIXED), [
    { label: "LARGE", change: 0 },
    { label: "SMALL", change: 0.02 },
    { label: "TRADED", change: 0.01 },
    { label: "QUIET", change: -0.01 },
    { label: "NOTHING", change: 0.03 },
  ]);
});

const cases = [
  { quotes: MIXED, expected: "a tick each, labelled by market value, then volume" },
  {
    quotes: quotesOf({ A: { change: 0, value: 1, volume: 1 }, UNPRICED: { volume: 1 } }),
    expected: "a tick each, labelled by market value",
  },
  {
    quotes: quotesOf({ A: { change: 0, volume: 1 } }),
    expected: "a tick each, labelled by volume",
  },
  { quotes: quotesOf({ A: { change: 0 } }), expected: "a tick each" },
  { quotes: [], expected: "a tick each" },
];
for (const { quotes, expected } of cases) {
  Deno.test(`breadthBasis() of ${quotes.length} quotes says "${expected}"`, () => {
    assertEquals(breadthBasis(quotes), expected);
  });
}
