import { Secret } from "@/services/kernel/secret.ts";
import { assertEquals } from "@/tests/assert.ts";

const secret = new Secret("hunter2");

Deno.test("Secret gives its text to reveal()", () => {
  assertEquals(secret.reveal(), "hunter2");
});

const printings: { name: string; text: string }[] = [
  { name: "a template", text: `${secret}` },
  { name: "String()", text: String(secret) },
  { name: "joining", text: [secret, secret].join() },
  { name: "JSON", text: JSON.stringify({ secret }) },
  { name: "inspecting", text: Deno.inspect({ secret }, { showHidden: true, depth: 9 }) },
  { name: "its own properties", text: JSON.stringify(Object.entries(secret)) },
  { name: "a copy", text: JSON.stringify({ ...secret }) },
  { name: "a structured clone", text: Deno.inspect(structuredClone({ ...secret })) },
  { name: "an error's cause", text: Deno.inspect(new Error("x", { cause: secret })) },
];
for (const { name, text } of printings) {
  Deno.test(`Secret keeps its text from ${name}`, () => {
    assertEquals(text.includes("hunter2"), false);
  });
}
