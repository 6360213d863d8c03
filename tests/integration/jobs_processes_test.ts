import { defineJob, NO_PAYLOAD } from "@/jobs/job.ts";
import { JobSystem } from "@/jobs/job_system.ts";
import { MINUTE_MS } from "@/services/kernel/time.ts";
import type { NewJob } from "@/services/ports/jobs.ts";
import { noMetrics } from "@/tests/fakes/no_metrics.ts";
import { openNotifyWaker } from "@/services/platform/wakers/notify.ts";
import { type Database, SqlJobStore, SqlLeaseStore } from "@/services/storage/mod.ts";
import { openPostgres } from "@/services/storage/postgres.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeTimer, settle } from "@/tests/fakes/timer.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";

const JOB: NewJob = { name: "count", key: "count", maxAttempts: 3, timeoutMs: MINUTE_MS };
const JOBS = 40;
/** After every lease that the processes take by the real clock. */
const LATER = Date.UTC(2100, 0, 1);

interface Place extends AsyncDisposable {
  readonly url: string;
  readonly database: Database;
}

async function sqlitePlace(): Promise<Place> {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_jobs_" });
  const path = `${folder}/test.db`;
  const database = await openTestDatabase({ path });
  const url = `sqlite:${path}`;
  return {
    url,
    database,
    async [Symbol.asyncDispose]() {
      await database.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function postgresPlace(): Promise<Place> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const options = { clock: new FakeClock(), log: new RecordingLog(), mayMigrate: true };
  const database = await openPostgres({ url, ...options });
  return {
    url,
    database,
    async [Symbol.asyncDispose]() {
      await database.close();
      await server.stop();
    },
  };
}

function start(
  url: string,
  { owner, action, aheadMs = 0 }: { owner: string; action: string; aheadMs?: number },
) {
  const file = "tests/integration/jobs_process.ts";
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", file, url, owner, action, String(aheadMs)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Runs to the end; the words that the process printed. */
async function wordsOf(child: Deno.ChildProcess): Promise<readonly string[]> {
  const { success, stdout } = await child.output();
  assert(success, "the process ended well");
  return new TextDecoder().decode(stdout).split("\n").filter((word) => word !== "");
}

async function firstWord(child: Deno.ChildProcess): Promise<string> {
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) return text.trim();
  return "";
}

/**
 * Signals the process once it has printed so many words, and waits for its end. It is listened to
 * until then: one that nobody listens to fails as it prints.
 */
async function signalAfter(
  child: Deno.ChildProcess,
  { words, signal }: { words: number; signal: Deno.Signal },
): Promise<void> {
  let seen = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const before = seen;
    seen += text.split("\n").length - 1;
    if (before < words && seen >= words) signalTo(child, signal);
  }
  await child.status;
}

function signalTo(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // It has come to its end before it was told to.
    if (!(error instanceof TypeError)) throw error;
  }
}

const kinds = [
  { name: "SQLite", ignore: false, place: sqlitePlace },
  { name: "PostgreSQL", ignore: findPostgres() === null, place: postgresPlace },
];

