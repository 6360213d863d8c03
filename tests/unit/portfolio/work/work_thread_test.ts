import { AppError } from "@/services/kernel/errors.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import type { LedgerScope } from "@/services/portfolio/ports.ts";
import { IDLE_MS, MAX_WAITING, WorkThread } from "@/services/portfolio/work/work_thread.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

const NOW = 1_000_000;
const SCOPE: LedgerScope = { ownerId: "ann", portfolioId: uuidOfMoment(1, "thread") };
const never = new AbortController().signal;

/** A thread that answers as the test's script says; `id` and `call` are those of a question. */
function openKit(onCall: string) {
  const script = `
    const tell = (message) => self.postMessage(message);
    const waiting = [];
    self.onmessage = ({ data }) => {
      const { kind, id, call, now } = data;
      if (kind === "close") return tell({ kind: "closed" });
      if (kind === "abort") return tell({ kind: "ask", scope: { aborted: id } });
      if (kind !== "call") return;
      ${onCall}
    };`;
  const clock = new FakeClock(NOW);
  const timer = new FakeTimer(clock);
  const log = new RecordingLog();
  const asked: unknown[] = [];
  const told = Promise.withResolvers<void>();
  let opened = 0;
  const thread = new WorkThread({
    open() {
      opened++;
      return new Worker(`data:text/javascript,${encodeURIComponent(script)}`, { type: "module" });
    },
    ask(scope) {
      asked.push(scope);
      told.resolve();
      return Promise.resolve();
    },
    ...{ clock, timer, log },
  });
  return { thread, timer, log, asked, told: told.promise, opened: () => opened };
}

const ECHO = `tell({ kind: "answer", id, answer: [call.name, call.scope, call.query, now] });`;

Deno.test("WorkThread answers what its thread answers, by the clock of who asks", async () => {
  const { thread, opened } = openKit(ECHO);
  await using _ = thread;
  const answers: unknown[] = await Promise.all([
    thread.getHoldings(SCOPE),
    thread.listLots(SCOPE, { name: "lots", limit: 2 }),
  ]);
  assertEquals(answers, [
    ["getHoldings", SCOPE, undefined, NOW],
    ["listLots", SCOPE, { name: "lots", limit: 2 }, NOW],
  ]);
  assertEquals(opened(), 1, "one thread for all");
});

Deno.test("WorkThread hands on refusals with their codes, and other errors as such", async () => {
  const { thread } = openKit(`
    const code = call.name === "getHoldings" ? "RESOURCE_NOT_FOUND" : null;
    tell({ kind: "failure", id, failure: { message: "Not here", code, details: { a: 1 } } });`);
  await using _ = thread;
  const refusal = await assertRejects(() => thread.getHoldings(SCOPE), { type: AppError });
  assertEquals([refusal.code, refusal.message, refusal.details], [
    ...["RESOURCE_NOT_FOUND", "Not here", { a: 1 }],
  ]);
  const error = await assertRejects(() => thread.getPerformance(SCOPE), { pattern: /^Not here$/ });
  assertEquals(error instanceof AppError, false);
});

Deno.test("WorkThread tells how far a rebuild is, and what the thread logs and asks for", async () => {
  const { thread, log, asked } = openKit(`
    tell({ kind: "progress", id, done: 1, total: 2 });
    tell({ kind: "log", level: "warn", message: "Slow", fields: { thread: "portfolios" } });
    tell({ kind: "ask", scope: call.scope });
    tell({ kind: "answer", id, answer: call.query });`);
  await using _ = thread;
  const seen: number[] = [];
  const onProgress = (done: number, total: number) => seen.push(done, total);
  const query: unknown = await thread.rebuild(SCOPE, { signal: never, onProgress, isWhole: true });
  assertEquals(query, { isWhole: true }, "neither a signal nor a function can be sent");
  assertEquals(seen, [1, 2]);
  assertEquals(asked, [SCOPE]);
  assertEquals(log.lines, [
    { level: "warn", message: "Slow", fields: { thread: "portfolios" } },
  ]);
});

Deno.test("WorkThread stops waiting for a rebuild that is aborted, and tells the thread", async () => {
  const { thread, asked, told } = openKit("");
  await using _ = thread;
  const stop = new AbortController();
  const rebuilding = thread.rebuild(SCOPE, { signal: stop.signal });
  stop.abort(new Error("Enough"));
  await assertRejects(() => rebuilding, { pattern: /^Enough$/ });
  await told;
  assertEquals(asked, [{ aborted: 1 }]);
  await assertRejects(() => thread.rebuild(SCOPE, { signal: stop.signal }), { pattern: /Enough/ });
});

Deno.test("WorkThread fails what waits for a thread that breaks, and begins another one", async () => {
  const { thread, opened } = openKit(`
    if (call.name === "getHoldings") setTimeout(() => { throw new Error("out of order"); });
    else ${ECHO}`);
  await using _ = thread;
  await assertRejects(() => thread.getHoldings(SCOPE), {
    pattern: /^The thread of portfolios failed: .*out of order/,
  });
  const answer: unknown = await thread.getPerformance(SCOPE);
  assertEquals(answer, ["getPerformance", SCOPE, undefined, NOW]);
  assertEquals(opened(), 2);
});

Deno.test("WorkThread ends when nobody asked for a while, and begins again for who does", async () => {
  const { thread, timer, opened } = openKit(ECHO);
  await using _ = thread;
  await thread.getHoldings(SCOPE);
  await timer.advance(IDLE_MS - 1);
  await thread.getHoldings(SCOPE);
  assertEquals([opened(), timer.delays], [1, [IDLE_MS]]);
  await timer.advance(IDLE_MS);
  await thread.getHoldings(SCOPE);
  assertEquals(opened(), 2);
});

Deno.test("WorkThread lets no more than MAX_WAITING wait", async () => {
  const { thread } = openKit("");
  const waiting = Array.from({ length: MAX_WAITING }, () => thread.getHoldings(SCOPE));
  const failed = Promise.allSettled(waiting);
  const refusal = await assertRejects(() => thread.getHoldings(SCOPE), { type: AppError });
  assertEquals(refusal.code, "UNAVAILABLE");
  await thread[Symbol.asyncDispose]();
  assertEquals((await failed).every(({ status }) => status === "rejected"), true);
});
