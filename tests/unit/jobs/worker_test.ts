import { LEASE_MS } from "@/jobs/job.ts";
import { GRACE_MS, HEARTBEAT_MS } from "@/jobs/run.ts";
import { POLL_MS } from "@/jobs/worker.ts";
import { JobsService } from "@/services/ops/mod.ts";
import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { MINUTE_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { settle } from "@/tests/fakes/timer.ts";
import { countJob, JobKit, untilAborted } from "./job_kit.ts";

Deno.test("Worker runs a job at once and keeps its result", async () => {
  const job = countJob(({ payload, attempt }) => Promise.resolve({ payload, attempt }));
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  await settle();
  const record = await kit.read(await kit.system.enqueue(job.request(7)));
  assertEquals([record.state, record.result], ["done", { payload: 7, attempt: 1 }]);
  assertEquals(kit.metrics.sums.get('tokenlysis_job_runs_total{job="count",outcome="done"}'), 1);
});

Deno.test("Worker finds by looking what nobody woke it for", async () => {
  const job = countJob(() => Promise.resolve(null));
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  await settle();
  const record = await kit.store.enqueue(job.request(1));
  assertEquals((await kit.read(record)).state, "queued");
  await kit.timer.advance(POLL_MS);
  assertEquals((await kit.read(record)).state, "done");
});

Deno.test("Worker runs no more of a job at once than may, in one process or in two", async () => {
  const ends: (() => void)[] = [];
  const job = countJob(() => new Promise((resolve) => ends.push(() => resolve(null))));
  await using kit = await JobKit.open({ jobs: [job] });
  const other = kit.another({ jobs: [job], owner: "b" });
  kit.start();
  other.start({ hasCron: false });
  for (const payload of [1, 2, 3, 4]) await kit.system.enqueue(job.request(payload));
  await kit.timer.advance(2 * POLL_MS);
  assertEquals(ends.length, 2);
  ends[0]?.();
  await kit.timer.advance(POLL_MS);
  assertEquals(ends.length, 3);
  for (let at = 1; at < 4; at++) {
    ends[at]?.();
    await kit.timer.advance(POLL_MS);
  }
  assertEquals((await kit.store.list({ state: "done", limit: 9 })).length, 4);
  await other.stop();
});

Deno.test("Worker runs no more jobs at once than it has slots", async () => {
  const ends: (() => void)[] = [];
  const job = countJob(() => new Promise((resolve) => ends.push(() => resolve(null))), {
    concurrency: 9,
  });
  await using kit = await JobKit.open({ jobs: [job], slots: 3 });
  kit.start();
  for (const payload of [1, 2, 3, 4]) await kit.system.enqueue(job.request(payload));
  await settle();
  assertEquals([ends.length, kit.system.status().running.length], [3, 3]);
  ends[1]?.();
  await settle();
  assertEquals(ends.length, 4);
  for (const end of ends) end();
  await settle();
});

Deno.test("Worker tries a failed job again after a wait that doubles, then buries it", async () => {
  let runs = 0;
  const job = countJob(() => Promise.reject(new Error(`no disk ${++runs}`)));
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  const waits = [];
  for (let attempt = 1; attempt < 3; attempt++) {
    const failed = await kit.read(record);
    assertEquals([failed.state, failed.error], ["failed", `no disk ${attempt}`]);
    waits.push(failed.runAt - kit.clock.now());
    await kit.timer.advance(POLL_MS);
  }
  // Half of 2 s and of 4 s: the middle of the whole range that the wait is drawn from.
  assertEquals(waits, [1_000, 2_000]);
  const dead = await kit.read(record);
  assertEquals([dead.state, dead.attempts, dead.error], ["dead", 3, "no disk 3"]);
  assertEquals(runs, 3);
});

const hopeless: readonly { name: string; error: unknown }[] = [
  { name: "a provider's last word", error: new ProviderError("x", "never", "delisted") },
  { name: "a refusal", error: new AppError("VALIDATION_FAILED", "no such day") },
];
for (const { name, error } of hopeless) {
  Deno.test(`Worker buries a job at once after ${name}`, async () => {
    const job = countJob(() => Promise.reject(error));
    await using kit = await JobKit.open({ jobs: [job] });
    kit.start();
    const dead = await kit.read(await kit.system.enqueue(job.request(1)));
    assertEquals([dead.state, dead.attempts], ["dead", 1]);
  });
}

Deno.test("Worker buries a job whose payload is not of its kind", async () => {
  const job = countJob(() => Promise.resolve(null));
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const dead = await kit.read(await kit.system.enqueue({ ...job.request(1), payload: "one" }));
  assertEquals(dead.state, "dead");
  assert(dead.error?.startsWith("Cannot read the payload of count: ") ?? false, `${dead.error}`);
});

Deno.test("Worker buries a job whose result is too large", async () => {
  const job = countJob(() => Promise.resolve("x".repeat(65_536)));
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  assertEquals((await kit.read(await kit.system.enqueue(job.request(1)))).state, "dead");
});

Deno.test("Worker waits for a budget without counting the run", async () => {
  let runs = 0;
  const job = countJob(() => {
    if (++runs > 1) return Promise.resolve(runs);
    const details = { retry_after_s: 90 };
    return Promise.reject(new AppError("RATE_LIMITED", "No budget left", { details }));
  }, { maxAttempts: 1 });
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  const waiting = await kit.read(record);
  assertEquals([waiting.state, waiting.attempts, waiting.error], ["queued", 0, "No budget left"]);
  assertEquals(waiting.runAt, utcMsOf(kit.clock.now() + 90 * SECOND_MS));
  await kit.timer.advance(92 * SECOND_MS);
  const done = await kit.read(record);
  assertEquals([done.state, done.result, done.error], ["done", 2, null]);
});

Deno.test("Worker ends a run whose time is up, and tries it again", async () => {
  let reason: unknown;
  const job = countJob(({ signal }) => {
    signal.addEventListener("abort", () => reason = signal.reason);
    return untilAborted(signal);
  }, { timeoutMs: 5 * SECOND_MS, maxAttempts: 1 });
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  await kit.timer.advance(5 * SECOND_MS - 1);
  assertEquals((await kit.read(record)).state, "running");
  await kit.timer.advance(1);
  assert(reason instanceof DOMException, `${reason}`);
  const dead = await kit.read(record);
  assertEquals([dead.state, dead.error], ["dead", "Timed out after 5000 ms"]);
});

Deno.test("Worker leaves a run behind that does not end, and frees its slot", async () => {
  const never = Promise.withResolvers<null>();
  const job = countJob(() => never.promise, { timeoutMs: SECOND_MS, maxAttempts: 1 });
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  await kit.timer.advance(SECOND_MS + GRACE_MS);
  assertEquals((await kit.read(record)).state, "dead");
  assertEquals(kit.system.status().running, []);
  never.resolve(null);
});

Deno.test("JobSystem tells how far its own runs are and ends them at once, past the table", async () => {
  const job = countJob(({ signal, reportProgress }) => {
    reportProgress({ done: 2, total: 5, note: "rows" });
    return untilAborted(signal);
  });
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  await settle();
  const service = new JobsService({ ...kit, wake: () => {}, runs: kit.system });
  assertEquals((await kit.read(record)).progress, null, "The table learns it with a heartbeat");
  assertEquals((await service.get(record.id)).progress, { done: 2, total: 5, note: "rows" });
  assertEquals((await service.cancel(record.id)).isCancelRequested, true);
  await settle();
  assertEquals((await kit.read(record)).state, "cancelled");
  assertEquals([kit.system.cancel(record.id), kit.system.progressOf(record.id)], [false, null]);
  await assertRejects(() => service.cancel(record.id), { pattern: /it is cancelled/ });
});

Deno.test("Worker ends a cancelled run within a heartbeat", async () => {
  const job = countJob(({ signal }) => untilAborted(signal));
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  await settle();
  assertEquals(await kit.store.cancel(record.id), true);
  await kit.timer.advance(HEARTBEAT_MS);
  assertEquals((await kit.read(record)).state, "cancelled");
});

Deno.test("Worker keeps its lease as long as a run goes on, and stores its progress", async () => {
  const end = Promise.withResolvers<null>();
  const job = countJob(({ reportProgress }) => {
    reportProgress({ done: 1, total: 4, note: "skipped" });
    reportProgress({ done: 2, total: 4, note: "n".repeat(600) });
    return end.promise;
  }, { timeoutMs: 10 * MINUTE_MS });
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  await kit.timer.advance(3 * LEASE_MS);
  const running = await kit.read(record);
  assertEquals([running.state, running.attempts], ["running", 1]);
  assertEquals(running.progress, { done: 2, total: 4, note: "n".repeat(500) });
  end.resolve(null);
  assertEquals((await kit.read(record)).state, "done");
});

Deno.test("Worker ends a run that lost its lease and says nothing for it", async () => {
  const signals: AbortSignal[] = [];
  const job = countJob(({ signal }) => {
    signals.push(signal);
    return untilAborted(signal);
  });
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  await settle();
  // As if this process had slept: its lease ran out, and another took the job.
  kit.clock.advance(LEASE_MS + 1);
  assertEquals(await kit.store.reapExpired(), 1);
  const taken = await kit.store.claim(["count"], { owner: "b", leaseMs: 10 * LEASE_MS });
  assertEquals(taken?.id, record.id);
  await kit.timer.advance(HEARTBEAT_MS);
  assertEquals(signals[0]?.aborted, true);
  const running = await kit.read(record);
  assertEquals([running.state, running.leaseOwner, running.attempts], ["running", "b", 2]);
  assertEquals(kit.metrics.sums.get('tokenlysis_job_runs_total{job="count",outcome="lost"}'), 1);
});

Deno.test("Worker ends a run that could not extend its lease in time", async () => {
  let isDown = false;
  const job = countJob(({ signal }) => untilAborted(signal));
  await using kit = await JobKit.open({
    jobs: [job],
    store: (store) => ({
      extendLease: (lease, leaseMs) =>
        isDown ? Promise.reject(new Error("no connection")) : store.extendLease(lease, leaseMs),
    }),
  });
  kit.start();
  await kit.system.enqueue(job.request(1));
  await settle();
  isDown = true;
  await kit.timer.advance(LEASE_MS - SECOND_MS);
  assertEquals(kit.system.status().running.length, 1);
  await kit.timer.advance(2 * HEARTBEAT_MS);
  const lost = 'tokenlysis_job_runs_total{job="count",outcome="lost"}';
  assertEquals(kit.metrics.sums.get(lost), 1);
});

Deno.test("Worker.stop() hands the jobs of its runs back, none of which counts", async () => {
  const job = countJob(({ signal }) => untilAborted(signal));
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  await settle();
  await kit.system.stop();
  const waiting = await kit.read(record);
  assertEquals([waiting.state, waiting.attempts, waiting.leaseOwner], ["queued", 0, null]);
  const late = await kit.system.enqueue(job.request(2));
  assertEquals((await kit.read(late)).state, "queued");
});

Deno.test("Worker.stop() keeps what a run finishes meanwhile", async () => {
  const job = countJob(({ signal }) =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve("all")))
  );
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  await settle();
  await kit.system.stop();
  assertEquals((await kit.read(record)).result, "all");
});

