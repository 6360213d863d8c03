import { UuidFactory } from "@/services/kernel/ids.ts";
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

  for (const suite of [testQueue, testRuns, testFailures, testOperator]) suite(test);
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

  test("counts no attempt for a run that was handed back", async (store) => {
    await store.enqueue(JOB);
    const { lease } = await begin(store);
    assertEquals(await store.release(lease), true);
    assertEquals(await store.release(lease), false);
    assertEquals((await begin(store, "b")).job.attempts, 1);
  });
}

function testFailures(test: Test): void {
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
  });
}
