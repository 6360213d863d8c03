import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { gunzipped, GzipError } from "@/services/kernel/gunzip.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";

const text = (words: string) => new TextEncoder().encode(words);
const pack = (content: Uint8Array) => new Uint8Array(gzipSync(content));

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function unpack(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of gunzipped(pieces(bytes, size))) parts.push(part.slice());
  return joined(parts);
}

Deno.test("gunzipped() gives what any number of members hold, in chunks of any size", async () => {
  const members = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(members, fc.integer({ min: 1, max: 64 }), async (contents, size) => {
      assertEquals(await unpack(joined(contents.map(pack)), size), joined(contents));
    }),
    { numRuns: 60 },
  );
});

const [first, second] = [pack(text("first\n".repeat(50))), pack(text("second\n"))];
const flipped = second.with(second.length - 6, (second.at(-6) ?? 0) ^ 1);
const BROKEN: readonly { readonly name: string; readonly bytes: Uint8Array }[] = [
  { name: "cut off in a member", bytes: first.subarray(0, -9) },
  { name: "cut off in its second member", bytes: joined([first, second.subarray(0, -3)]) },
  { name: "cut off in the head of its second member", bytes: joined([first, second.slice(0, 3)]) },
  { name: "whose second member has another checksum", bytes: joined([first, flipped]) },
  { name: "with a text behind its end", bytes: joined([first, text("timestamp,action")]) },
  { name: "with zeros behind its end", bytes: joined([first, new Uint8Array(40)]) },
  { name: "that is none", bytes: text("timestamp,action\n") },
];
for (const { name, bytes } of BROKEN) {
  Deno.test(`gunzipped() refuses gzip ${name}`, async () => {
    for (const size of [1, first.length, 4_096]) {
      await assertRejects(() => unpack(bytes, size), { type: GzipError });
    }
  });
}

Deno.test("gunzipped() unpacks no more than is asked for of a chunk that holds a thousand times as much", async () => {
  const bomb = pack(new Uint8Array(64 * 1024 ** 2));
  assert(bomb.length < 70_000, "it is small as it comes");
  let unpacked = 0;
  for await (const chunk of gunzipped(pieces(bomb, bomb.length))) {
    assert(chunk.length <= 65_536, `a chunk of ${chunk.length} bytes`);
    unpacked += chunk.length;
    if (unpacked > 1024 ** 2) break;
  }
});

Deno.test("gunzipped() passes on what its source throws, and ends the source when it is left", async () => {
  const cut = new Error("the sender left");
  async function* failing() {
    yield first.subarray(0, 10);
    throw cut;
  }
  assertEquals(await assertRejects(() => Array.fromAsync(gunzipped(failing()))), cut);

  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  async function* watched() {
    try {
      while (true) yield first;
    } finally {
      end();
    }
  }
  for await (const _ of gunzipped(watched())) break;
  await ended;
});
