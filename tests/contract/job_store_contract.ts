import { UuidFactory, uuidOfMoment } from "@/services/kernel/ids.ts";
import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { JobLease, JobRecord, JobState, JobStore, NewJob } from "@/services/ports/jobs.ts";
import { JOB_JSON_LIMIT, SqlJobStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const NAMES = ["count"];
const LEASE_MS = 30_000;
const JOB: NewJob = { name: "count", key: "count 1", maxAttempts: 2, timeoutMs: MINUTE_MS };

interface Run {
  readonly job: JobRecord;
  readonly lease: JobLease;
}

/** Claims the next job, which must be there, as `owner`. */
async function begin(store: JobStore, owner = "a"): Promise<Run> {
  const job = await store.claim(NAMES, { owner, leaseMs: LEASE_MS });
  assert(job !== null, "a job is due");
  return { job, lease: { jobId: job.id, owner, attempt: job.attempts } };
}

async function stateOf(store: JobStore, { id }: JobRecord): Promise<JobState | null> {
  return (await store.find(id))?.state ?? null;
}

/** What every job store must do. */
export function testJobStore(kind: StoreKind): void {
  function test(name: string, run: (store: JobStore, kit: TestStore) => Promise<void>) {
    Deno.test({
      name: `JobStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlJobStore(kit.database, kit.clock), kit);
      },
    });
  }

  testQueue(test);
  testCaps(test);
  testRuns(test);
  testFailures(test);
  testOperator(test);
  testPages(test);
  testUpkeep(test);
}

type Test = (
  name: string,
  run: (store: JobStore, kit: TestStore) => Promise<void>,
) => void;

function testQueue(test: Test): void {
  test("shares one job between all that enqueue its key until it is over", async (store) => {
    const [first, second] = await Promise.all([store.enqueue(JOB), store.enqueue(JOB)]);
    assertEquals(second.id, first.id);
    const { lease } = await begin(store);
    assertEquals((await store.enqueue(JOB)).id, first.id);
    await store.complete(lease, null);
    assert((await store.enqueue(JOB)).id !== first.id);
  });

  test("keeps what a job is given, and finds none that it was not", async (store, { clock }) => {
    const payload = { assets: ["bitcoin"], days: 7.5, full: true, from: null };
    const { id } = await store.enqueue({ ...JOB, payload });
    const found = await store.find(id);
    assertEquals(found?.payload, payload);
    assertEquals([found?.state, found?.attempts, found?.timeoutMs], ["queued", 0, MINUTE_MS]);
    assertEquals([found?.createdAt, found?.runAt], [clock.now(), clock.now()]);
    assertEquals(await store.find(new UuidFactory(() => 0).next()), null);
  });

  test("refuses a job without attempts or time, or with too large a payload", async (store) => {
    await assertRejects(() => store.enqueue({ ...JOB, maxAttempts: 0 }), { type: RangeError });
    await assertRejects(() => store.enqueue({ ...JOB, timeoutMs: 0.5 }), { type: RangeError });
    const payload = "x".repeat(JOB_JSON_LIMIT);
    await assertRejects(() => store.enqueue({ ...JOB, payload }), { type: RangeError });
    assertEquals(await store.list({ state: "queued", limit: 10 }), []);
  });

  test("claims what is due the longest, by name, and nothing early", async (store, { clock }) => {
    const later = utcMsOf(clock.now() + 10);
    await store.enqueue({ ...JOB, key: "later", runAt: later });
    await store.enqueue({ ...JOB, key: "now" });
    await store.enqueue({ ...JOB, key: "other", name: "other", runAt: utcMsOf(0) });
    assertEquals((await begin(store)).job.key, "now");
    assertEquals(await store.claim(NAMES, { owner: "a", leaseMs: LEASE_MS }), null);
    clock.advance(10);
    assertEquals((await begin(store)).job.key, "later");
    assertEquals(await store.claim([], { owner: "a", leaseMs: LEASE_MS }), null);
  });

  test("gives each job to one of many claimers", async (store, { clock, openAgain }) => {
    const keys = Array.from({ length: 12 }, (_, at) => `count ${at}`);
    for (const key of keys) await store.enqueue({ ...JOB, key });
    await using other = await openAgain();
    const stores = [store, new SqlJobStore(other, clock)];
    const claimed: string[] = [];
    const work = async (from: JobStore, owner: string) => {
      while ((await from.list({ state: "queued", limit: 1 })).length > 0) {
        const job = await from.claim(NAMES, { owner, leaseMs: LEASE_MS });
        if (job) claimed.push(job.key);
      }
    };
    await Promise.all(stores.flatMap((from, at) => [work(from, `${at}a`), work(from, `${at}b`)]));
    assertEquals(claimed.sort(), keys.sort());
  });
}

function testCaps(test: Test): void {
  const options = { owner: "a", leaseMs: LEASE_MS, caps: { count: 2 } };

  test("claims no more of a name than may run at once, and others past them", async (store) => {
    for (const key of ["1", "2", "3"]) await store.enqueue({ ...JOB, key });
    await store.enqueue({ ...JOB, name: "other", key: "other" });
    const names = ["count", "other"];
    const claimed = [];
    for (let turn = 0; turn < 4; turn++) claimed.push(await store.claim(names, options));
    assertEquals(claimed.map((job) => job?.key), ["1", "2", "other", undefined]);
    const [first] = claimed;
    assert(first !== null && first !== undefined);
    await store.complete({ jobId: first.id, owner: "a", attempt: 1 }, null);
    assertEquals((await store.claim(names, options))?.key, "3");
  });

  test("holds a cap between many claimers", async (store, { clock, openAgain }) => {
    for (let at = 0; at < 12; at++) await store.enqueue({ ...JOB, key: `${at}` });
    await using other = await openAgain();
    const stores = [store, new SqlJobStore(other, clock)];
    const claims = stores.flatMap((from) => [1, 2, 3, 4].map(() => from.claim(NAMES, options)));
    const claimed = (await Promise.all(claims)).filter((job) => job !== null);
    assertEquals(claimed.length, 2);
    assertEquals((await store.list({ state: "running", limit: 12 })).length, 2);
  });
}

function testRuns(test: Test): void {
  test("keeps the progress and the result of a run", async (store, { clock }) => {
    await store.enqueue(JOB);
    const { job, lease } = await begin(store);
    assertEquals([job.state, job.attempts, job.leaseOwner], ["running", 1, "a"]);
    assertEquals(job.leaseUntil, utcMsOf(clock.now() + LEASE_MS));
    const progress = { done: 3, total: null, note: "bitcoin" };
    assertEquals(await store.reportProgress(lease, progress), true);
    assertEquals((await store.find(job.id))?.progress, progress);
    clock.advance(5);
    assertEquals(await store.complete(lease, { written: 3 }), true);
    const done = await store.find(job.id);
    assertEquals([done?.state, done?.leaseUntil, done?.leaseOwner], ["done", null, null]);
    assertEquals(done?.result, { written: 3 });
    assertEquals(done?.finishedAt, clock.now());
  });

  test("takes a job from a run whose lease ran out, and ignores that run", async (store, kit) => {
    await store.enqueue(JOB);
    const first = await begin(store);
    kit.clock.advance(LEASE_MS);
    assertEquals(await store.reapExpired(), 0);
    kit.clock.advance(1);
    assertEquals(await store.reapExpired(), 1);
    // The same owner again: the attempt tells the runs apart.
    const second = await begin(store);
    assertEquals([second.job.id, second.job.attempts], [first.job.id, 2]);
    assertEquals(await store.extendLease(first.lease, LEASE_MS), "lost");
    assertEquals(await store.complete(first.lease, "late"), false);
    assertEquals(await store.fail(first.lease, { error: "late", retryAt: null }), false);
    assertEquals(await store.complete(second.lease, "in time"), true);
    assertEquals((await store.find(first.job.id))?.result, "in time");
  });

  test("keeps a job with a run that extends its lease", async (store, { clock }) => {
    await store.enqueue(JOB);
    const { lease } = await begin(store);
    clock.advance(LEASE_MS);
    assertEquals(await store.extendLease(lease, LEASE_MS), "held");
    clock.advance(LEASE_MS);
    assertEquals(await store.reapExpired(), 0);
  });

  test("extends a lease from when it is its turn to write", async (store, kit) => {
    await store.enqueue(JOB);
    const { job, lease } = await begin(store);
    const [begun, hold] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writing = kit.database.transaction(async ({ db }) => {
      await db.updateTable("jobs").set({ error: null }).execute();
      begun.resolve();
      await hold.promise;
    });
    await begun.promise;
    const extending = store.extendLease(lease, LEASE_MS);
    kit.clock.advance(10 * LEASE_MS);
    hold.resolve();
    await writing;
    assertEquals(await extending, "held");
    const { leaseUntil } = await store.find(job.id) ?? {};
    assertEquals(leaseUntil, kit.clock.now() + LEASE_MS);
  });

  test("counts no attempt for a run that was handed back", async (store) => {
    await store.enqueue(JOB);
    const { lease } = await begin(store);
    assertEquals(await store.release(lease), true);
    assertEquals(await store.release(lease), false);
    assertEquals((await begin(store, "b")).job.attempts, 1);
  });
}

function testFailures(test: Test): void {
  test("postpones a run without counting it, and says why", async (store, { clock }) => {
    const { id } = await store.enqueue(JOB);
    const until = utcMsOf(clock.now() + 500);
    const { lease } = await begin(store);
    assertEquals(await store.postpone(lease, { until, reason: "no budget left" }), true);
    assertEquals(await store.postpone(lease, { until, reason: "late" }), false);
    const waiting = await store.find(id);
    assertEquals([waiting?.state, waiting?.attempts, waiting?.error, waiting?.runAt], [
      "queued",
      0,
      "no budget left",
      until,
    ]);
    assertEquals(await store.claim(NAMES, { owner: "a", leaseMs: LEASE_MS }), null);
    clock.advance(500);
    assertEquals((await begin(store)).job.attempts, 1);
  });

  test("runs a failed job again when it may, and buries it at last", async (store, { clock }) => {
    const { id } = await store.enqueue(JOB);
    const retryAt = utcMsOf(clock.now() + 100);
    const first = await begin(store);
    assertEquals(await store.fail(first.lease, { error: "no disk", retryAt }), true);
    const failed = await store.find(id);
    assertEquals([failed?.state, failed?.error, failed?.runAt], ["failed", "no disk", retryAt]);
    assertEquals((await store.enqueue(JOB)).id, id);
    assertEquals(await store.claim(NAMES, { owner: "a", leaseMs: LEASE_MS }), null);
    clock.advance(100);
    const second = await begin(store);
    await store.fail(second.lease, { error: "still no disk", retryAt });
    assertEquals((await store.find(id))?.state, "dead");
  });

  test(
    "buries at once what need not be tried again, and what kills its worker",
    async (store, kit) => {
      const hopeless = await store.enqueue(JOB);
      await store.fail((await begin(store)).lease, { error: "no such asset", retryAt: null });
      assertEquals(await stateOf(store, hopeless), "dead");
      const deadly = await store.enqueue({ ...JOB, key: "deadly", maxAttempts: 1 });
      await begin(store);
      kit.clock.advance(LEASE_MS + 1);
      assertEquals(await store.reapExpired(), 1);
      assertEquals(await stateOf(store, deadly), "dead");
    },
  );
}

function testOperator(test: Test): void {
  test("keeps the newest dead job of a key", async (store) => {
    const bury = async (key: string) => {
      const job = await store.enqueue({ ...JOB, key });
      await store.fail((await begin(store)).lease, { error: "x", retryAt: null });
      return job.id;
    };
    await bury("same");
    const other = await bury("other");
    const newest = await bury("same");
    const dead = await store.list({ state: "dead", limit: 10 });
    assertEquals(dead.map(({ id }) => id), [newest, other]);
  });

  test("cancels a waiting job at once and asks a running one to stop", async (store) => {
    const waiting = await store.enqueue(JOB);
    assertEquals(await store.cancel(waiting.id), true);
    assertEquals(await stateOf(store, waiting), "cancelled");
    assertEquals(await store.cancel(waiting.id), false);
    await store.enqueue(JOB);
    const { job, lease } = await begin(store);
    assertEquals(await store.cancel(job.id), true);
    assertEquals(await store.extendLease(lease, LEASE_MS), "cancel_requested");
    assertEquals(await stateOf(store, job), "running");
    assertEquals(await store.confirmCancel(lease), true);
    assertEquals(await stateOf(store, job), "cancelled");
  });

  test("does not run again what was cancelled and then lost its worker", async (store, kit) => {
    const job = await store.enqueue(JOB);
    await begin(store);
    await store.cancel(job.id);
    kit.clock.advance(LEASE_MS + 1);
    await store.reapExpired();
    assertEquals(await stateOf(store, job), "cancelled");
  });

  test("does not run again what was cancelled and then handed back", async (store) => {
    const job = await store.enqueue(JOB);
    const { lease } = await begin(store);
    await store.cancel(job.id);
    assertEquals(await store.release(lease), true);
    assertEquals(await stateOf(store, job), "cancelled");
  });

  test("retries and discards dead jobs alone", async (store) => {
    const job = await store.enqueue({ ...JOB, maxAttempts: 1 });
    assertEquals([await store.retry(job.id), await store.discard(job.id)], [false, false]);
    await store.fail((await begin(store)).lease, { error: "x", retryAt: null });
    const successor = await store.enqueue(JOB);
    assertEquals(await store.retry(job.id), false);
    await store.cancel(successor.id);
    assertEquals(await store.retry(job.id), true);
    const again = await begin(store);
    assertEquals([again.job.id, again.job.attempts], [job.id, 1]);
    await store.fail(again.lease, { error: "x", retryAt: null });
    assertEquals(await store.discard(job.id), true);
    assertEquals(await store.find(job.id), null);
  });
}

function testPages(test: Test): void {
  test("lists the newest of a state first, page by page", async (store) => {
    const ids = [];
    for (const key of ["1", "2", "3"]) ids.unshift((await store.enqueue({ ...JOB, key })).id);
    const first = await store.list({ state: "queued", limit: 2 });
    assertEquals(first.map(({ id }) => id), ids.slice(0, 2));
    const before = first.at(-1)?.id;
    assert(before !== undefined);
    const second = await store.list({ state: "queued", limit: 2, before });
    assertEquals(second.map(({ id }) => id), ids.slice(2));
    assertEquals(await store.list({ state: "dead", limit: 2 }), []);
    const { job } = await begin(store);
    const all = await store.list({ limit: 10 });
    assertEquals(all.map(({ id }) => id), ids);
    assertEquals(all.find(({ id }) => id === job.id)?.state, "running");
  });

  test("counts what waits, runs and lies dead, by name", async (store, { clock }) => {
    assertEquals(await store.count(), { counts: [], oldestDueAt: null });
    const start = clock.now();
    await store.enqueue({ ...JOB, name: "other", key: "dead", maxAttempts: 1 });
    const dead = await store.claim(["other"], { owner: "a", leaseMs: LEASE_MS });
    assert(dead !== null);
    await store.fail({ jobId: dead.id, owner: "a", attempt: 1 }, { error: "x", retryAt: null });
    for (const key of ["1", "2", "3", "4"]) await store.enqueue({ ...JOB, key });
    await store.enqueue({ ...JOB, key: "early", runAt: utcMsOf(start + 1_000) });
    await begin(store);
    await store.complete((await begin(store)).lease, null);
    clock.advance(10);
    assertEquals(await store.count(), {
      counts: [
        { name: "count", state: "queued", count: 3 },
        { name: "count", state: "running", count: 1 },
        { name: "other", state: "dead", count: 1 },
      ],
      oldestDueAt: start,
    });
  });
}

function testUpkeep(test: Test): void {
  test("keeps a job with an id once for good", async (store, { clock }) => {
    const id = uuidOfMoment(clock.now(), "count");
    assertEquals((await store.enqueue({ ...JOB, id })).id, id);
    await store.complete((await begin(store)).lease, 1);
    const again = await store.enqueue({ ...JOB, id });
    assertEquals([again.id, again.state, again.result], [id, "done", 1]);
    assertEquals(await store.claim(NAMES, { owner: "a", leaseMs: LEASE_MS }), null);
  });

  test("prunes old jobs that are over, some at a time, and no others", async (store, kit) => {
    for (const key of ["1", "2", "3"]) {
      await store.enqueue({ ...JOB, key });
      await store.complete((await begin(store)).lease, null);
    }
    const unwanted = await store.enqueue(JOB);
    await store.cancel(unwanted.id);
    const dead = await store.enqueue(JOB);
    await store.fail((await begin(store)).lease, { error: "x", retryAt: null });
    const waiting = await store.enqueue(JOB);
    const before = utcMsOf(kit.clock.now() + 1);
    assertEquals(await store.prune({ before: kit.clock.now(), limit: 10 }), 0);
    kit.clock.advance(1);
    const young = await store.enqueue({ ...JOB, key: "young" });
    await store.cancel(young.id);
    assertEquals(await store.prune({ before, limit: 2 }), 2);
    assertEquals(await store.prune({ before, limit: 10 }), 2);
    assertEquals(await store.prune({ before, limit: 10 }), 0);
    const left = (await store.list({ limit: 10 })).map(({ id }) => id);
    assertEquals(left, [young.id, waiting.id, dead.id]);
  });
}
