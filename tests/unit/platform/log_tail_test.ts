import { Secret } from "@/services/kernel/secret.ts";
import { JsonLog } from "@/services/platform/json_log.ts";
import { LogTail } from "@/services/platform/log_tail.ts";
import type { LogLevel } from "@/services/ports/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

function openTail() {
  const tail = new LogTail();
  const clock = new FakeClock(1_000);
  const log = new JsonLog({ clock, level: "debug", write: (line) => tail.add(line) });
  const messages = (query: { level?: LogLevel; trace?: string; limit?: number } = {}) =>
    tail.list({ level: "debug", limit: 1_000, ...query }).map(({ message }) => message);
  return { tail, clock, log, messages };
}

Deno.test("LogTail lists lines as the log has them, secrets redacted", () => {
  const { tail, clock, log } = openTail();
  log.with({ job: "heal_candles", job_id: "7" }).warn("Asked ?api_key=hunter2", {
    token: new Secret("hunter2"),
    rows: 3,
  });
  assertEquals(tail.list({ level: "debug", limit: 10 }), [{
    at: clock.now(),
    level: "WARN",
    logger: "heal_candles",
    message: "Asked ?api_key=[redacted]",
    traceId: "7",
    fields: { job: "heal_candles", job_id: "7", token: "[redacted]", rows: 3 },
  }]);
});

Deno.test("LogTail lists a level and those above it, the newest first", () => {
  const { log, messages } = openTail();
  for (const level of ["error", "warn", "info", "debug"] as const) log[level](level);
  assertEquals(messages(), ["debug", "info", "warn", "error"]);
  assertEquals(messages({ level: "warn" }), ["warn", "error"]);
  assertEquals(messages({ level: "error" }), ["error"]);
  assertEquals(messages({ limit: 1 }), ["debug"]);
});

Deno.test("LogTail lists the lines of one request, not those that mention it", () => {
  const { log, messages } = openTail();
  log.info("its own", { request_id: "r-1" });
  log.info("a longer one", { request_id: "r-12" });
  log.info("speaks of r-1");
  log.error("its failure", { request_id: "r-1" });
  assertEquals(messages({ trace: "r-1" }), ["its failure", "its own"]);
});

Deno.test("LogTail keeps a thousand lines and no more than four million characters", () => {
  const { log, messages } = openTail();
  for (let at = 0; at < 1_001; at++) log.info(`line ${at}`);
  assertEquals([messages().length, messages().at(-1)], [1_000, "line 1"]);
  const lines = Array.from({ length: 8 }, (_, at) => ({ [`text_${at}`]: "x".repeat(16_000) }));
  for (let at = 0; at < 100; at++) log.info("long", Object.assign({}, ...lines));
  assertEquals(messages().length, 32);
});
