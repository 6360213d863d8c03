import { HOUR_MS, utcMsOf } from "@/services/kernel/time.ts";
import { PriceGuard } from "@/services/market/live/price_guard.ts";
import type { AssetId, Tick } from "@/services/market/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const START = Date.UTC(2026, 0, 1);
const BITCOIN = "bitcoin" as AssetId;

function tick(source: string, ms: number, priceUsd: number): Tick {
  return { assetId: BITCOIN, source, at: utcMsOf(START + ms), priceUsd, quantity: 1, tradeId: ms };
}

function guardAt(priceUsd: number): PriceGuard {
  let ids = 0;
  const guard = new PriceGuard({ newId: () => `held-${++ids}` });
  guard.remember(BITCOIN, { priceUsd, at: utcMsOf(START) });
  return guard;
}

const BELIEVED = [
  { name: "exactly five times", price: 500, ms: 1 },
  { name: "exactly a fifth", price: 20, ms: 1 },
  { name: "any price after five hours without one", price: 100_000, ms: 5 * HOUR_MS + 1 },
];
for (const { name, price, ms } of BELIEVED) {
  Deno.test(`PriceGuard believes ${name}`, () => {
    assertEquals(guardAt(100).check(tick("a", ms, price)), { kind: "believed" });
  });
}

for (const price of [500.1, 19.9]) {
  Deno.test(`PriceGuard holds ${price} after 100, and tells of it once`, () => {
    const guard = guardAt(100);
    const first = guard.check(tick("a", 1, price));
    assert(first.kind === "held");
    assertEquals(first.began, {
      id: "held-1",
      assetId: BITCOIN,
      venue: "a",
      priceUsd: price,
      at: utcMsOf(START + 1),
      lastPriceUsd: 100,
      lastAt: utcMsOf(START),
      state: "held",
      settledBy: null,
      settledAt: null,
    });
    assertEquals(guard.check(tick("a", 2, price)), { kind: "held", began: null });
  });
}

Deno.test("PriceGuard believes anything of an asset that it knows nothing of", () => {
  const guard = new PriceGuard({ newId: () => "held" });
  assertEquals(guard.check(tick("a", 1, 1e9)), { kind: "believed" });
});

Deno.test("PriceGuard confirms a held price by another venue, with all trades kept back", () => {
  const guard = guardAt(100);
  guard.check(tick("a", 1, 1_000));
  guard.check(tick("a", 2, 1_010));
  const verdict = guard.check(tick("b", 3, 1_100));
  assert(verdict.kind === "confirmed");
  assertEquals([verdict.ticks.map(({ at }) => at - START), verdict.lost], [[1, 2, 3], []]);
  assertEquals([verdict.settled.state, verdict.settled.settledBy], ["confirmed", "b"]);
  assertEquals(guard.check(tick("a", 4, 1_005)), { kind: "believed" });
});

Deno.test("PriceGuard does not take a venue with a third price for a witness", () => {
  const guard = guardAt(100);
  guard.check(tick("a", 1, 1_000));
  assertEquals(guard.check(tick("b", 2, 3_000)).kind, "held");
});

Deno.test("PriceGuard confirms by the same venue only ten seconds later", () => {
  const guard = guardAt(100);
  guard.check(tick("a", 0, 1_000));
  assertEquals(guard.check(tick("a", 9_999, 1_000)).kind, "held");
  const verdict = guard.check(tick("a", 10_000, 1_000));
  assert(verdict.kind === "confirmed");
  assertEquals(verdict.settled.settledBy, "second observation");
});

Deno.test("PriceGuard drops what a venue takes back by its next price", () => {
  const guard = guardAt(100);
  guard.check(tick("a", 1, 1_000));
  const verdict = guard.check(tick("a", 2, 101));
  assert(verdict.kind === "returned");
  assertEquals(verdict.settled.state, "dropped");
  assertEquals(verdict.lost, [{ venue: "a", from: utcMsOf(START + 1), to: utcMsOf(START + 1) }]);
});

Deno.test("PriceGuard goes on believing other venues while one price is held", () => {
  const guard = guardAt(100);
  guard.check(tick("a", 1, 1_000));
  assertEquals(guard.check(tick("b", 2, 101)), { kind: "believed" });
  assertEquals(guard.check(tick("a", 3, 1_000)), { kind: "held", began: null });
});

Deno.test("PriceGuard takes an operator's word for a held price, once", () => {
  const guard = guardAt(100);
  guard.check(tick("a", 1, 1_000));
  const word = { by: "owner", at: utcMsOf(START + 9) };
  const verdict = guard.accept("held-1", word);
  assert(verdict?.kind === "confirmed");
  assertEquals(
    [verdict.settled.state, verdict.settled.settledBy, verdict.settled.settledAt],
    ["accepted", "owner", word.at],
  );
  assertEquals([guard.accept("held-1", word), guard.drop("held-1", word)], [null, null]);
  assertEquals(guard.check(tick("a", 2, 1_001)), { kind: "believed" });
});

Deno.test("PriceGuard drops a held price at an operator's word", () => {
  const guard = guardAt(100);
  guard.check(tick("a", 1, 1_000));
  const verdict = guard.drop("held-1", { by: "owner", at: utcMsOf(START + 9) });
  assert(verdict?.kind === "returned");
  assertEquals(verdict.settled.settledBy, "owner");
  assertEquals(guard.check(tick("a", 2, 1_000)).kind, "held");
});

Deno.test("PriceGuard keeps no more trades than it needs, and tells when the rest were made", () => {
  const guard = guardAt(100);
  for (let ms = 0; ms < 6_000; ms++) guard.check(tick("a", ms, 1_000));
  const verdict = guard.check(tick("b", 6_001, 1_000));
  assert(verdict.kind === "confirmed");
  assertEquals(verdict.ticks.length, 5_000);
  assertEquals(verdict.lost, [
    { venue: "a", from: utcMsOf(START), to: utcMsOf(START + 5_999) },
    { venue: "b", from: utcMsOf(START + 6_001), to: utcMsOf(START + 6_001) },
  ]);
});
