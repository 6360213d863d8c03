import { pruneRawAnswers } from "@/jobs/prune_raw_answers.ts";
import { POLL_MS } from "@/jobs/worker.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { HOUR_MS, MINUTE_MS } from "@/services/kernel/time.ts";
import type { JsonValue } from "@/services/ports/jobs.ts";
import type { RawAnswerStore } from "@/services/ports/provider_records.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { jobContext } from "./job_context.ts";
import { JobKit } from "./job_kit.ts";

const NOW = Date.UTC(2026, 0, 31, 8);
type Limits = Parameters<RawAnswerStore["prune"]>[0];

/** A store that has these many answers to delete, once. */
function kit(answers = 0) {
  const asked: Limits[] = [];
  let left = answers;
  const raw = {
    prune(limits: Limits) {
      asked.push(limits);
      const deleted = left;
      left = 0;
      return Promise.resolve(deleted);
    },
  };
  return { asked, raw, job: pruneRawAnswers({ raw, clock: new FakeClock(NOW) }) };
}

Deno.test("prune_raw_answers keeps a week of answers, and half a gibibyte of them", async () => {
  const { job, asked } = kit(12);
  assertEquals(await job.run(jobContext(null)), { deleted: 12 });
  assertEquals(asked.map(({ before, maxBytes }) => [Number(before), maxBytes]), [
    [Date.UTC(2026, 0, 24, 8), 536_870_912],
  ]);
});

Deno.test("prune_raw_answers has nothing to delete the second time", async () => {
  const { job } = kit(12);
  await job.run(jobContext(null));
  assertEquals(await job.run(jobContext(null)), { deleted: 0 });
});

Deno.test("prune_raw_answers runs in the fortieth minute of each hour", async () => {
  const { job, asked } = kit();
  await using jobs = await JobKit.open({ jobs: [job] });
  jobs.start();
  await jobs.timer.advance(POLL_MS);
  // A first start makes up for the slot before it.
  const before = asked.length;
  await jobs.timer.advance(40 * MINUTE_MS - 2 * POLL_MS);
  assertEquals(asked.length, before);
  await jobs.timer.advance(2 * POLL_MS);
  assertEquals(asked.length, before + 1);
  await jobs.timer.advance(HOUR_MS);
  assertEquals(asked.length, before + 2);
});

Deno.test("prune_raw_answers tries again when the store is away", async () => {
  const { job, raw } = kit(3);
  const { prune } = raw;
  raw.prune = () => {
    raw.prune = prune;
    return Promise.reject(new Error("database away"));
  };
  await using jobs = await JobKit.open({ jobs: [job] });
  const record = await jobs.system.enqueue(job.request(null));
  jobs.start();
  const failed = await jobs.read(record);
  assertEquals([failed.state, failed.error], ["failed", "database away"]);
  await jobs.timer.advance(2 * POLL_MS);
  const done = await jobs.read(record);
  assertEquals([done.state, done.result], ["done", { deleted: 3 }]);
});

const badPayloads: readonly JsonValue[] = [{}, [], "all", 7];
for (const payload of badPayloads) {
  Deno.test(`prune_raw_answers refuses the payload ${JSON.stringify(payload)}`, async () => {
    const { job, asked } = kit();
    const error = await assertRejects(() => job.run(jobContext(payload)), {
      type: AppError,
      pattern: /^Cannot read the payload of prune_raw_answers: /,
    });
    assertEquals([error.code, asked.length], ["VALIDATION_FAILED", 0]);
  });
}
