import { AppError } from "@/services/kernel/errors.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { CallQueue, MAX_WAITING } from "@/services/providers/gate/call_queue.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer, settle } from "@/tests/fakes/timer.ts";

/** A queue whose budget gives `perSecond` calls at the start of each second. */
function setUp({ concurrency = 10, perSecond = 1 } = {}) {
  const clock = new FakeClock();
  const timer = new FakeTimer(clock);
  const state = { refusal: null as Error | null, takes: 0 };
  let spentIn = -1;
  let spent = 0;
  const queue = new CallQueue({
    provider: "venue",
    concurrency,
    clock,
    timer,
    refusal: () => state.refusal,
    admit: () => true,
    take: (cost) => {
      state.takes++;
      const now = clock.now();
      const second = Math.floor(now / 1_000);
      if (second !== spentIn) [spentIn, spent] = [second, 0];
      const isGranted = spent + cost <= perSecond;
      if (isGranted) spent += cost;
      const retryAt = isGranted ? now : utcMsOf((second + 1) * 1_000);
      return Promise.resolve({ isGranted, retryAt });
    },
  });
  const started: string[] = [];
  const enter = async (
    name: string,
    { waitMs = 60_000, cost = 1, signal }: {
      waitMs?: number;
      cost?: number;
      signal?: AbortSignal;
    } = {},
  ) => {
    await queue.enter({ cost, deadline: utcMsOf(clock.now() + waitMs), signal });
    started.push(name);
  };
  return { queue, clock, timer, state, started, enter };
}

async function retryAfter(promise: Promise<unknown>): Promise<unknown> {
  const error = await assertRejects(() => promise, { type: AppError });
  assertEquals(error.code, "RATE_LIMITED");
  return error.details?.["retry_after_s"];
}

Deno.test("CallQueue serves in the order of asking, each as soon as the budget allows", async () => {
  const { timer, started, enter } = setUp();
  const all = ["a", "b", "c"].map((name) => enter(name));
  await settle();
  assertEquals(started, ["a"]);
  await timer.advance(1_000);
  assertEquals(started, ["a", "b"]);
  await timer.advance(1_000);
  await Promise.all(all);
  assertEquals(started, ["a", "b", "c"]);
});

Deno.test("CallQueue lets no cheap call overtake a dear one", async () => {
  const { timer, started, enter } = setUp({ perSecond: 3 });
  const all = [enter("a"), enter("dear", { cost: 3 }), enter("b")];
  await settle();
  assertEquals(started, ["a"]);
  await timer.advance(2_000);
  await Promise.all(all);
  assertEquals(started, ["a", "dear", "b"]);
});

Deno.test("CallQueue refuses at once who can't be served within its wait", async () => {
  const { started, enter } = setUp();
  await enter("a");
  assertEquals(await retryAfter(enter("b", { waitMs: 0 })), 1);
  assertEquals(await retryAfter(enter("c", { waitMs: 999 })), 1);
  assertEquals(started, ["a"]);
});

Deno.test("CallQueue refuses who waits behind another for longer than it would", async () => {
  const { timer, enter } = setUp();
  const served = [enter("a"), enter("b")];
  const late = enter("c", { waitMs: 1_500 });
  const refused = retryAfter(late);
  await timer.advance(1_600);
  assertEquals(await refused, 1);
  await Promise.all(served);
});

Deno.test("CallQueue keeps to the calls under way at once", async () => {
  const { queue, started, enter } = setUp({ concurrency: 2, perSecond: 100 });
  const all = ["a", "b", "c", "d"].map((name) => enter(name));
  await settle();
  assertEquals(started, ["a", "b"]);
  assertEquals(await retryAfter(enter("e", { waitMs: 0 })), 1);
  queue.leave();
  await settle();
  assertEquals(started, ["a", "b", "c"]);
  queue.leave();
  await Promise.all(all);
});

Deno.test("CallQueue holds everybody back in a pause, which never gets shorter", async () => {
  const { queue, clock, timer, started, enter } = setUp();
  queue.pause(utcMsOf(clock.now() + 5_000));
  queue.pause(utcMsOf(clock.now() + 1_000));
  const call = enter("a");
  await timer.advance(4_999);
  assertEquals(started, []);
  assertEquals(await retryAfter(enter("b", { waitMs: 0 })), 1);
  await timer.advance(1);
  await call;
  assertEquals(queue.pausedUntil, null);
});

Deno.test("CallQueue forgets who aborts, and serves the next in its place", async () => {
  const { timer, started, enter } = setUp();
  await enter("a");
  const stop = new AbortController();
  const gone = assertRejects(() => enter("b", { signal: stop.signal }), { pattern: /enough/ });
  const next = enter("c");
  await settle();
  stop.abort(new Error("enough"));
  await gone;
  await timer.advance(1_000);
  await next;
  assertEquals(started, ["a", "c"]);
});

Deno.test("CallQueue tells everybody why no call may go out", async () => {
  const { state, enter, queue } = setUp();
  await enter("a");
  const waiting = enter("b");
  await settle();
  state.refusal = new Error("frozen");
  queue.wake();
  await assertRejects(() => waiting, { pattern: /frozen/ });
  await assertRejects(() => enter("c"), { pattern: /frozen/ });
});

Deno.test("CallQueue refuses more waiting calls than it holds", async () => {
  const { queue, enter } = setUp();
  await enter("first");
  const waiting = Array.from({ length: MAX_WAITING }, () => enter("w").catch(() => "refused"));
  await retryAfter(enter("one too many"));
  queue.stop(new Error("over"));
  const ends = await Promise.all(waiting);
  assert(ends.every((end) => end === "refused"));
  await assertRejects(() => enter("too late"), { pattern: /over/ });
});

Deno.test("CallQueue asks the budget once for the first in line, however many join", async () => {
  const { state, queue, enter } = setUp();
  await enter("a");
  const waiting = [enter("b").catch(() => {})];
  await settle();
  const before = state.takes;
  for (let joined = 0; joined < 50; joined++) waiting.push(enter("w").catch(() => {}));
  await settle();
  assertEquals(state.takes, before);
  queue.stop(new Error("over"));
  await Promise.all(waiting);
});
