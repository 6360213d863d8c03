import { gzipSync } from "node:zlib";
import { AppError } from "@/services/kernel/errors.ts";
import { openImportBytes } from "@/services/portfolio/imports/import_bytes.ts";
import { assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";

const MARK = "\uFEFF";

function gzipOf(...members: readonly string[]): Uint8Array {
  return new Uint8Array(members.flatMap((text) => [...gzipSync(text)]));
}

async function read(bytes: Uint8Array, maxBytes?: number) {
  const opened = openImportBytes(
    ReadableStream.from([bytes]),
    maxBytes === undefined ? {} : { maxBytes },
  );
  const parts = await Array.fromAsync(opened.chunks, (chunk) => chunk.slice());
  return { text: await new Blob(parts).text(), readBytes: opened.readBytes() };
}

async function refusalOf(bytes: Uint8Array, maxBytes?: number): Promise<AppError> {
  return await assertRejects(() => read(bytes, maxBytes), { type: AppError });
}

Deno.test("openImportBytes() reads all members of a gzip file, and counts its bytes as stored", async () => {
  const bytes = gzipOf(`${MARK}a,b\n1,`, "2\n", "", "3,4\n");
  assertEquals(await read(bytes), { text: "a,b\n1,2\n3,4\n", readBytes: bytes.length });
});

Deno.test("openImportBytes() refuses gzip with something behind its last member", async () => {
  const { code, message } = await refusalOf(
    new Uint8Array([...gzipOf("a,b\n", "1,2\n"), ...new TextEncoder().encode("3,4\n")]),
  );
  assertEquals(code, "VALIDATION_FAILED");
  assertMatch(message, /cut off or damaged gzip/);
});

Deno.test("openImportBytes() holds all members of a file to its limit together", async () => {
  const member = "a".repeat(600);
  assertEquals((await read(gzipOf(member, member), 1_200)).text.length, 1_200);
  assertEquals((await refusalOf(gzipOf(member, member), 1_199)).code, "PAYLOAD_TOO_LARGE");
});
