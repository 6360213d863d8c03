import { RedisBus } from "@/services/platform/bus/mod.ts";
import type { RedisCommands } from "@/services/ports/redis.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

/** A Redis whose stream holds these messages, for readers from its begin. */
function redisWith(messages: readonly string[]): RedisCommands {
  const entries = messages.map((message, at) => [`${at + 1}-0`, ["message", message]]);
  return {
    send([command, ...rest]) {
      const isFromBegin = command === "XREAD" && rest.at(-1) === "0-0";
      return Promise.resolve(isFromBegin ? [["stream", entries]] : []);
    },
  };
}

Deno.test("RedisBus leaves out what is no message of ours, and goes on with what is", async () => {
  const message = (topic: unknown) => JSON.stringify({ from: "other", topic, payload: "[1]" });
  const redis = redisWith([
    "",
    "no JSON",
    "null",
    '{"from":"other"}',
    message(7),
    message("prices"),
  ]);
  const timer = new FakeTimer(new FakeClock());
  await using bus = await RedisBus.open({ redis, timer, log: new RecordingLog(), instance: "own" });
  const heard: string[] = [];
  bus.subscribe("prices", (payload) => heard.push(payload));
  await timer.advance(1_000);
  assertEquals(heard, ["[1]"]);
});