for (const { name, ignore, place } of kinds) {
  Deno.test({
    name: `SqlJobStore on ${name} gives each job to one of three processes`,
    ignore,
    async fn() {
      await using there = await place();
      const store = new SqlJobStore(there.database, new FakeClock());
      const keys = Array.from({ length: JOBS }, (_, at) => `count ${at}`);
      for (const key of keys) await store.enqueue({ ...JOB, key });
      const children = ["a", "b", "c"].map((owner) => start(there.url, { owner, action: "drain" }));
      const ran = (await Promise.all(children.map(wordsOf))).flat();
      assertEquals(ran.sort(), keys.sort());
      const done = await store.list({ state: "done", limit: JOBS + 1 });
      assertEquals(done.map(({ attempts }) => attempts), keys.map(() => 1));
    },
  });

  Deno.test({
    name: `Worker on ${name} ends with the same rows however often it is killed in between`,
    ignore,
    async fn() {
      await using there = await place();
      const store = new SqlJobStore(there.database, new FakeClock());
      const request = { name: "write_rows", key: "write_rows", maxAttempts: 20 };
      const { id } = await store.enqueue({ ...request, timeoutMs: MINUTE_MS });
      // Before the first row, behind the last, and at points that differ from run to run.
      const points = [1, ...[1, 2].map(() => 1 + Math.floor(Math.random() * 39)), 40];
      let killed = 0;
      for (const words of points) {
        // Each process lives a minute later, when the lease of the one before has run out.
        const aheadMs = killed * MINUTE_MS;
        const worker = start(there.url, { owner: `${killed}`, action: "work", aheadMs });
        await signalAfter(worker, { words, signal: "SIGKILL" });
        killed++;
        // It went on while it was being killed.
        if ((await store.find(id))?.state === "done") break;
      }
      assert(killed > 1, "a run was killed before it was through");
      const aheadMs = killed * MINUTE_MS;
      const again = (await store.find(id))?.state === "running";
      if (again) await wordsOf(start(there.url, { owner: "last", action: "work", aheadMs }));
      const done = await store.find(id);
      assertEquals([done?.state, done?.result], ["done", { rows: 40 }]);
      assertEquals(done?.attempts, again ? killed + 1 : killed);
      const rows = await there.database.read.selectFrom("candles")
        .select(["open_time", "close", "revision"]).orderBy("open_time").execute();
      const first = rows[0]?.revision;
      assertEquals(
        rows.map((row) => ({ ...row })),
        Array.from({ length: 40 }, (_, row) => ({
          open_time: row * MINUTE_MS,
          close: row + 1,
          revision: first,
        })),
      );
    },
  });

  Deno.test({
    name: `Worker on ${name} hands its job back when its process is told to stop`,
    ignore,
    async fn() {
      await using there = await place();
      const store = new SqlJobStore(there.database, new FakeClock());
      const request = { name: "write_rows", key: "write_rows", maxAttempts: 1 };
      const { id } = await store.enqueue({ ...request, timeoutMs: MINUTE_MS });
      const worker = start(there.url, { owner: "a", action: "work" });
      await signalAfter(worker, { words: 2, signal: "SIGTERM" });
      const handedBack = await store.find(id);
      const { state, attempts, error } = handedBack ?? {};
      assertEquals({ state, attempts, error }, { state: "queued", attempts: 0, error: null });
      await wordsOf(start(there.url, { owner: "b", action: "work" }));
      const done = await store.find(id);
      assertEquals([done?.state, done?.attempts, done?.result], ["done", 1, { rows: 40 }]);
    },
  });

  Deno.test({
    name: `SqlLeaseStore on ${name} gives a lease to one of four processes`,
    ignore,
    async fn() {
      await using there = await place();
      const children = ["a", "b", "c", "d"].map((owner) =>
        start(there.url, { owner, action: "lease" })
      );
      const said = (await Promise.all(children.map(wordsOf))).flat();
      assertEquals(said.sort(), ["held", "refused", "refused", "refused"]);
    },
  });

  Deno.test({
    name: `SqlJobStore on ${name} runs the job of a killed process once more`,
    ignore,
    async fn() {
      await using there = await place();
      const clock = new FakeClock();
      const store = new SqlJobStore(there.database, clock);
      const { id } = await store.enqueue(JOB);
      const hanging = start(there.url, { owner: "a", action: "hang" });
      assertEquals(await firstWord(hanging), JOB.key);
      hanging.kill("SIGKILL");
      await hanging.status;
      assertEquals(await store.reapExpired(), 0, "its lease is not over yet");
      assertEquals((await store.find(id))?.state, "running");
      clock.advance(LATER - clock.now());
      assertEquals(await store.reapExpired(), 1);
      const again = await store.claim([JOB.name], { owner: "b", leaseMs: MINUTE_MS });
      assertEquals([again?.id, again?.attempts], [id, 2]);
      assertEquals(await store.complete({ jobId: id, owner: "b", attempt: 2 }, JOB.key), true);
      assertEquals(await store.claim([JOB.name], { owner: "b", leaseMs: MINUTE_MS }), null);
      const done = await store.find(id);
      assertEquals([done?.state, done?.result], ["done", JOB.key]);
    },
  });
}

Deno.test({
  name: "JobSystem on PostgreSQL runs at once what another process enqueues, without looking",
  ignore: findPostgres() === null,
  async fn() {
    await using there = await postgresPlace();
    const { database } = there;
    assert(database.notices !== null);
    const log = new RecordingLog();
    await using waker = await openNotifyWaker(database.notices, log);
    const clock = new FakeClock();
    const ran = Promise.withResolvers<void>();
    const store = new SqlJobStore(database, clock);
    const system = new JobSystem({
      jobs: [
        defineJob({
          name: "count",
          payload: NO_PAYLOAD,
          timeoutMs: MINUTE_MS,
          maxAttempts: 1,
          concurrency: 1,
          run: () => Promise.resolve(ran.resolve()).then(() => null),
        }),
      ],
      store,
      leases: new SqlLeaseStore(database, clock),
      wakers: [waker],
      clock,
      // Its time stands still, so that nothing is found by looking.
      timer: new FakeTimer(clock),
      random: () => 0,
      log,
      metrics: noMetrics,
      owner: "parent",
    });
    system.start({ hasCron: false });
    await settle();
    await wordsOf(start(there.url, { owner: "child", action: "enqueue" }));
    await ran.promise;
    await system.stop();
  },
});