Deno.test("Worker.stop() hands a job back whose run does not end in time", async () => {
  const never = Promise.withResolvers<null>();
  const job = countJob(() => never.promise);
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  await settle();
  const stopped = kit.system.stop();
  await kit.timer.advance(GRACE_MS);
  await stopped;
  assertEquals((await kit.read(record)).state, "queued");
  never.resolve(null);
});

Deno.test("Worker goes on after the table could not be asked", async () => {
  let isDown = true;
  const job = countJob(() => Promise.resolve(null));
  await using kit = await JobKit.open({
    jobs: [job],
    store: (store) => ({
      claim: (names, options) =>
        isDown ? Promise.reject(new Error("no connection")) : store.claim(names, options),
    }),
  });
  kit.start();
  const record = await kit.system.enqueue(job.request(1));
  assertEquals((await kit.read(record)).state, "queued");
  const [queue] = kit.system.probes();
  assertEquals(queue?.name, "queue");
  const check = async () => await queue?.check(new AbortController().signal);
  await assertRejects(check, { pattern: /no connection/ });
  isDown = false;
  await kit.timer.advance(POLL_MS);
  assertEquals((await kit.read(record)).state, "done");
  await check();
  assert(kit.log.lines.some(({ message }) => message === "Cannot look for jobs"));
});
