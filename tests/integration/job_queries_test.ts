import { type CompiledQuery, sql } from "kysely";
import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { type Database, SqlJobStore } from "@/services/storage/mod.ts";
import { dueJob } from "@/services/storage/sql/job_claim.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

const DONE_JOBS = 100_000;

/** Fills the table with jobs of a busy year, all of them over. */
async function addDoneJobs(database: Database): Promise<void> {
  await database.transaction(({ db }) =>
    sql`
      insert into jobs (
        id, name, key, payload, state, run_at, attempts, max_attempts, timeout_ms,
        cancel_requested, created_at, started_at, finished_at
      )
      with recursive counter (n) as (
        select 1 union all select n + 1 from counter where n < ${sql.lit(DONE_JOBS)}
      )
      select randomblob(16), 'count', 'count ' || n, 'null', 'done', n, 1, 3, 1000, 0, n, n, n
      from counter`.execute(db)
  );
}

async function planOf(database: Database, { sql: text, parameters }: CompiledQuery) {
  const plan = { ...sql``.compile(database.read), sql: `explain query plan ${text}`, parameters };
  const { rows } = await database.read.executeQuery<{ detail: string }>(plan);
  return rows.map(({ detail }) => detail);
}

Deno.test("a claim on SQLite reads its index alone, however many jobs are over", async () => {
  await using database = await openTestDatabase();
  await addDoneJobs(database);
  const query = { names: ["count", "other"], now: utcMsOf(1), dialect: "sqlite" as const };
  const plan = await planOf(database, dueJob(query).compile(database.read));
  assertEquals(plan, ["SEARCH jobs USING COVERING INDEX jobs_due (run_at<?)"]);
});

Deno.test("jobs are claimed, counted and reaped on SQLite beside 100,000 that are over", async () => {
  await using database = await openTestDatabase();
  await addDoneJobs(database);
  const store = new SqlJobStore(database, new FakeClock());
  for (let at = 0; at < 50; at++) {
    const name = at % 2 === 0 ? "count" : "other";
    await store.enqueue({ name, key: `${name} ${at}`, maxAttempts: 3, timeoutMs: MINUTE_MS });
  }
  const options = { owner: "a", leaseMs: MINUTE_MS, caps: { count: 1 } };
  for (let turn = 0; turn < 26; turn++) {
    assert(await store.claim(["count", "other"], options) !== null, `claim ${turn}`);
  }
  assertEquals(await store.claim(["count", "other"], options), null);
  assertEquals(await store.reapExpired(), 0);
  assertEquals((await store.count()).counts, [
    { name: "count", state: "queued", count: 24 },
    { name: "count", state: "running", count: 1 },
    { name: "other", state: "running", count: 25 },
  ]);
});
