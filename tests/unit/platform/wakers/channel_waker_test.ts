import { UuidFactory } from "@/services/kernel/ids.ts";
import { ChannelWaker } from "@/services/platform/wakers/channel_waker.ts";
import { assertEquals } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

const JOB_ID = new UuidFactory(() => 0).next();

function setUp(send: () => Promise<void>) {
  const log = new RecordingLog();
  const calls: string[] = [];
  const waker = new ChannelWaker({
    name: "test",
    send: (jobId) => {
      calls.push(jobId);
      return send();
    },
    close: () => Promise.resolve(void calls.push("closed")),
  }, log);
  return { waker, calls, log };
}

Deno.test("ChannelWaker sends one wake-up behind the one under way, however many come", async () => {
  const first = Promise.withResolvers<void>();
  const { waker, calls } = setUp(() => first.promise);
  waker.wake(JOB_ID);
  await Promise.resolve();
  for (let count = 0; count < 100; count++) waker.wake(JOB_ID);
  assertEquals(calls, [JOB_ID]);
  first.resolve();
  await waker[Symbol.asyncDispose]();
  assertEquals(calls, [JOB_ID, JOB_ID, "closed"]);
});

Deno.test("ChannelWaker says once that it can't wake, and goes on", async () => {
  const { waker, calls, log } = setUp(() => Promise.reject(new Error("no connection")));
  waker.wake(JOB_ID);
  await Promise.resolve();
  waker.wake(JOB_ID);
  await waker[Symbol.asyncDispose]();
  assertEquals(calls.length, 3);
  assertEquals(log.lines.map(({ level, fields }) => [level, fields.waker, fields.reason]), [
    ["warn", "test", "no connection"],
  ]);
});

Deno.test("ChannelWaker tells each listener until it stops to listen", () => {
  const { waker } = setUp(() => Promise.resolve());
  const heard: string[] = [];
  const stop = waker.listen(() => heard.push("a"));
  waker.listen(() => heard.push("b"));
  waker.tell();
  stop();
  waker.tell();
  assertEquals(heard, ["a", "b", "b"]);
});
