import type { PriceTick } from "@/components/api/live_events.ts";
import { FLASH_MS, FlashLimiter } from "@/components/live/flash_limiter.ts";
import {
  baseOf,
  liveChange24h,
  type LivePriceRow,
  LivePrices,
} from "@/components/live/live_prices.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "@/services/kernel/time.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";

const NOW = Date.UTC(2026, 10, 21, 6);

function row(fields: Partial<LivePriceRow> = {}): LivePriceRow {
  return {
    coinId: "bitcoin",
    priceUsd: 110,
    at: NOW,
    source: "consolidated",
    isTraded: true,
    base: { priceUsd: 100, at: NOW },
    ...fields,
  };
}

function tick(fields: Partial<PriceTick> = {}): PriceTick {
  return {
    coinId: "bitcoin",
    priceUsd: 120,
    at: NOW + SECOND_MS,
    source: "consolidated",
    venues: ["binance"],
    ...fields,
  };
}

Deno.test("LivePrices counts the change of a tick against the price 24 hours before", () => {
  const change = new LivePrices([row()], { isDemo: false }).apply(tick());
  assert(change !== null);
  assertEquals([change.row.priceUsd, change.direction], [120, "up"]);
  assertClose(liveChange24h(change.row), 0.2);
});

Deno.test("LivePrices takes the base that comes with a price", () => {
  const change = new LivePrices([row({ base: null })], { isDemo: false }).apply(
    tick({ change24h: 0.5 }),
  );
  assertClose(change?.row.base?.priceUsd, 80);
});

Deno.test("LivePrices passes over older ticks and other assets", () => {
  const prices = new LivePrices([row()], { isDemo: false });
  assertEquals(prices.apply(tick({ at: NOW - 1 })), null);
  assertEquals(prices.apply(tick({ coinId: "aave" })), null);
  assertEquals(prices.find("bitcoin")?.priceUsd, 110);
});

Deno.test("LivePrices has no newest live price while it knows closes alone", () => {
  const prices = new LivePrices([row({ source: null }), row({ coinId: "aave", source: null })], {
    isDemo: false,
  });
  assertEquals(prices.newest(), null);
  prices.apply(tick());
  assertEquals(prices.newest()?.coinId, "bitcoin");
});

const changes: { name: string; row: LivePriceRow; expected: number | null }[] = [
  { name: "is known while the base fits", row: row({ at: NOW + 3 * HOUR_MS }), expected: 0.1 },
  {
    name: "is unknown once the base is too old",
    row: row({ at: NOW + DAY_MS / 6 }),
    expected: null,
  },
  { name: "is unknown without a base", row: row({ base: null }), expected: null },
];
for (const { name, row, expected } of changes) {
  Deno.test(`liveChange24h() ${name}`, () => {
    if (expected === null) assertEquals(liveChange24h(row), null);
    else assertClose(liveChange24h(row), expected);
  });
}

const bases: { name: string; change: number | null; expected: number | null }[] = [
  { name: "undoes a rise", change: 0.25, expected: 80 },
  { name: "undoes a fall", change: -0.5, expected: 200 },
  { name: "is null without a change", change: null, expected: null },
  { name: "is null where everything was lost", change: -1, expected: null },
  { name: "is null for what is no number", change: NaN, expected: null },
];
for (const { name, change, expected } of bases) {
  Deno.test(`baseOf() ${name}`, () => assertEquals(baseOf(100, change), expected));
}

Deno.test("FlashLimiter lets a cell flash less than twice a second, each by itself", () => {
  const limiter = new FlashLimiter<{ name: string }>();
  const [one, two] = [{ name: "one" }, { name: "two" }];
  assert(limiter.take(one, 0));
  assert(!limiter.take(one, FLASH_MS - 1));
  assert(limiter.take(two, 1));
  assert(limiter.take(one, FLASH_MS));
  let flashes = 0;
  for (let ms = 10_000; ms < 20_000; ms += 20) if (limiter.take(one, ms)) flashes++;
  assert(flashes <= 20, `${flashes} flashes in ten seconds`);
});

const pages: { name: string; isDemo: boolean; expected: number | null }[] = [
  { name: "takes ticks of the demo market on a page of it", isDemo: true, expected: 120 },
  { name: "takes none of them on a page of real prices", isDemo: false, expected: null },
];
for (const { name, isDemo, expected } of pages) {
  Deno.test(`LivePrices ${name}`, () => {
    const prices = new LivePrices([row({ source: null })], { isDemo });
    const change = prices.apply(tick({ source: "demo", venues: ["demo"] }));
    assertEquals(change?.row.priceUsd ?? null, expected);
    assertEquals(prices.newest()?.source ?? null, expected === null ? null : "demo");
  });
}
