import { renderToString } from "preact-render-to-string";
import { LinesLegend } from "@/components/charts/LinesLegend.tsx";
import { flowMarks, lineSet } from "@/components/charts/lines.ts";
import { RowPrice } from "@/routes/portfolio/(_components)/RowPrice.tsx";
import { parseUuid } from "@/services/kernel/ids.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import type { LedgerRow } from "@/services/portfolio/mod.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";

function rowOf(fields: Partial<LedgerRow>): LedgerRow {
  const id = parseUuid("01890f3e-7b5a-7cc0-98c4-dc0c0c07398f");
  assert(id !== null);
  return {
    ...{ id, at: utcMsOf(0), action: "BUY", assetId: "bitcoin" as AssetId, quantity: "0.1" },
    ...{ unitPriceUsd: null, account: "A", wallet: null, venue: null, txHash: null },
    ...{ externalId: null, notes: null, notesExtra: {}, parentId: null },
    ...{ importId: null, line: null },
    ...fields,
  };
}

const priceText = (fields: Partial<LedgerRow>) =>
  renderToString(<RowPrice row={rowOf(fields)} />).replace(/<[^>]*>/g, "");

Deno.test("RowPrice tells the price of a unit in the money that a row was traded for", () => {
  const notesExtra = { quote_asset: "eur", quote_amount: "1600" };
  assertEquals(priceText({ notesExtra }), "16,000.00EUR");
  assertEquals(priceText({ unitPriceUsd: "41000" }), "41,000.00");
  assertMatch(priceText({}), /close of its time counts/);
});

Deno.test("a legend and its flows have the decimals of their currency", () => {
  const values = new Float64Array([0.5, 1.6701591]);
  const look = { from: 0, barMs: 60_000, unit: "money", decimals: 6 } as const;
  const set = lineSet([{ key: "nav", label: "NAV", values }], look);
  const marks = flowMarks(new Float64Array([0.5, 0.0123]), set);
  const html = renderToString(<LinesLegend set={{ ...set, marks }} at={1} />);
  assertMatch(html, /NAV <b>1\.670159<\/b>.*paid in 0\.012300/s);
});
