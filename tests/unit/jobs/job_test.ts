import { defineJob, type JobDefinition, NO_PAYLOAD } from "@/jobs/job.ts";
import { AppError } from "@/services/kernel/errors.ts";
import type { JsonValue } from "@/services/ports/jobs.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { z } from "zod";

const HEAL = {
  name: "heal_candles",
  payload: z.object({ asset_id: z.string() }),
  key: ({ asset_id }: { asset_id: string }) => asset_id,
  timeoutMs: 1_000,
  maxAttempts: 3,
  concurrency: 1,
  run: ({ payload }: { payload: { asset_id: string } }) => Promise.resolve(payload.asset_id),
};
const TICK: JobDefinition<null> = {
  name: "tick",
  payload: NO_PAYLOAD,
  timeoutMs: 1_000,
  maxAttempts: 1,
  concurrency: 1,
  run: () => Promise.resolve(null),
};

function contextOf(payload: JsonValue) {
  const { signal } = new AbortController();
  return { payload, signal, attempt: 1, log: new RecordingLog(), reportProgress: () => {} };
}

Deno.test("Job.request() carries the limits, and the name with the key of the payload", () => {
  const payload = { asset_id: "bitcoin" };
  assertEquals(defineJob(HEAL).request(payload), {
    name: "heal_candles",
    key: "heal_candles bitcoin",
    payload,
    maxAttempts: 3,
    timeoutMs: 1_000,
  });
  assertEquals(defineJob(TICK).request(null).key, "tick");
});

Deno.test("Job.run() reads the payload before it runs", async () => {
  assertEquals(await defineJob(HEAL).run(contextOf({ asset_id: "bitcoin" })), "bitcoin");
  assertThrows(() => defineJob(HEAL).run(contextOf({ asset: "bitcoin" })), { type: AppError });
});

const refused: readonly { why: string; change: Partial<JobDefinition<null>> }[] = [
  { why: "a name that is not in snake_case", change: { name: "healCandles" } },
  { why: "no time", change: { timeoutMs: 0 } },
  { why: "no attempt", change: { maxAttempts: 0 } },
  { why: "half a run at once", change: { concurrency: 0.5 } },
  { why: "a schedule below a second", change: { schedule: { everyMs: 999 } } },
  { why: "a schedule above a day", change: { schedule: { everyMs: 86_400_001 } } },
  { why: "a broken cron expression", change: { schedule: { cron: "61 * * * *" } } },
];
for (const { why, change } of refused) {
  Deno.test(`defineJob() refuses ${why}`, () => {
    assertThrows(() => defineJob({ ...TICK, ...change }), { type: RangeError });
  });
}

Deno.test("defineJob() refuses a schedule for a job that must be told something", () => {
  const scheduled = { ...HEAL, schedule: { everyMs: 60_000 } };
  assertThrows(() => defineJob(scheduled), { type: RangeError });
});
