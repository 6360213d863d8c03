import fc from "fast-check";
import { fingerprint, fingerprintInto } from "@/services/kernel/fingerprint.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

// Published vectors of 32-bit FNV-1a.
const vectors: { text: string; fnv1a: number }[] = [
  { text: "", fnv1a: 0x811c9dc5 },
  { text: "a", fnv1a: 0xe40c292c },
  { text: "foobar", fnv1a: 0xbf9cf968 },
];
for (const { text, fnv1a } of vectors) {
  Deno.test(`fingerprint() of "${text}" ends in its FNV-1a`, () => {
    assertEquals(fingerprint(text) % 2 ** 32, fnv1a);
  });
}

Deno.test("fingerprint() tells words apart whose FNV-1a of 32 bits is the same", () => {
  const [one, other] = [fingerprint("costarring"), fingerprint("liquid")];
  assertEquals(one % 2 ** 32, other % 2 ** 32);
  assert(one !== other);
});

Deno.test("fingerprint() is a whole number of 52 bits, the same for the same text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const value = fingerprint(text);
    assert(Number.isSafeInteger(value) && value >= 0 && value < 2 ** 52);
    assertEquals(value, fingerprint(text));
  }));
});

Deno.test("fingerprint() tells a hundred thousand near texts apart", () => {
  const values = Array.from({ length: 100_000 }, (_, at) => fingerprint(`asset-${at}`));
  assertEquals(new Set(values).size, values.length);
});

Deno.test("fingerprintInto() tells a hundred thousand near texts apart by 64 bits", () => {
  const word = new Uint32Array(2);
  const seen = new Set<string>();
  for (let at = 0; at < 100_000; at++) {
    fingerprintInto(word, `trade-${at}`);
    seen.add(word.join());
  }
  assertEquals(seen.size, 100_000);
});
