import { HttpError } from "fresh";
import { readForm } from "@/routes/forms.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";

function posted(fields: Readonly<Record<string, string>>): Request {
  const body = String(new URLSearchParams(fields));
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "content-length": String(body.length),
  };
  return new Request("http://localhost/portfolio", { method: "POST", body, headers });
}

Deno.test("readForm() gives the fields of a form", async () => {
  assertEquals((await readForm(posted({ name: "mine" }))).get("name"), "mine");
});

Deno.test("readForm() refuses a text that no database keeps", async () => {
  const error = await assertRejects(() => readForm(posted({ name: "a\0b" })), { type: HttpError });
  assertEquals([error.status, error.message], [
    400,
    "Cannot read the form: name holds a NUL character",
  ]);
});
