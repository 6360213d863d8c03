import { formatQuantity } from "@/components/format/quantity.ts";
import { assertEquals } from "@/tests/assert.ts";

const CASES: readonly (readonly [decimal: string, shown: string])[] = [
  ["0", "0"],
  ["1234567.5", "1,234,567.5"],
  ["-12.50", "\u221212.5"],
  ["0.123456789", "0.12345678"],
  ["100000000000000000000.00000001", "100,000,000,000,000,000,000.00000001"],
  ["0.000000001", "0"],
];

for (const [decimal, shown] of CASES) {
  Deno.test(`formatQuantity() writes ${decimal} as ${shown}`, () => {
    assertEquals(formatQuantity(decimal), shown);
  });
}
