import { assertEquals } from "@/tests/assert.ts";
import { lineText, type LineUnit, tickText } from "@/components/charts/line_units.ts";

const texts: readonly { unit: LineUnit; value: number | null; expected: string }[] = [
  { unit: "change", value: 0.1234, expected: "+12.34%" },
  { unit: "drawdown", value: -0.5, expected: "−50.00%" },
  { unit: "correlation", value: -0.014, expected: "−0.01" },
  { unit: "rate", value: 0.0402, expected: "4.02%" },
  { unit: "rate", value: -0.001, expected: "−0.10%" },
  { unit: "money", value: 1_234.5, expected: "1,234.50" },
  { unit: "usd", value: 178_000_000, expected: "178M USD" },
  { unit: "usd", value: 0, expected: "0.00 USD" },
  { unit: "gwei", value: 0.0531, expected: "0.0531 gwei" },
  { unit: "gwei", value: 12.345, expected: "12.3 gwei" },
  { unit: "gwei", value: 1_234.5, expected: "1,235 gwei" },
  { unit: "gwei", value: 0, expected: "0 gwei" },
  { unit: "sat_vb", value: 3, expected: "3.00 sat/vB" },
  { unit: "count", value: 12_345, expected: "12,345" },
  { unit: "count", value: 12_345_678, expected: "12.3M" },
  { unit: "change", value: null, expected: "—" },
  { unit: "rate", value: NaN, expected: "—" },
];
for (const { unit, value, expected } of texts) {
  Deno.test(`lineText() writes the ${unit} ${value} as ${expected}`, () => {
    assertEquals(lineText(unit, value), expected);
  });
}

Deno.test("lineText() writes money to the decimals of its currency", () => {
  assertEquals(lineText("money", 0.0000125, { decimals: 6 }), "0.000013");
  assertEquals(lineText("money", 1_234.5, { decimals: 0 }), "1,235");
  assertEquals(lineText("money", 123_456, { decimals: 6 }), "123k");
});

const ticks: readonly { unit: LineUnit; value: number; expected: string }[] = [
  { unit: "change", value: 0.1, expected: "+10%" },
  { unit: "rate", value: 0.1, expected: "10%" },
  { unit: "rate", value: 0.025, expected: "2.5%" },
  { unit: "correlation", value: -0.5, expected: "−0.5" },
  { unit: "usd", value: 2_500_000, expected: "2.5M" },
  { unit: "money", value: -500, expected: "−500" },
  { unit: "gwei", value: 0.02, expected: "0.02" },
  { unit: "count", value: 15_000, expected: "15k" },
];
for (const { unit, value, expected } of ticks) {
  Deno.test(`tickText() writes the ${unit} ${value} on an axis as ${expected}`, () => {
    assertEquals(tickText(unit, value), expected);
  });
}
