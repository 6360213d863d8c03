import {
  type ShownPosition,
  sortPositions,
} from "@/routes/portfolio/(_components)/position_order.ts";
import { dayChange, type Position } from "@/services/portfolio/mod.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { assertClose, assertEquals } from "@/tests/assert.ts";

function position(name: string, { valueUsd = null, change24h = null }: Partial<Position> = {}) {
  return {
    ...{ assetId: name as AssetId, name, symbol: name, quantity: "1", accounts: [], lots: 1 },
    ...{ costUsd: "1", uncosted: "0", price: null, unpriced: null, lastKnown: null },
    ...{ valueUsd, value: valueUsd, unrealizedUsd: null, unrealizedRatio: null, share: null },
    own: { cost: "1", uncosted: "0", unrealized: null, ratio: null },
    change24h,
  } satisfies Position;
}

function shown(name: string, value: number | null): ShownPosition {
  const amounts = { value, cost: null, unrealised: null, contribution: null };
  return { position: position(name), ...amounts };
}

const names = (positions: readonly ShownPosition[]) => positions.map((one) => one.position.name);

Deno.test("sortPositions() has what has no figure last either way, by name", () => {
  const all = [shown("d", null), shown("b", 1), shown("c", null), shown("a", 2)];
  assertEquals(names(sortPositions(all, { sort: "value", order: "desc" })), ["a", "b", "c", "d"]);
  assertEquals(names(sortPositions(all, { sort: "value", order: "asc" })), ["b", "a", "c", "d"]);
  assertEquals(names(sortPositions(all, { sort: "name", order: "desc" })), ["d", "c", "b", "a"]);
});

Deno.test("dayChange() weighs each price's move by what was held of it", () => {
  // 110 was 100, and 90 was 100: nothing moved over all.
  const none = dayChange([
    position("a", { valueUsd: "110", change24h: 0.1 }),
    position("b", { valueUsd: "90", change24h: -0.1 }),
  ]);
  assertClose(none?.ratio ?? NaN, 0);
  const one = dayChange([
    position("a", { valueUsd: "300", change24h: 0.5 }),
    position("b", { valueUsd: "100" }),
    position("c"),
  ]);
  assertEquals(one, { gainUsd: 100, ratio: 0.5, unknown: 1 });
});

Deno.test("dayChange() knows nothing without a single change, nor of a price that fell by all", () => {
  assertEquals(dayChange([]), null);
  assertEquals(dayChange([position("a", { valueUsd: "0", change24h: -1 })]), null);
});
