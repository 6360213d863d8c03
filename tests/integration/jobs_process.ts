/**
 * One process of the tests in `jobs_processes_test.ts`: opens the database at its first argument
 * as the owner that the second names. As `drain` says, it works until nothing is due, and prints
 * the key of each job that it ran; as `hang` says, it claims one job and never ends it.
 */
import { Secret } from "@/services/kernel/secret.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { openDatabase, SqlJobStore } from "@/services/storage/mod.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

const [url = "", owner = "", action = ""] = Deno.args;
const clock = { now: () => utcMsOf(Date.now()) };

function say(word: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${word}\n`));
}

await using database = await openDatabase({
  url: new Secret(url),
  migrationUrl: null,
  dataDir: ".",
  clock,
  log: new RecordingLog(),
});
const store = new SqlJobStore(database, clock);
const claim = () => store.claim(["count"], { owner, leaseMs: 60_000 });

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
}
