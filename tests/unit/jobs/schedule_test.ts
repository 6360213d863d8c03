import { CRON_LEASE_MS, CRONS, defineCrons } from "@/jobs/cron.ts";
import { defineJob, type Job, NO_PAYLOAD } from "@/jobs/job.ts";
import { pruneJobs } from "@/jobs/prune_jobs.ts";
import type { JobSchedule } from "@/jobs/slots.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { Waker } from "@/services/ports/wakers.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { settle } from "@/tests/fakes/timer.ts";
import { countJob, JobKit, untilAborted } from "./job_kit.ts";

interface Ticks {
  readonly job: Job<null>;
  readonly at: string[];
}

/** A scheduled job that keeps when it ran. */
function tickJob(
  schedule: JobSchedule,
  { kit, name = "tick" }: { readonly kit: () => JobKit; readonly name?: string },
): Ticks {
  const at: string[] = [];
  const job = defineJob({
    name,
    payload: NO_PAYLOAD,
    schedule,
    timeoutMs: MINUTE_MS,
    maxAttempts: 1,
    concurrency: 1,
    run: () => {
      at.push(new Date(kit().clock.now()).toISOString().slice(11, 19));
      return Promise.resolve(null);
    },
  });
  return { job, at };
}

Deno.test("RecurringJobs runs the slot that has begun at once, then each slot as it begins", async () => {
  const ticks = tickJob({ everyMs: 10 * MINUTE_MS }, { kit: () => kit });
  await using kit: JobKit = await JobKit.open({ jobs: [ticks.job] });
  kit.clock.advance(3 * MINUTE_MS);
  kit.start();
  await kit.timer.advance(20 * MINUTE_MS);
  assertEquals(ticks.at, ["00:03:00", "00:10:00", "00:20:00"]);
});

Deno.test("RecurringJobs runs each slot once over many processes, also one that starts late", async () => {
  const ticks = tickJob({ everyMs: MINUTE_MS }, { kit: () => kit });
  await using kit: JobKit = await JobKit.open({ jobs: [ticks.job] });
  const others = ["b", "c"].map((owner) => kit.another({ jobs: [ticks.job], owner }));
  kit.start();
  others[0]?.start({ hasCron: false });
  await kit.timer.advance(90 * SECOND_MS);
  others[1]?.start({ hasCron: false });
  await kit.timer.advance(30 * SECOND_MS);
  assertEquals(ticks.at, ["00:00:00", "00:01:00", "00:02:00"]);
  await Promise.all(others.map((other) => other.stop()));
});

Deno.test("RecurringJobs runs the newest slot that nobody was there for, not those before", async () => {
  const ticks = tickJob({ cron: "20 3 * * *" }, { kit: () => kit });
  await using kit: JobKit = await JobKit.open({ jobs: [ticks.job] });
  kit.clock.advance(3 * DAY_MS + 5 * HOUR_MS);
  kit.start();
  await kit.timer.advance(MINUTE_MS);
  assertEquals(ticks.at, ["05:00:00"]);
  kit.clock.advance(22 * HOUR_MS + 17 * MINUTE_MS);
  await kit.timer.advance(MINUTE_MS);
  assertEquals(ticks.at, ["05:00:00"]);
  await kit.timer.advance(MINUTE_MS);
  assertEquals(ticks.at, ["05:00:00", "03:20:00"]);
});

Deno.test("RecurringJobs leaves slots out while the job before them is not over", async () => {
  const end = Promise.withResolvers<null>();
  let runs = 0;
  const job = defineJob({
    name: "tick",
    payload: NO_PAYLOAD,
    schedule: { everyMs: SECOND_MS },
    timeoutMs: HOUR_MS,
    maxAttempts: 1,
    concurrency: 1,
    run: () => ++runs === 1 ? end.promise : Promise.resolve(null),
  });
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  await kit.timer.advance(5 * SECOND_MS);
  assertEquals([runs, (await kit.store.list({ limit: 9 })).length], [1, 1]);
  end.resolve(null);
  await settle();
  await kit.timer.advance(SECOND_MS);
  assertEquals(runs, 2);
});

Deno.test("RecurringJobs leaves whole minutes to a cron, and keeps to the seconds itself", async () => {
  const minutes = tickJob({ everyMs: MINUTE_MS }, { kit: () => kit });
  const seconds = tickJob({ everyMs: 20 * SECOND_MS }, { kit: () => kit, name: "seconds" });
  await using kit: JobKit = await JobKit.open({ jobs: [minutes.job, seconds.job] });
  kit.system.start({ hasCron: true });
  assertEquals(kit.system.status().scheduledBy, "cron");
  await kit.timer.advance(MINUTE_MS);
  assertEquals(seconds.at, ["00:00:00", "00:00:20", "00:00:40", "00:01:00"]);
  assertEquals(minutes.at, ["00:00:00"]);
  const [entry] = CRONS;
  assert(entry !== undefined);
  await kit.system.onCron(entry);
  await settle();
  assertEquals(minutes.at, ["00:00:00", "00:01:00"]);
});

