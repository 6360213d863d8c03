import { withoutNote } from "@/routes/portfolio/(_components)/without_note.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { assertEquals } from "@/tests/assert.ts";

const BITCOIN = "bitcoin" as AssetId;
const LABELS = new Map([["bitcoin", { name: "Bitcoin", symbol: "BTC" }]]);
const since = utcMsOf(Date.UTC(2025, 2, 4));
const ended = { assetId: BITCOIN, buckets: 9, leftOut: { since, lastValue: 10 } };
const returned = { assetId: BITCOIN, buckets: 9, leftOut: null };
const never = { assetId: "x" as AssetId, buckets: 9, leftOut: { since: null, lastValue: null } };
const fees = (...counts: number[]) => counts.map((count) => ({ assetId: BITCOIN, count }));

const cases = [
  { name: "is empty where all is in", unpriced: [returned], unvaluedFees: [], note: "" },
  {
    name: "names an asset with the day of its last price",
    ...{ unpriced: [ended], unvaluedFees: [], note: ", without BTC since 4 Mar 2025" },
  },
  {
    name: "counts fees that nobody can value over all assets",
    ...{ unpriced: [], unvaluedFees: fees(1, 2), note: ", without 3 fees of unknown value" },
  },
  {
    name: "tells both",
    ...{ unpriced: [ended, never], unvaluedFees: fees(1) },
    note: ", without 2 assets that have no price and 1 fee of unknown value",
  },
];
for (const { name, note, ...performance } of cases) {
  Deno.test(`withoutNote() ${name}`, () => assertEquals(withoutNote(performance, LABELS), note));
}

Deno.test("withoutNote() has nothing to say where nothing is measured", () => {
  assertEquals(withoutNote(null, LABELS), "");
});
