import { openUpload, readJson } from "@/routes/(_api)/request_body.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";

/** A request whose sender leaves before its body has ended. */
function brokenOff(type: string): Request {
  const left = new TypeError("underlying resource unavailable");
  const body = ReadableStream.from(async function* () {
    yield new TextEncoder().encode('{"name":');
    throw left;
  }());
  return new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { "content-type": type },
  });
}

Deno.test("a body whose sender breaks off is the sender's matter, a file as well as JSON", async () => {
  const upload = () => Array.fromAsync(openUpload(brokenOff("text/csv")));
  for (const read of [upload, () => readJson(brokenOff("application/json"))]) {
    const { code, message } = await assertRejects(read, { type: AppError });
    assertEquals([code, message], ["BAD_REQUEST", "Cannot read the body: its sender broke off"]);
  }
});
