import { Decimal } from "@/services/kernel/decimal.ts";
import { redact, redactText } from "@/services/platform/redact.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const texts: { text: string; expected: string }[] = [
  { text: "", expected: "" },
  { text: "nothing here", expected: "nothing here" },
  { text: "https://a.example/b?x=1#c", expected: "https://a.example/b?x=1#c" },
  { text: "redis://:pw@h:1", expected: "redis://[redacted]@h:1" },
  { text: "postgresql+asyncpg://u:p%40w@h/d", expected: "postgresql+asyncpg://[redacted]@h/d" },
  {
    text: "from s3://k:s@a to s3://k:s@b",
    expected: "from s3://[redacted]@a to s3://[redacted]@b",
  },
  { text: "https://h/p/a@b", expected: "https://h/p/a@b" },
  { text: "mail a@b.example", expected: "mail a@b.example" },
  { text: "/v1?API_KEY=k&page=2", expected: "/v1?API_KEY=[redacted]&page=2" },
  { text: "/v1?page=2&x_cg_demo_api_key=k", expected: "/v1?page=2&x_cg_demo_api_key=[redacted]" },
  { text: "?X-Amz-Signature=f0f0#top", expected: "?X-Amz-Signature=[redacted]#top" },
  { text: "?monkey=1&keyboard=2", expected: "?monkey=1&keyboard=2" },
  { text: "Authorization: Bearer abc.def-123", expected: "Authorization: Bearer [redacted]" },
  { text: "basic dXNlcjpwYXNz==", expected: "basic [redacted]" },
  { text: "bearer bond", expected: "bearer bond" },
];
for (const { text, expected } of texts) {
  Deno.test(`redactText() turns "${text}" into "${expected}"`, () => {
    assertEquals(redactText(text), expected);
  });
}

Deno.test("redactText() cuts a long text, never a password in two", () => {
  const limit = 16_384;
  for (let before = limit - 30; before <= limit; before++) {
    const text = redactText(`${" ".repeat(before)}https://user:hunter2hunter2@host/`);
    assert(!text.includes("hun"), text.slice(-60));
    assert(text.length <= limit + 1);
  }
});

const values: { name: string; value: unknown; expected: unknown }[] = [
  { name: "a decimal", value: new Decimal("0.10"), expected: "0.1" },
  { name: "a date", value: new Date(0), expected: "1970-01-01T00:00:00.000Z" },
  { name: "no date", value: new Date(NaN), expected: null },
  {
    name: "an address",
    value: new URL("https://u:p@h/?token=t"),
    expected: "https://[redacted]@h/?token=[redacted]",
  },
  {
    name: "a thing's own JSON",
    value: { toJSON: () => ({ password: "p" }) },
    expected: { password: "[redacted]" },
  },
  { name: "JSON that is itself", value: itsOwnJson(), expected: "[circular]" },
  { name: "bytes", value: new Uint8Array(3), expected: "[3 bytes]" },
  { name: "an absent secret", value: { token: null }, expected: { token: null } },
  { name: "a number by a secret's name", value: { secret: 5 }, expected: { secret: "[redacted]" } },
  {
    name: "an object by a secret's name",
    value: { credentials: { user: "u" } },
    expected: { credentials: "[redacted]" },
  },
  {
    name: "an address as a name",
    value: { "redis://:p@h": 1 },
    expected: { "redis://[redacted]@h": 1 },
  },
  { name: "the same thing twice", value: twice(), expected: [{ a: 1 }, { a: 1 }] },
];
for (const { name, value, expected } of values) {
  Deno.test(`redact() writes ${name}`, () => assertEquals(redact(value), expected));
}

function itsOwnJson(): unknown {
  const thing: Record<string, unknown> = {};
  thing.toJSON = () => thing;
  return thing;
}

function twice(): unknown {
  const thing = { a: 1 };
  return [thing, thing];
}

Deno.test("redact() ends what is too deep and says how many items it left out", () => {
  let deep: unknown = "bottom";
  for (let level = 0; level < 20; level++) deep = [deep];
  assertEquals(JSON.stringify(redact(deep)), `${"[".repeat(8)}"[too deep]"${"]".repeat(8)}`);
  const long = redact(Array(203).fill(0)) as unknown[];
  assertEquals([long.length, long.at(-1)], [201, "[3 more]"]);
});
