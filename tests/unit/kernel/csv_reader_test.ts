import fc from "fast-check";
import { CsvReader, type CsvRecord } from "@/services/kernel/csv_reader.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const encoder = new TextEncoder();

/** All records of a text that comes in chunks of the given size. */
function readAll(
  content: string | Uint8Array,
  { chunkBytes = 7, delimiter = "," }: { chunkBytes?: number; delimiter?: string } = {},
): readonly CsvRecord[] {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  const reader = new CsvReader({ delimiter });
  const records: CsvRecord[] = [];
  const drain = () => {
    for (let row = reader.next(); row !== null; row = reader.next()) records.push(row);
  };
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.slice(at, at + chunkBytes));
    drain();
  }
  reader.finish();
  drain();
  return records;
}

const cases: readonly { name: string; text: string; rows: readonly (readonly string[])[] }[] = [
  { name: "reads nothing from nothing", text: "", rows: [] },
  { name: "reads a last row without a line end", text: "a,b\nc,d", rows: [["a", "b"], ["c", "d"]] },
  { name: "takes mixed line ends", text: "a,b\r\nc,d\n", rows: [["a", "b"], ["c", "d"]] },
  { name: "skips blank lines", text: "a\n\n \r\nb\n", rows: [["a"], ["b"]] },
  { name: "keeps empty fields", text: ",,\n", rows: [["", "", ""]] },
  {
    name: "keeps delimiters, quotes and line ends inside quotes",
    text: '"a,1","say ""x""","two\r\nlines"\nnext,b,c\n',
    rows: [["a,1", 'say "x"', "two\r\nlines"], ["next", "b", "c"]],
  },
];
for (const { name, text, rows } of cases) {
  Deno.test(`CsvReader ${name}`, () => {
    assertEquals(readAll(text).map(({ fields }) => fields), rows);
  });
}

Deno.test("CsvReader counts lines over blank and quoted ones", () => {
  const records = readAll('h\n\n"a\nb"\nc\n');
  assertEquals(records.map(({ line, fields }) => [line, fields[0]]), [[1, "h"], [3, "a\nb"], [
    5,
    "c",
  ]]);
});

Deno.test("CsvReader takes another delimiter", () => {
  assertEquals(readAll('a;"b;c"\n', { delimiter: ";" })[0]?.fields, ["a", "b;c"]);
});

const faults: readonly { name: string; bytes: Uint8Array; fault: string }[] = [
  { name: "a NUL", bytes: encoder.encode("a,\0\n"), fault: "holds a NUL character" },
  {
    name: "broken UTF-8",
    bytes: new Uint8Array([0x61, 0xff, 0x0a]),
    fault: "holds bytes that are not UTF-8",
  },
  {
    name: "an open quote",
    bytes: encoder.encode('"a\n'),
    fault: "quoted field is not closed",
  },
  {
    name: "text behind a quoted field",
    bytes: encoder.encode('"a"b,c\n'),
    fault: "text follows a quoted field",
  },
];
for (const { name, bytes, fault } of faults) {
  Deno.test(`CsvReader says why it can't read ${name}, and goes on`, () => {
    const after = encoder.encode("x,y\n");
    const records = readAll(new Uint8Array([...bytes, ...after]));
    assertEquals(records[0]?.fault, fault);
    assertEquals(records.at(-1)?.fields, ["x", "y"]);
  });
}

Deno.test("CsvReader keeps a character that stands for a broken one elsewhere", () => {
  assertEquals(readAll("a,\uFFFD\n")[0]?.fields, ["a", "\uFFFD"]);
});

Deno.test("CsvReader reads any table back, in chunks of any size", () => {
  const field = fc.string({
    unit: fc.constantFrom("a", "é", '"', ",", "\n", "\r\n", "7", " ", "😀"),
  });
  const table = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 8 });
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 40 }), (rows, chunkBytes) => {
      const text = rows.map((row) =>
        row.map((one) => `"${one.replaceAll('"', '""')}"`).join(",") + "\n"
      ).join("");
      const shown = rows.filter((row) => row.map((one) => `"${one}"`).join(",").trim() !== "");
      assertEquals(readAll(text, { chunkBytes }).map(({ fields }) => fields), shown);
    }),
  );
});

Deno.test("CsvReader never throws, and tells of every line that is not blank", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 64 }), (
      bytes,
      chunkBytes,
    ) => {
      const records = readAll(bytes, { chunkBytes });
      const lines = new TextDecoder().decode(bytes).split("\n");
      for (const [at, line] of lines.entries()) {
        if (line.trim() === "") continue;
        const owner = records.findLast((record) => record.line <= at + 1);
        assert(owner !== undefined, `line ${at + 1} belongs to a record`);
      }
    }),
  );
});
