import { lackingWords, totalWords } from "@/routes/(_overview)/TotalValuePanel.tsx";
import type { UtcMs } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

function totalOf(values: readonly number[]) {
  const asset = { assetId: "bitcoin" as AssetId, symbol: "BTC", name: "Bitcoin", themes: [] };
  return {
    from: Date.UTC(2021, 6, 1) as UtcMs,
    asof: Date.UTC(2021, 6, 5) as UtcMs,
    sources: ["daily"],
    valuesUsd: Float64Array.from(values),
    assets: [asset, { ...asset, assetId: "ethereum" as AssetId }],
    lacking: [],
  };
}

Deno.test("totalWords() tells the first, last, highest and lowest sum of the days that have one", () => {
  assertEquals(
    totalWords(totalOf([NaN, 2e12, 4e12, 1e12, 1.5e12])),
    "2 assets together: 1.50T USD on 5 Jul 2021, −25.00% since 2 Jul 2021; " +
      "highest 4.00T USD on 3 Jul 2021, lowest 1.00T USD on 4 Jul 2021.",
  );
});

Deno.test("totalWords() is null of fewer than two days with a sum", () => {
  assertEquals(totalWords(totalOf([NaN, 1e12, NaN])), null);
  assertEquals(totalWords(totalOf([NaN, NaN])), null);
});

Deno.test("lackingWords() names the asset that lacks most days, and counts the others", () => {
  const total = totalOf([NaN, NaN, 1e12]);
  const [asset] = total.assets;
  assert(asset !== undefined);
  const lacking = (...days: readonly number[]) => days.map((count) => ({ asset, days: count }));
  const words = (...days: readonly number[]) =>
    lackingWords({ ...total, lacking: lacking(...days) });
  assertEquals(words(), "");
  assertEquals(words(2), "Bitcoin lacks 2 of 3 days");
  assertEquals(words(2, 2), "Bitcoin lacks 2 of 3 days, 1 other some");
});
