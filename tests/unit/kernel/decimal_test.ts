import fc from "fast-check";
import { Decimal, parseDecimal } from "@/services/kernel/decimal.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const decimals: { text: string; written: string }[] = [
  { text: "0", written: "0" },
  { text: "1.50", written: "1.5" },
  { text: "+3", written: "3" },
  { text: "-.5", written: "-0.5" },
  { text: "5.", written: "5" },
  { text: "1e-8", written: "0.00000001" },
  { text: "2.5E+3", written: "2500" },
  {
    text: "123456789012345678901234567890.123456789012345678",
    written: "123456789012345678901234567890.123456789012345678",
  },
  { text: "0.000000000000000001", written: "0.000000000000000001" },
  { text: "1e99", written: `1${"0".repeat(99)}` },
  { text: "1e-99", written: `0.${"0".repeat(98)}1` },
  { text: "-0", written: "0" },
  { text: "9".repeat(80), written: "9".repeat(80) },
];
for (const { text, written } of decimals) {
  Deno.test(`parseDecimal() reads ${text} as ${written}`, () => {
    assertEquals(parseDecimal(text)?.toString(), written);
  });
}

const noNumbers = ["", ".", "-", "1e", "--1", "1.2.3", "NaN", "Infinity", "0x10", "0b1", "١"];
const spaced = ["1,5", "1 000", "1_000", " 1", "1\n"];
const tooLarge = ["1e100", "1e-100", "9".repeat(81)];
for (const text of [...noNumbers, ...spaced, ...tooLarge]) {
  Deno.test(`parseDecimal() refuses ${JSON.stringify(text.slice(0, 12))}`, () => {
    assertEquals(parseDecimal(text), null);
  });
}

Deno.test("parseDecimal() keeps every digit of a ledger's amount", () => {
  const digits = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
  fc.assert(fc.property(digits, fc.integer({ min: 0, max: 18 }), (units, places) => {
    const sign = units < 0n ? "-" : "";
    const text = `${units < 0n ? -units : units}`.padStart(places + 1, "0");
    const whole = text.slice(0, text.length - places);
    const part = text.slice(text.length - places);
    const read = parseDecimal(`${sign}${whole}${places > 0 ? `.${part}` : ""}`);
    assert(read);
    assertEquals(read.times(`1e${places}`).toFixed(0).replace(/^-0$/, "0"), `${units}`);
  }));
});

Deno.test("parseDecimal() takes any text without throwing", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const read = parseDecimal(text);
    assert(read === null || read.isFinite());
  }));
});

Deno.test("Decimal adds what float64 can't, and rounds half to even", () => {
  assertEquals(new Decimal("0.1").plus("0.2").toString(), "0.3");
  assertEquals(new Decimal("2.5").toDecimalPlaces(0).toString(), "2");
  assertEquals(new Decimal("3.5").toDecimalPlaces(0).toString(), "4");
});

Deno.test("Decimal multiplies amounts of 38 digits exactly", () => {
  const digits = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
  fc.assert(fc.property(digits, digits, (a, b) => {
    const product = new Decimal(a.toString()).times(b.toString());
    assertEquals(product.toString(), (a * b).toString());
  }));
});

Deno.test("Decimal writes no exponent, however far the amounts go", () => {
  const large = new Decimal("1e99").pow(5);
  assertEquals([large.toString().length, new Decimal(1).div(large).toString().length], [496, 497]);
  assertEquals(JSON.stringify(new Decimal("1e-20")), '"0.00000000000000000001"');
});
