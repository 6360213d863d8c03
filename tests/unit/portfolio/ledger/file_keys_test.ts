import fc from "fast-check";
import { FileKeys } from "@/services/portfolio/ledger/file_keys.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("FileKeys knows nothing of a key before it was named", () => {
  assertEquals(new FileKeys().find("a"), null);
});

Deno.test("FileKeys tells line 0 and content 0 from nothing", () => {
  const keys = new FileKeys();
  keys.set("a", { content: 0, line: 0 });
  assertEquals(keys.find("a"), { content: 0, line: 0 });
});

Deno.test("FileKeys keeps what a map of the same keys keeps, however it grows", () => {
  const said = fc.record({ content: fc.nat(2 ** 31 - 1), line: fc.nat(1_000_000) });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ maxLength: 3 }), said)), (entries) => {
      const keys = new FileKeys();
      for (const [key, value] of entries) keys.set(key, value);
      const expected = new Map(entries);
      assertEquals(keys.size, expected.size);
      for (const [key, value] of expected) assertEquals(keys.find(key), { ...value });
    }),
  );
});

Deno.test("FileKeys tells two hundred thousand keys of one pattern apart", () => {
  const keys = new FileKeys();
  const keyOf = (at: number) => `e\u001ftrade-${at}`;
  for (let at = 0; at < 200_000; at++) keys.set(keyOf(at), { content: at, line: at });
  assertEquals(keys.size, 200_000);
  for (let at = 0; at < 200_000; at += 997) {
    assertEquals(keys.find(keyOf(at)), { content: at, line: at });
  }
  assertEquals(keys.find(keyOf(200_000)), null);
});
