import { recalculateRequest, recalculateScores } from "@/jobs/recalculate_scores.ts";
import type { JsonValue } from "@/services/ports/jobs.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import type {
  Recalculation,
  RecalculationQuery,
  ScoreNews,
  ScoreService,
} from "@/services/scores/mod.ts";
import { SCORE_TOPIC } from "@/services/scores/mod.ts";
import { scoreRun } from "@/services/scores/score_run.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { sampleDay, sampleMethod, samplePanel } from "@/tests/unit/scores/panel_sample.ts";
import { jobContext } from "./job_context.ts";

const PANEL = samplePanel({ assets: 3, days: 260 });
const runOf = (index: number) => scoreRun(PANEL, { method: sampleMethod(), day: sampleDay(index) });

/** The job over a service that has these results, with what it asked and what the bus heard. */
function kit(results: readonly Recalculation[]) {
  const asked: RecalculationQuery[] = [];
  const heard: (readonly ScoreNews[])[] = [];
  const scores: Pick<ScoreService, "recalculate"> = {
    recalculate(query, { onProgress } = {}) {
      asked.push(query);
      onProgress?.(results.length, results.length);
      return Promise.resolve(results);
    },
  };
  const bus = new MemoryBus(new RecordingLog());
  bus.subscribe(SCORE_TOPIC, (payload) => heard.push(JSON.parse(payload)));
  return { job: recalculateScores({ scores, bus }), asked, heard };
}

Deno.test("recalculateScores() tells of the newest run alone, and of what came of all", async () => {
  const [older, newer] = [runOf(258), runOf(259)];
  const { job, asked, heard } = kit([
    { isChanged: true, run: older },
    { isChanged: true, run: newer },
  ]);
  const context = jobContext(null);
  const result = await job.run(context);
  assertEquals(asked, [{ method: undefined, asof: undefined, days: undefined }]);
  assertEquals(context.progress, [{ done: 2, total: 2, note: "runs" }]);
  const newest = { method: "v1", day: newer.day, lineage: { ...newer.lineage } };
  assertEquals<JsonValue>(result, { runs: 2, changed: 2, newest: [newest] });
  assertEquals(heard.map(([first]) => [first?.assetId, first?.day, first?.score]), [
    ["asset-001", newer.day, newer.cards[0]?.score],
  ]);
});

Deno.test("recalculateScores() says nothing of scores that are the same, nor of past days", async () => {
  const same = kit([{ isChanged: false, run: runOf(259) }]);
  assertEquals((await same.job.run(jobContext(null)) as { changed: number }).changed, 0);
  const past = kit([{ isChanged: true, run: runOf(250) }]);
  await past.job.run(jobContext({ method: "v1", asof: sampleDay(251), days: 9, inputs: "a" }));
  assertEquals(past.asked, [{ method: "v1", asof: sampleDay(251), days: 9 }]);
  assertEquals([same.heard, past.heard], [[], []]);
});

Deno.test("recalculateScores() refuses a payload that is none of its own", async () => {
  await assertRejects(() => kit([]).job.run(jobContext({ method: 7 })));
});

Deno.test("recalculateRequest() is the row that the job itself would make, one of each inputs", () => {
  const { job } = kit([]);
  const payload = { method: "v1", asof: null, days: 1, inputs: "abc" };
  assertEquals(recalculateRequest(payload), job.request(payload));
  const keys = [payload, { ...payload }, { ...payload, inputs: "def" }, null]
    .map((one) => recalculateRequest(one).key);
  assertEquals(new Set(keys).size, 3);
  const runAt = utcMsOf(5);
  assertEquals(recalculateRequest(null, { runAt }), { ...job.request(null), runAt });
});
