import fc from "fast-check";
import { Secret } from "@/services/kernel/secret.ts";
import { JsonLog } from "@/services/platform/json_log.ts";
import type { LogFields, LogLevel } from "@/services/ports/mod.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

function recordingLog(level: LogLevel = "debug") {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  return { log: new JsonLog({ clock: new FakeClock(), level, write }), lines };
}

function logged(fields: LogFields): Record<string, unknown> {
  const { log, lines } = recordingLog();
  log.info("told", fields);
  assertEquals(lines.length, 1);
  return JSON.parse(lines[0] ?? "");
}

Deno.test("JsonLog writes one line: time, level, message, then the fields", () => {
  const { log, lines } = recordingLog();
  log.with({ job: "seed" }).warn("Late\nby far", { ms: 1.5, job: "import" });
  assertEquals(lines, [
    '{"time":"2026-01-01T00:00:00Z","level":"warn","message":"Late\\nby far",' +
    '"job":"import","ms":1.5}\n',
  ]);
});

Deno.test("JsonLog writes nothing below its level", () => {
  const { log, lines } = recordingLog("warn");
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  assertEquals(lines.map((line) => JSON.parse(line).message), ["c", "d"]);
});

Deno.test("JsonLog lets no field pass for its own", () => {
  assertEquals(logged({ level: "error", message: "forged", time: "never" }), {
    time: "2026-01-01T00:00:00Z",
    level: "info",
    message: "told",
  });
});

const secrets: { name: string; fields: LogFields }[] = [
  { name: "a Secret", fields: { url: new Secret("hunter2") } },
  { name: "an authorization header", fields: { headers: { Authorization: "hunter2" } } },
  { name: "headers as such", fields: { headers: new Headers({ "x-api-key": "hunter2" }) } },
  { name: "a cookie", fields: { "set-cookie": "hunter2" } },
  { name: "a camel-case token", fields: { accessToken: "hunter2" } },
  { name: "a nested password", fields: { a: [{ b: { dbPassword: "hunter2" } }] } },
  { name: "a key in a map", fields: { map: new Map([["api_key", "hunter2"]]) } },
  { name: "credentials in an address", fields: { to: "postgresql://u:hunter2@db/x" } },
  { name: "credentials in a URL", fields: { to: new URL("https://u:hunter2@db/x") } },
  { name: "a key in a query", fields: { to: "GET https://a/b?x=1&apikey=hunter2&y=2" } },
  { name: "a bearer token in text", fields: { text: "sent Bearer hunter2hunter2" } },
  { name: "an error's message", fields: { error: new Error("https://a/?token=hunter2") } },
  {
    name: "an error's cause",
    fields: { error: new Error("x", { cause: { password: "hunter2" } }) },
  },
];
for (const { name, fields } of secrets) {
  Deno.test(`JsonLog redacts ${name}`, () => {
    const line = JSON.stringify(logged(fields));
    assert(!line.includes("hunter2"), line);
    assertMatch(line, /\[redacted\]/);
  });
}

Deno.test("JsonLog redacts its message", () => {
  const { log, lines } = recordingLog();
  log.error("Cannot reach postgres://u:hunter2@db/x?sslmode=require");
  assertEquals(
    JSON.parse(lines[0] ?? "").message,
    "Cannot reach postgres://[redacted]@db/x?sslmode=require",
  );
});

Deno.test("JsonLog leaves what only looks like a secret", () => {
  const fields = { tokens: 3, token_count: 4, asset: "secret-network", keys: ["a"] };
  const { time: _time, level: _level, message: _message, ...rest } = logged(fields);
  assertEquals(rest, fields);
});

Deno.test("JsonLog tells an error with its stack and its causes", () => {
  const cause = new RangeError("deep");
  const error = Object.assign(new Error("outer", { cause }), { code: "E_X" });
  const told = logged({ error }).error as Record<string, unknown>;
  assertEquals([told.name, told.message, told.code], ["Error", "outer", "E_X"]);
  assertMatch(String(told.stack), /json_log_test\.ts/);
  assertEquals((told.cause as Record<string, unknown>).message, "deep");
});

Deno.test("JsonLog writes what JSON can't", () => {
  const circle: Record<string, unknown> = { big: 2n ** 70n, at: new Date(0), nan: NaN };
  circle.self = circle;
  Object.defineProperty(circle, "trap", {
    enumerable: true,
    get: () => {
      throw new Error("do not look");
    },
  });
  assertEquals(logged({ circle }).circle, "[unreadable]");
  const { big, at, nan, self } = circle;
  const fine = { big, at, nan, bytes: new Uint8Array(9), set: new Set([1]), f: () => 1, self };
  assertEquals(logged({ fine }).fine, {
    big: "1180591620717411303424",
    at: "1970-01-01T00:00:00.000Z",
    nan: "NaN",
    bytes: "[9 bytes]",
    set: [1],
    f: "[function]",
    self: "[unreadable]",
  });
  const loop: unknown[] = [];
  loop.push(loop);
  assertEquals(logged({ loop }).loop, ["[circular]"]);
});

Deno.test("JsonLog never throws and always writes one line of JSON", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
  });
  fc.assert(fc.property(anything, fc.string(), (value, message) => {
    const { log, lines } = recordingLog();
    log.info(message, { value });
    assertEquals(lines.length, 1);
    const [line = ""] = lines;
    assertEquals(line.indexOf("\n"), line.length - 1);
    assertEquals(JSON.parse(line).level, "info");
  }));
});
