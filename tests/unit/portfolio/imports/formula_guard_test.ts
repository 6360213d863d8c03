import fc from "fast-check";
import { guardFormula, unguardFormula } from "@/services/portfolio/imports/formula_guard.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const cases: readonly (readonly [text: string, cell: string])[] = [
  ["=1+1", "'=1+1"],
  ["+49 30", "'+49 30"],
  ["-5", "'-5"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["\r=1", "'\r=1"],
  ["'=1", "''=1"],
  ["it's = 1", "it's = 1"],
  ["'quoted'", "'quoted'"],
  ["", ""],
];
for (const [text, cell] of cases) {
  Deno.test(`guardFormula() writes ${JSON.stringify(text)} as ${JSON.stringify(cell)}`, () => {
    assertEquals(guardFormula(text), cell);
    assertEquals(unguardFormula(cell), text);
  });
}

Deno.test("guardFormula() leaves no cell that a spreadsheet runs, and loses no text", () => {
  const text = fc.string({ unit: fc.constantFrom("'", "=", "+", "-", "@", "\t", "\r", "a", "1") });
  fc.assert(fc.property(text, (text) => {
    const cell = guardFormula(text);
    assert(!/^[=+\-@\t\r]/.test(cell));
    assertEquals(unguardFormula(cell), text);
  }));
});
