import { assertEquals } from "@/tests/assert.ts";
import { readShown } from "./mapping_kit.ts";

const HEADER = "timestamp,action,asset_id,quantity,account,notes,Tag,notes_extra";
const GOOD = "BUY 1 bitcoin";
const QUOTED = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** 10,000 characters are the most, with the names of columns. */
const CASES: readonly { readonly name: string; readonly row: string; readonly becomes: string }[] =
  [
    { name: "keeps notes of 10,000 characters", row: `${"n".repeat(10_000)},,`, becomes: GOOD },
    { name: "sets longer notes aside", row: `${"n".repeat(10_001)},,`, becomes: "bad_text" },
    { name: "keeps other columns of as many", row: `,${"t".repeat(9_997)},`, becomes: GOOD },
    { name: "sets longer ones aside", row: `,${"t".repeat(9_998)},`, becomes: "bad_text" },
    {
      name: "counts the columns that share one with the others",
      row: `,${"t".repeat(9_995)},${QUOTED('{"a":"b"}')}`,
      becomes: GOOD,
    },
    {
      name: "sets both aside where they are too long together",
      row: `,${"t".repeat(9_995)},${QUOTED('{"a":"bb"}')}`,
      becomes: "bad_text",
    },
    { name: "sets columns aside that are no JSON", row: ",,a gift", becomes: "bad_text" },
  ];
for (const { name, row, becomes } of CASES) {
  Deno.test(`openTransactionFile() ${name}`, async () => {
    const text = `${HEADER}\n2024-01-01,BUY,bitcoin,1,Main,${row}\n`;
    assertEquals(await readShown(text), [`2 ${becomes}`]);
  });
}

Deno.test("openTransactionFile() counts no columns that a list of rejected rows adds", async () => {
  const names = Array.from({ length: 193 }, (_, at) => `c${at}`).join();
  const head = `${HEADER.replace(",notes_extra", "")},${names},quarantine_line,quarantine_reason`;
  const row = `2024-01-01,BUY,bitcoin,1,Main,,,${",".repeat(192)},7,was bad`;
  assertEquals(await readShown(`${head}\n${row}\n`), [`2 ${GOOD}`]);
});
