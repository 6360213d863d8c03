import fc from "fast-check";
import { canonicalJson, registryChecksum } from "@/services/market/assets_checksum.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";

const cases: { name: string; value: unknown; expected: string }[] = [
  // Numbers and literals of RFC 8785, section 3.2.2.
  {
    name: "writes numbers as ECMAScript does",
    value: [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    expected: "[333333333.3333333,1e+30,4.5,0.002,1e-27]",
  },
  { name: "writes literals", value: [null, true, false], expected: "[null,true,false]" },
  {
    name: "sorts keys at every depth",
    value: { b: { d: 1, c: 2 }, a: 0 },
    expected: '{"a":0,"b":{"c":2,"d":1}}',
  },
  {
    name: "sorts keys by UTF-16 unit",
    value: { "€": 1, "1": 2, "\r": 3 },
    expected: '{"\\r":3,"1":2,"€":1}',
  },
  { name: "keeps the order of lists", value: [2, 1], expected: "[2,1]" },
];
for (const { name, value, expected } of cases) {
  Deno.test(`canonicalJson() ${name}`, () => assertEquals(canonicalJson(value), expected));
}

for (const value of [undefined, NaN, Infinity, () => 0, 1n]) {
  Deno.test(`canonicalJson() refuses ${String(value)}`, () => {
    assertThrows(() => canonicalJson([value]), { type: TypeError, pattern: /as JSON/ });
  });
}

Deno.test("canonicalJson() reads back as the same value, for any JSON", () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
    assertEquals(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
  }));
});

Deno.test("registryChecksum() is the sha-256 of the canonical JSON without the checksum", () => {
  // printf '{}' | sha256sum
  const expected = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
  assertEquals(registryChecksum({}), expected);
  assertEquals(registryChecksum({ checksum: "anything" }), expected);
});
