import { AppError } from "@/services/kernel/errors.ts";
import { parseMapping } from "@/services/portfolio/imports/mapping.ts";
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@/tests/assert.ts";
import { EXPORT_SAMPLES } from "./export_samples.ts";
import { openText, readShown } from "./mapping_kit.ts";

for (const { name, format, text, rows } of EXPORT_SAMPLES) {
  Deno.test(`openTransactionFile() reads ${name}`, async () => {
    assertEquals((await openText(text)).mapping.format, format);
    assertEquals(await readShown(text), rows);
  });
}

Deno.test("openTransactionFile() names the columns that it does not know, and what they may be", async () => {
  const error = await assertRejects(() => openText("Date;Coin;Menge\n1;2;3\n"), { type: AppError });
  assertEquals(error.details, {
    columns: ["Date", "Coin", "Menge"],
    proposal: { timestamp: "Date", asset_id: "Coin" },
  });
});

Deno.test("openTransactionFile() says why it can't read a header, and takes no row for one", async () => {
  const rows = "2024-01-01,BUY,bitcoin,1,a\n";
  for (
    const [header, reason] of [
      ["timestamp,action,asset_id,quantity,account,no\0te\n", /holds a NUL character/],
      ["timestamp,action,asset_id,quantity,account,caf\xe9\n", /not UTF-8/],
      ['timestamp,action,"asset_id" x,quantity,account\n', /text follows a quoted field/],
    ] as const
  ) {
    const bytes = Uint8Array.from(header + rows, (letter) => letter.charCodeAt(0));
    const error = await assertRejects(() => openText(bytes), { type: AppError });
    assertMatch(error.message, reason);
  }
});

Deno.test("openTransactionFile() sets a row of JSON aside that holds half a character", async () => {
  const text = EXPORT_SAMPLES.find(({ format }) => format === "ghostfolio")?.text ?? "";
  const broken = text.replace('"activities":[', '"activities":[{"comment":"\\ud83d"},');
  assertEquals((await readShown(broken))[0], "1 unreadable_row");
});

Deno.test("openTransactionFile() says what to export instead of a file that is no ledger", async () => {
  const error = await assertRejects(() => openText("txid,ordertxid,pair,vol\n1,2,3,4\n"));
  assertMatch(error.message, /export "Ledgers" instead/);
});

Deno.test("openTransactionFile() reads any file with a mapping of one's own", async () => {
  const own = parseMapping({
    format: "mine",
    label: "Mine",
    layouts: [{
      name: "mine",
      header: ["Datum", "Art"],
      shape: "rows",
      columns: { timestamp: "Datum", action: "Art", asset_id: "Coin", quantity: "Menge" },
      actions: { kauf: "BUY" },
      defaults: { account: "Bank" },
      keep: "*",
    }],
  }, "mine");
  const text = "Datum;Art;Coin;Menge;Bemerkung\n2024-01-01;Kauf;BTC;0.5;__proto__\n";
  assertEquals(await readShown(text, { own: [own] }), ["2 BUY 0.5 bitcoin"]);
});

Deno.test("parseMapping() says everything that is wrong", () => {
  const error = assertThrows(() =>
    parseMapping({
      format: "X",
      label: "",
      layouts: [{ name: "a", header: ["a"], shape: "rows", columns: {}, actions: {} }],
    }, "mine.json")
  );
  assertMatch(error.message, /"mine\.json".*format.*label.*lacks columns for timestamp, action/);
});
