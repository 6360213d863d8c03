import { textFault } from "@/services/kernel/text_fault.ts";
import { assertEquals } from "@/tests/assert.ts";

const CASES: readonly (readonly [text: string, expected: string | null])[] = [
  ["", null],
  ["a name\twith\nlines", null],
  ["\u{1F600}", null],
  ["\uFFFD", null],
  ["a\0b", "holds a NUL character"],
  ["\uD83D", "holds half a character"],
  ["\uDE00\uD83D", "holds half a character"],
];

for (const [text, expected] of CASES) {
  Deno.test(`textFault() of ${JSON.stringify(text)} is ${expected}`, () => {
    assertEquals(textFault(text), expected);
  });
}
