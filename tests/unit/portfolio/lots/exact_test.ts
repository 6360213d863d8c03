import fc from "fast-check";
import { formatExact, parseExact, unitsAt } from "@/services/portfolio/lots/exact.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const cases: { text: string; units: bigint; decimals: number }[] = [
  { text: "0", units: 0n, decimals: 0 },
  { text: "0.000", units: 0n, decimals: 0 },
  { text: ".5", units: 5n, decimals: 1 },
  { text: "5.", units: 5n, decimals: 0 },
  { text: "100", units: 100n, decimals: 0 },
  { text: "1.50", units: 15n, decimals: 1 },
  { text: "-0.25", units: -25n, decimals: 2 },
  { text: "+3", units: 3n, decimals: 0 },
  { text: "99999999999999", units: 99_999_999_999_999n, decimals: 0 },
  { text: "9999999.9999999", units: 99_999_999_999_999n, decimals: 7 },
  {
    text: "12345678901234567.000000000000000001",
    units: 12345678901234567n * 10n ** 18n + 1n,
    decimals: 18,
  },
];
for (const { text, ...expected } of cases) {
  Deno.test(`parseExact() reads "${text}"`, () => assertEquals(parseExact(text), expected));
}

for (const text of ["", ".", "-", "+.", "1e5", "1.2.3", "1,5", " 1", "0x1", "1-", "NaN", "٣"]) {
  Deno.test(`parseExact() refuses "${text}"`, () => {
    let message = "";
    try {
      parseExact(text);
    } catch (error) {
      message = (error as Error).message;
    }
    assert(message.startsWith("Cannot read amount"), message);
  });
}

Deno.test("parseExact() reads short texts as it reads the same with many zeros before them", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 8 });
  fc.assert(fc.property(digits, fc.option(digits), (whole, fraction) => {
    const text = fraction === null ? whole : `${whole}.${fraction}`;
    const long = "0".repeat(20) + text;
    assertEquals(parseExact(text), parseExact(long));
    const decimals = fraction?.length ?? 0;
    assertEquals(unitsAt(parseExact(text), decimals), BigInt(whole + (fraction ?? "")));
    assertEquals(formatExact(parseExact(text)), formatExact(parseExact(long)));
  }));
});
