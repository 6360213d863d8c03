/**
 * One process of the tests in `jobs_processes_test.ts`: opens the database at its first argument
 * as the owner that the second names, and does what the third says:
 * - `drain` works until nothing is due, and prints the key of each job that it ran;
 * - `hang` claims one job and never ends it;
 * - `work` runs jobs as the product does, with a clock that is ahead by its fourth argument, prints
 *   each row that a job writes, and stops at the end of the job or when it is told to;
 * - `enqueue` asks for a job `count`, and wakes whoever works;
 * - `lease` prints whether it gets the lease that all of them want.
 */
import { dirname } from "node:path";
import { defineJob, NO_PAYLOAD } from "@/jobs/job.ts";
import { JobSystem } from "@/jobs/job_system.ts";
import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { Secret } from "@/services/kernel/secret.ts";
import type { AssetId } from "@/services/market/assets.ts";
import { noMetrics } from "@/tests/fakes/no_metrics.ts";
import { systemRandom } from "@/services/platform/random.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { openNotifyWaker } from "@/services/platform/wakers/notify.ts";
import {
  openDatabase,
  SqlCandleStore,
  SqlJobStore,
  SqlLeaseStore,
} from "@/services/storage/mod.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

const [url = "", owner = "", action = "", aheadMs = "0"] = Deno.args;
const clock = { now: () => utcMsOf(Date.now() + Number(aheadMs)) };
const LEASE = { owner, leaseMs: MINUTE_MS };
const ROWS = 40;
const PACE_MS = 10;

function say(word: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${word}\n`));
}

await using database = await openDatabase({
  url: new Secret(url),
  migrationUrl: null,
  // Backups before a migration lie there: beside an embedded database, which goes with its folder.
  dataDir: dirname(url.replace(/^sqlite:/, "")),
  clock,
  log: new RecordingLog(),
});
const store = new SqlJobStore(database, clock);
const claim = () => store.claim(["count"], LEASE);

if (action === "hang") {
  const job = await claim();
  if (job) say(job.key);
  await new Promise(() => setTimeout(() => {}, 60_000));
} else if (action === "drain") {
  while ((await store.list({ state: "queued", limit: 1 })).length > 0) {
    const job = await claim();
    if (!job) continue;
    say(job.key);
    await store.complete({ jobId: job.id, owner, attempt: job.attempts }, job.key);
  }
} else if (action === "work") {
  await work();
} else if (action === "enqueue" && database.notices) {
  await using waker = await openNotifyWaker(database.notices, new RecordingLog());
  const job = { name: "count", key: owner, maxAttempts: 1, timeoutMs: MINUTE_MS };
  // Due by whatever clock the worker has.
  waker.wake((await store.enqueue({ ...job, runAt: utcMsOf(0) })).id);
} else if (action === "lease") {
  const leases = new SqlLeaseStore(database, clock);
  say(await leases.acquire("feed", LEASE) ? "held" : "refused");
}

/** Writes rows one by one, each as if it were the first try. */
async function writeRows({ signal }: { signal: AbortSignal }): Promise<{ rows: number }> {
  const candles = new SqlCandleStore(database, clock);
  const key = { assetId: "bitcoin" as AssetId, interval: "1m", source: "file" } as const;
  for (let row = 0; row < ROWS; row++) {
    signal.throwIfAborted();
    await candles.upsertCandles(key, columnsOf([{ openTime: row * MINUTE_MS, close: row + 1 }]));
    say(`row ${row}`);
    // Leaves time to be killed in.
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  return { rows: ROWS };
}

async function work(): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const job = defineJob({
    name: "write_rows",
    payload: NO_PAYLOAD,
    timeoutMs: MINUTE_MS,
    maxAttempts: 20,
    concurrency: 1,
    run: writeRows,
  });
  const system = new JobSystem({
    jobs: [job],
    store,
    leases: new SqlLeaseStore(database, clock),
    wakers: [],
    clock,
    timer: systemTimer,
    random: systemRandom,
    log: new RecordingLog(),
    // A run is counted after the table knows what came of it.
    metrics: { ...noMetrics, counter: () => ({ add: () => ended.resolve() }) },
    owner,
  });
  system.start({ hasCron: false });
  Deno.addSignalListener("SIGTERM", ended.resolve);
  // The product's timers do not keep a process alive; its server does.
  const alive = setInterval(() => {}, MINUTE_MS);
  await ended.promise;
  clearInterval(alive);
  Deno.removeSignalListener("SIGTERM", ended.resolve);
  await system.stop();
}
