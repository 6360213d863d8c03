import fc from "fast-check";
import {
  parseUuid,
  type Uuid,
  UuidFactory,
  uuidFromBytes,
  uuidOfMoment,
  uuidToBytes,
} from "@/services/kernel/ids.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@/tests/assert.ts";

/** The example of RFC 9562, appendix A.6: made at 2022-02-22T19:22:22Z. */
const EXAMPLE = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f" as Uuid;

function bytesText(id: Uuid): string {
  return uuidToBytes(id).toHex();
}

Deno.test("UuidFactory makes version 7 ids that begin with the time", () => {
  const ids = new UuidFactory(() => 1_645_557_742_000);
  assertMatch(ids.next(), /^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

Deno.test("UuidFactory never goes back, whatever the clock does", () => {
  const times = fc.array(fc.integer({ min: 0, max: 2 ** 45 }), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(times, (clock) => {
    let tick = 0;
    const ids = new UuidFactory(() => clock[tick++] ?? 0);
    const made = clock.map(() => ids.next());
    const sorted = made.map(bytesText).sort();
    assertEquals(made.map(bytesText), sorted);
    assertEquals(made.map(String), made.toSorted(), "texts sort as bytes do");
    assertEquals(new Set(made).size, made.length);
  }));
});

Deno.test("UuidFactory keeps ids of one millisecond in order and apart", () => {
  const ids = new UuidFactory(() => 1_645_557_742_000);
  let previous = ids.next();
  for (let count = 0; count < 20_000; count++) {
    const next = ids.next();
    assert(next > previous, `${next} after ${previous}`);
    previous = next;
  }
});

Deno.test("two factories do not make the same ids at the same time", () => {
  const factories = [1, 2].map(() => new UuidFactory(() => 5));
  const made = factories.flatMap((ids) => Array.from({ length: 500 }, () => ids.next()));
  assertEquals(new Set(made).size, 1_000);
});

Deno.test("parseUuid() reads any case and gives the lower one", () => {
  assertEquals(parseUuid(EXAMPLE.toUpperCase()), EXAMPLE);
});

for (const version of [1, 4, 7, 8]) {
  Deno.test(`parseUuid() reads version ${version}, as others' ids have it`, () => {
    const id = `017f22e2-79b0-${version}cc3-98c4-dc0c0c07398f`;
    assertEquals<string | null>(parseUuid(id), id);
  });
}

const noUuids = [
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
  "017f22e2-79b0-0cc3-98c4-dc0c0c07398f",
  "017f22e2-79b0-9cc3-98c4-dc0c0c07398f",
  "",
  "017f22e279b07cc398c4dc0c0c07398f",
  "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
  "017f22e2-79b0-7cc3-18c4-dc0c0c07398f",
  "00000000-0000-0000-0000-000000000000",
  "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
  "017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n",
];
for (const text of noUuids) {
  Deno.test(`parseUuid() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(parseUuid(text), null);
  });
}

Deno.test("uuidToBytes() gives the 16 bytes in the order of the text", () => {
  assertEquals(bytesText(EXAMPLE), EXAMPLE.replaceAll("-", ""));
  assertEquals(uuidToBytes(EXAMPLE).length, 16);
});

Deno.test("uuidFromBytes() turns uuidToBytes() round", () => {
  fc.assert(fc.property(fc.uuid({ version: 7 }), (text) => {
    assertEquals<string>(uuidFromBytes(uuidToBytes(text as Uuid)), text);
  }));
});

for (const size of [0, 15]) {
  Deno.test(`uuidFromBytes() refuses ${size} bytes`, () => {
    assertThrows(() => uuidFromBytes(new Uint8Array(size).fill(0x77)));
  });
}

Deno.test("uuidOfMoment() is the same for the same moment and thing alone", () => {
  const at = Date.UTC(2026, 0, 1);
  const id = uuidOfMoment(at, "prune_jobs");
  assertEquals(uuidOfMoment(at, "prune_jobs"), id);
  assertEquals(parseUuid(id), id);
  const others = [uuidOfMoment(at, "refresh_demo"), uuidOfMoment(at + 1, "prune_jobs")];
  assertEquals(new Set([id, ...others]).size, 3);
  assertEquals(id.slice(0, 13), "019b76da-a800");
});

Deno.test("uuidOfMoment() sorts by the moment, among other ids too", () => {
  const before = new UuidFactory(() => 1_000).next();
  const after = new UuidFactory(() => 1_002).next();
  const id = uuidOfMoment(1_001, "x");
  assertEquals([after, id, before].sort(), [before, id, after]);
});
