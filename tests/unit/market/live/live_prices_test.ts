import fc from "fast-check";
import { SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId, LivePrice, Tick } from "@/services/market/mod.ts";
import { PriceMaker } from "@/services/market/live/live_prices.ts";
import { assertEquals } from "@/tests/assert.ts";

const START = Date.UTC(2026, 0, 1);
const at = (ms: number) => utcMsOf(START + ms);

function tick(
  ms: number,
  priceUsd: number,
  { venue = "binance", assetId = "bitcoin" } = {},
): Tick {
  return {
    assetId: assetId as AssetId,
    source: venue,
    at: at(ms),
    priceUsd,
    quantity: 1,
    tradeId: 0,
  };
}

function makerOf(ticks: readonly Tick[]): PriceMaker {
  const maker = new PriceMaker();
  for (const one of ticks) maker.add(one);
  return maker;
}

const figures = (prices: readonly LivePrice[]) =>
  prices.map(({ assetId, priceUsd, source }) => [assetId, priceUsd, source]);

Deno.test("PriceMaker makes one price of all trades since the last call", () => {
  const maker = makerOf([tick(0, 100), tick(10, 101), tick(20, 102)]);
  assertEquals(maker.take(at(250)), [{
    assetId: "bitcoin" as AssetId,
    priceUsd: 102,
    asof: at(20),
    source: "consolidated",
    venues: [{ venue: "binance", priceUsd: 102, at: at(20) }],
    excluded: [],
    market: null,
  }]);
  assertEquals(maker.take(at(500)), []);
});

Deno.test("PriceMaker makes no more than one price of an asset at each beat", () => {
  const someTicks = fc.array(
    fc.record({ ms: fc.integer({ min: 0, max: 1_999 }), assetId: fc.constantFrom("a", "b", "c") }),
    { maxLength: 200 },
  );
  fc.assert(fc.property(someTicks, (some) => {
    const ticks = some.toSorted((a, b) => a.ms - b.ms);
    const maker = new PriceMaker();
    for (let beat = 250; beat <= 2_000; beat += 250) {
      const fallen = ticks.filter(({ ms }) => ms >= beat - 250 && ms < beat);
      for (const { ms, assetId } of fallen) maker.add(tick(ms, 100, { assetId }));
      const made = maker.take(at(beat)).map(({ assetId }) => String(assetId));
      assertEquals(made.sort(), [...new Set(fallen.map(({ assetId }) => assetId))].sort());
    }
  }));
});

Deno.test("PriceMaker makes the median of venues, of which one may have said nothing new", () => {
  const maker = makerOf([tick(0, 100), tick(1, 102, { venue: "coinbase" })]);
  assertEquals(figures(maker.take(at(250))), [["bitcoin", 101, "consolidated"]]);
  maker.add(tick(300, 104));
  assertEquals(figures(maker.take(at(500))), [["bitcoin", 103, "consolidated"]]);
});

Deno.test("PriceMaker leaves a venue out ten seconds after its last trade", () => {
  const maker = makerOf([tick(0, 100), tick(0, 102, { venue: "coinbase" })]);
  const tenSeconds = 10 * SECOND_MS;
  maker.add(tick(tenSeconds, 104));
  assertEquals(figures(maker.take(at(tenSeconds))), [["bitcoin", 103, "consolidated"]]);
  maker.add(tick(tenSeconds + 1, 104));
  const [price] = maker.take(at(tenSeconds + 1));
  assertEquals([price?.priceUsd, price?.excluded], [
    104,
    [{ venue: "coinbase", priceUsd: 102, at: at(0), reason: "old" }],
  ]);
  // Being quiet is no fault that is counted.
  assertEquals(maker.excluded, 0);
});

Deno.test("PriceMaker takes no trade that is older than the venue's last one", () => {
  const maker = makerOf([tick(100, 100), tick(99, 50)]);
  assertEquals(figures(maker.take(at(250))), [["bitcoin", 100, "consolidated"]]);
  maker.add(tick(99, 50));
  assertEquals(maker.take(at(500)), []);
  // Of the same millisecond the one that came later is the later one.
  maker.add(tick(100, 101));
  assertEquals(figures(maker.take(at(750))), [["bitcoin", 101, "consolidated"]]);
});

Deno.test("PriceMaker counts each time that a venue lies too far off the others", () => {
  const maker = makerOf([
    tick(0, 100),
    tick(0, 100, { venue: "coinbase" }),
    tick(0, 110, { venue: "kraken" }),
  ]);
  assertEquals(figures(maker.take(at(250))), [["bitcoin", 100, "consolidated"]]);
  assertEquals(maker.excluded, 1);
  maker.add(tick(300, 100));
  maker.take(at(500));
  assertEquals(maker.excluded, 2);
});

Deno.test("PriceMaker makes no price of two venues that contradict each other", () => {
  const maker = makerOf([tick(0, 100), tick(0, 150, { venue: "coinbase" })]);
  assertEquals(maker.take(at(250)), []);
});

Deno.test("PriceMaker makes prices anew that could not be stored, of what was traded since", () => {
  const maker = makerOf([tick(0, 100), tick(0, 10, { assetId: "ethereum" })]);
  const made = maker.take(at(250));
  maker.giveBack(made);
  maker.add(tick(300, 101));
  assertEquals(figures(maker.take(at(500))), [
    ["bitcoin", 101, "consolidated"],
    ["ethereum", 10, "consolidated"],
  ]);
});

Deno.test("PriceMaker says of prices of the demo market that they are that", () => {
  const maker = makerOf([tick(0, 100, { venue: "demo" })]);
  assertEquals(figures(maker.take(at(250))), [["bitcoin", 100, "demo"]]);
});
