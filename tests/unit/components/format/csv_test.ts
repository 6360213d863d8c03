import { formatCsv } from "@/components/format/csv.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("formatCsv() writes numbers without separators or exponents, and null as nothing", () => {
  assertEquals(
    formatCsv(["a", "b", "c"], [[1e-7, -1234567.5, null]]),
    "a,b,c\r\n0.0000001,-1234567.5,\r\n",
  );
});

Deno.test("formatCsv() quotes what holds a comma, a quote or a line break", () => {
  assertEquals(formatCsv(["a"], [['x,"y"']]), 'a\r\n"x,""y"""\r\n');
});

for (const text of ["=1+1", "+1", "-1", "@x", "\tx"]) {
  Deno.test(`formatCsv() keeps ${JSON.stringify(text)} from running as a formula`, () => {
    assertEquals(formatCsv(["a"], [[text]]), `a\r\n'${text}\r\n`);
  });
}
