import { distinctValues, readCsvSample } from "@/components/imports/csv_sample.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("readCsvSample() reads quoted cells with separators, line ends and quotes in them", () => {
  const text =
    '\uFEFFDate,"What, exactly",Note\r\n2021-01-01,"a ""b"", c","two\nlines"\r\n1,2,3\r\n';
  assertEquals(readCsvSample(text, { isWhole: true }), {
    columns: ["Date", "What, exactly", "Note"],
    rows: [["2021-01-01", 'a "b", c', "two\nlines"], ["1", "2", "3"]],
  });
});

Deno.test("readCsvSample() leaves out the last line of a start, which may be cut", () => {
  assertEquals(readCsvSample("a;b\n1;2\n3;").rows, [["1", "2"]]);
  assertEquals(readCsvSample("a\tb\n1\t2", { isWhole: true }).rows, [["1", "2"]]);
});

Deno.test("readCsvSample() of nothing has no columns, and of an open quote what there is", () => {
  assertEquals(readCsvSample("", { isWhole: true }), { columns: [], rows: [] });
  assertEquals(readCsvSample('a,b\n1,"open', { isWhole: true }).rows, [["1", "open"]]);
});

Deno.test("distinctValues() tells each word of a column once", () => {
  const sample = readCsvSample("when,what\n1,bought\n2, sold \n3,bought\n4,\n", { isWhole: true });
  assertEquals(distinctValues(sample, "what"), ["bought", "sold"]);
  assertEquals(distinctValues(sample, "who"), []);
});