Deno.test("JobSystem.onCron() works in one of the processes that a cron wakes", async () => {
  let asked = 0;
  const ticks = tickJob({ everyMs: MINUTE_MS }, { kit: () => kit });
  await using kit: JobKit = await JobKit.open({
    jobs: [ticks.job],
    store: (store) => ({
      enqueue: (job) => {
        asked++;
        return store.enqueue(job);
      },
    }),
  });
  const other = kit.another({ jobs: [ticks.job], owner: "b" });
  const [entry] = CRONS;
  assert(entry !== undefined);
  await Promise.all([kit.system.onCron(entry), other.onCron(entry)]);
  assertEquals(asked, 1);
  kit.clock.advance(CRON_LEASE_MS);
  await other.onCron(entry);
  assertEquals(asked, 2);
  await other.stop();
});

Deno.test("defineCrons() defines at most ten, by names and fields that every platform takes", async () => {
  const defined: string[] = [];
  const ran: string[] = [];
  const runs: (() => Promise<void>)[] = [];
  const hasCron = defineCrons((name, expression, run) => {
    defined.push(`${name}: ${expression}`);
    runs.push(run);
  }, (entry) => Promise.resolve(void ran.push(entry.name)));
  for (const run of runs) await run();
  assertEquals(hasCron, true);
  assertEquals(defined, ["enqueue due jobs: * * * * *"]);
  assertEquals(ran, ["enqueue due jobs"]);
  assertEquals(CRONS.length <= 10, true);
  assertEquals(defineCrons(undefined, () => Promise.resolve()), false);
});

Deno.test("JobSystem wakes other processes for a job that is due, and is woken by them", async () => {
  const woken: string[] = [];
  const listeners = new Set<() => void>();
  const waker: Waker = {
    name: "test",
    wake: (jobId) => void woken.push(jobId),
    listen(onWake) {
      listeners.add(onWake);
      return () => listeners.delete(onWake);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const job = countJob(() => Promise.resolve(null));
  await using kit = await JobKit.open({ jobs: [job], wakers: [waker] });
  kit.start();
  await settle();
  const { id } = await kit.system.enqueue(job.request(1));
  const later = utcMsOf(kit.clock.now() + 1);
  await kit.system.enqueue({ ...job.request(2), runAt: later });
  assertEquals(woken, [id]);
  const silent = await kit.store.enqueue(job.request(3));
  for (const wake of listeners) wake();
  assertEquals((await kit.read(silent)).state, "done");
  await kit.system.stop();
  assertEquals(listeners.size, 0);
});

Deno.test("JobSystem.runNow() runs past the table and throws what the run throws", async () => {
  const job = countJob(({ payload, signal }) =>
    payload === 0 ? Promise.reject(new Error("no disk")) : Promise.resolve(signal.aborted)
  );
  await using kit = await JobKit.open({ jobs: [job] });
  const { signal } = new AbortController();
  assertEquals(await kit.system.runNow("count", { payload: 1, signal }), false);
  await assertRejects(() => kit.system.runNow("count", { payload: 0, signal }), {
    pattern: /no disk/,
  });
  await assertRejects(() => kit.system.runNow("none", { signal }), { type: RangeError });
  assertEquals(await kit.store.list({ limit: 1 }), []);
});

Deno.test("JobSystem refuses two jobs of one name", async () => {
  await using kit = await JobKit.open({ jobs: [] });
  const job = countJob(({ signal }) => untilAborted(signal));
  assertThrows(() => kit.another({ jobs: [job, job], owner: "b" }), { type: RangeError });
});

Deno.test("JobSystem measures runs, the queue and how late it is", async () => {
  const job = countJob(({ signal }) => untilAborted(signal), { concurrency: 1 });
  await using kit = await JobKit.open({ jobs: [job] });
  kit.start();
  await kit.metrics.scrape();
  assertEquals(kit.metrics.values.get('tokenlysis_jobs{job="count",state="queued"}'), 0);
  const { id } = await kit.system.enqueue(job.request(1));
  await kit.system.enqueue(job.request(2));
  await kit.timer.advance(2 * SECOND_MS);
  await kit.metrics.scrape();
  const depth = (state: string) =>
    kit.metrics.values.get(`tokenlysis_jobs{job="count",state="${state}"}`);
  assertEquals([depth("queued"), depth("running"), depth("dead")], [1, 1, 0]);
  assertEquals(kit.metrics.values.get("tokenlysis_jobs_oldest_due_seconds"), 2);
  await kit.store.cancel(id);
  await kit.timer.advance(SECOND_MS);
  assertEquals(
    kit.metrics.sums.get('tokenlysis_job_runs_total{job="count",outcome="cancelled"}'),
    1,
  );
  assertEquals(kit.metrics.observed.get('tokenlysis_job_duration_seconds{job="count"}'), [3]);
});

Deno.test("prune_jobs deletes what was over a week ago, batch by batch", async () => {
  const asked: { before: number; limit: number }[] = [];
  const batches = [500, 500, 3];
  const store = {
    prune(options: { before: number; limit: number }) {
      asked.push(options);
      return Promise.resolve(batches.shift() ?? 0);
    },
  };
  const clock = new FakeClock();
  const job = pruneJobs({ store, clock });
  await using kit = await JobKit.open({ jobs: [job] });
  const { signal } = new AbortController();
  assertEquals(await kit.system.runNow("prune_jobs", { signal }), { deleted: 1_003 });
  const before = clock.now() - 7 * DAY_MS;
  assertEquals(asked, [1, 2, 3].map(() => ({ before, limit: 500 })));
});
