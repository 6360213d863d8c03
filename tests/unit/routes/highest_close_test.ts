import { assertClose, assertEquals } from "@/tests/assert.ts";
import { highestClose } from "@/routes/assets/(_components)/highest_close.ts";
import type { UtcMs } from "@/services/kernel/time.ts";
import { emptyColumns } from "@/services/market/candle.ts";

const DAY = 86_400_000;

function daily(closes: readonly number[]) {
  const candles = emptyColumns(closes.length);
  candles.close.set(closes);
  candles.openTime.set(closes.map((_, day) => day * DAY));
  const provenance = {
    source: "daily",
    resolution: "1d" as const,
    asof: closes.length * DAY as UtcMs,
    derivedFrom: null,
    isDemo: false,
  };
  return { candles, provenance };
}

Deno.test("highestClose() is the first of the highest closes, with the days it was sought in", () => {
  const highest = highestClose(daily([10, 40, 20, 40, 30]), { price: 30 });
  assertEquals(highest?.priceUsd, 40);
  assertEquals([highest?.since, highest?.day, highest?.until], [0, DAY, 4 * DAY] as UtcMs[]);
  assertEquals(highest?.source, "daily");
  assertClose(highest?.fromHighest, -0.25);
});

Deno.test("highestClose() measures from the price, which may be newer than the days and higher", () => {
  assertClose(highestClose(daily([10, 40, 20]), { price: 50 })?.fromHighest, 0.25);
});

Deno.test("highestClose() is null without days, without a price, and of closes of 0", () => {
  assertEquals(highestClose(daily([0, 0]), { price: 1 }), null);
  assertEquals(highestClose(daily([]), { price: 1 }), null);
  assertEquals(highestClose(daily([1]), { price: null }), null);
});
