import { readCsvSample } from "@/components/imports/csv_sample.ts";
import {
  firstMapping,
  likelyAction,
  missingFields,
  unknownWords,
  uploadMapping,
  withField,
} from "@/islands/imports/column_mapping.ts";
import { assertEquals } from "@/tests/assert.ts";

const fields = ["timestamp", "action", "asset_id", "quantity", "notes"];

Deno.test("firstMapping() takes columns by their own names before what is proposed", () => {
  const mapping = firstMapping(["quantity", "Amount", "When"], {
    fields,
    proposal: { quantity: "Amount", timestamp: "When" },
  });
  assertEquals(mapping, { quantity: "quantity", When: "timestamp" });
  assertEquals(missingFields(mapping, { account: "" }), ["action", "asset_id", "account"]);
  assertEquals(missingFields(mapping, { account: "Main" }), ["action", "asset_id"]);
  const whole = { ...mapping, Type: "action", Coin: "asset_id", Where: "account" };
  assertEquals(missingFields(whole, { account: "" }), []);
});

Deno.test("withField() gives a field to one column alone, and takes it away by nothing", () => {
  const mapping = { A: "quantity", B: "notes" };
  assertEquals(withField(mapping, { column: "B", field: "quantity" }), { B: "quantity" });
  assertEquals(withField(mapping, { column: "A", field: "" }), { B: "notes" });
});

Deno.test("unknownWords() are those of the action's column that are no actions", () => {
  const sample = readCsvSample("What,Other\nbuy,x\nBought,y\nbought,z\n", { isWhole: true });
  assertEquals(unknownWords(sample, { What: "action" }), ["Bought", "bought"]);
  assertEquals(unknownWords(sample, { Other: "notes" }), []);
});

Deno.test("likelyAction() guesses by what exporters write, or not at all", () => {
  const words = ["Bought", "SOLD", "Withdrawal", "Deposit", "Staking Rewards", "Network fee", "?"];
  assertEquals(words.map(likelyAction), [
    ...["BUY", "SELL", "TRANSFER_OUT", "TRANSFER_IN", "STAKING_REWARD", "FEE", ""],
  ]);
});

Deno.test("uploadMapping() tells columns by field, and words that mean something", () => {
  assertEquals(uploadMapping({ When: "timestamp" }, { bought: "BUY", gift: "" }), {
    columns: { timestamp: "When" },
    actions: { bought: "BUY" },
  });
});
