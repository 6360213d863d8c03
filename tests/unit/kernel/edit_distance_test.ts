import fc from "fast-check";
import { editDistance } from "@/services/kernel/edit_distance.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const pairs: { from: string; to: string; edits: number }[] = [
  { from: "", to: "", edits: 0 },
  { from: "abc", to: "", edits: 3 },
  { from: "", to: "abc", edits: 3 },
  { from: "bitcoin", to: "bitcoin", edits: 0 },
  { from: "kitten", to: "sitting", edits: 3 },
  { from: "saturday", to: "sunday", edits: 3 },
  { from: "flaw", to: "lawn", edits: 2 },
  { from: "btc", to: "bct", edits: 2 },
  { from: "BTC", to: "btc", edits: 3 },
  { from: "😀", to: "", edits: 2 },
];
for (const { from, to, edits } of pairs) {
  Deno.test(`editDistance() from "${from}" to "${to}" is ${edits}`, () => {
    assertEquals(editDistance(from, to), edits);
  });
}

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });

Deno.test("editDistance() is a metric", () => {
  fc.assert(fc.property(word, word, word, (a, b, c) => {
    assertEquals(editDistance(a, b) === 0, a === b);
    assertEquals(editDistance(a, b), editDistance(b, a));
    assert(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c));
  }));
});

Deno.test("editDistance() lies between the gap of the lengths and the longer one", () => {
  fc.assert(fc.property(word, word, (a, b) => {
    const edits = editDistance(a, b);
    assert(edits >= Math.abs(a.length - b.length) && edits <= Math.max(a.length, b.length));
  }));
});
