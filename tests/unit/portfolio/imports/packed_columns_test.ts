import fc from "fast-check";
import { packColumns, unpackColumns } from "@/services/portfolio/imports/packed_columns.ts";
import { RowFault } from "@/services/portfolio/imports/row_fault.ts";
import { assertEquals, assertMatch, assertThrows } from "@/tests/assert.ts";

Deno.test("packColumns() writes JSON, and nothing where there are no columns", () => {
  assertEquals(
    packColumns([["Tag", 'a "gift"'], ["Ort", "Köln"]]),
    '{"Tag":"a \\"gift\\"","Ort":"Köln"}',
  );
  assertEquals(packColumns([]), "");
});

Deno.test("unpackColumns() gives back what packColumns() packed", () => {
  const name = fc.string({ minLength: 1, unit: "grapheme" })
    .filter((text) => text.trim() === text && text !== "" && !text.includes("\0"));
  const text = fc.string({ minLength: 1, unit: "grapheme" }).filter((said) => !said.includes("\0"));
  const columns = fc.uniqueArray(fc.tuple(fc.oneof(name, fc.constant("__proto__")), text), {
    minLength: 1,
    selector: ([name]) => name,
  });
  fc.assert(fc.property(columns, (packed) => {
    const unpacked = unpackColumns(packColumns(packed), "notes_extra");
    assertEquals(new Map(unpacked), new Map(packed));
  }));
});

const BAD: readonly { readonly name: string; readonly cell: string }[] = [
  { name: "words", cell: "a gift" },
  { name: "a list", cell: '["a"]' },
  { name: "no column", cell: "{}" },
  { name: "null", cell: "null" },
  { name: "a number for a text", cell: '{"a":1}' },
  { name: "a column without a name", cell: '{" ":"a"}' },
  { name: "a NUL", cell: '{"a":"\\u0000"}' },
  { name: "half a character", cell: '{"a":"\\ud800"}' },
];
for (const { name, cell } of BAD) {
  Deno.test(`unpackColumns() sets a row aside whose cell holds ${name}`, () => {
    const { code, message } = assertThrows(() => unpackColumns(cell, "Rest"), { type: RowFault });
    assertEquals(code, "bad_text");
    assertMatch(message, /^Rest ".+" names no columns: expected JSON like/);
  });
}
