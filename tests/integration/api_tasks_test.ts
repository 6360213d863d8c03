import { MINUTE_MS } from "@/services/kernel/time.ts";
import type { NewJob } from "@/services/ports/jobs.ts";
import { assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { openTestApi } from "./api_harness.ts";

const JOB: NewJob = {
  name: "count",
  key: "count 1",
  payload: { to: 3 },
  maxAttempts: 2,
  timeoutMs: MINUTE_MS,
};

Deno.test("GET /api/tasks/{id} tells how far a task is and what came of it", async () => {
  await using harness = await openTestApi();
  const { jobStore, clock } = harness;
  const { id } = await jobStore.enqueue(JOB);
  const path = `/api/tasks/${id}`;
  const read = async () => (await (await harness.get(path)).json()).data;
  assertEquals(await read(), {
    id,
    name: "count",
    key: "count 1",
    payload: { to: 3 },
    state: "queued",
    progress: null,
    attempts: 0,
    max_attempts: 2,
    is_cancel_requested: false,
    result: null,
    error: null,
    run_at: "2026-01-01T00:00:00Z",
    created_at: "2026-01-01T00:00:00Z",
    started_at: null,
    finished_at: null,
  });
  clock.advance(1_000);
  await jobStore.claim(["count"], { owner: "a", leaseMs: MINUTE_MS });
  const lease = { jobId: id, owner: "a", attempt: 1 };
  await jobStore.reportProgress(lease, { done: 1, total: 3, note: "one" });
  const running = await read();
  assertEquals([running.state, running.progress.done, running.attempts], ["running", 1, 1]);
  await jobStore.complete(lease, { counted: 3 });
  const done = await read();
  assertEquals([done.state, done.result, done.finished_at], [
    "done",
    { counted: 3 },
    "2026-01-01T00:00:01Z",
  ]);
});

Deno.test("GET /api/tasks/{id} is never answered from a cache", async () => {
  await using harness = await openTestApi();
  const { id } = await harness.jobStore.enqueue(JOB);
  const response = await harness.get(`/api/tasks/${id}`);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(response.headers.get("etag"), null);
  await harness.jobStore.cancel(id);
  assertEquals((await (await harness.get(`/api/tasks/${id}`)).json()).data.state, "cancelled");
});

const refusals = [
  { path: "/api/tasks/019b76da-a800-7000-8000-000000000000", status: 404 },
  { path: "/api/tasks/42", status: 422 },
  { path: "/api/tasks?state=lost", status: 422 },
  { path: "/api/tasks?limit=201", status: 422 },
  { path: "/api/tasks?cursor=x", status: 422 },
];
for (const { path, status } of refusals) {
  Deno.test(`GET ${path} is refused with ${status}`, async () => {
    await using harness = await openTestApi();
    const response = await harness.get(path);
    assertEquals(response.status, status);
    assertEquals((await response.json()).success, false);
  });
}

Deno.test("GET /api/tasks lists the newest first, page by page, of one state or of all", async () => {
  await using harness = await openTestApi();
  const ids = [];
  for (const key of ["1", "2", "3"]) {
    ids.unshift((await harness.jobStore.enqueue({ ...JOB, key })).id);
  }
  const first = await harness.get("/api/tasks?limit=2");
  const page = await first.json();
  assertEquals(page.data.map(({ id }: { id: string }) => id), ids.slice(0, 2));
  assertEquals(page.meta.next_cursor, ids[1]);
  assertMatch(first.headers.get("link") ?? "", /^<\/api\/tasks\?limit=2&cursor=.*>; rel="next"$/);
  const second = await (await harness.get(`/api/tasks?limit=2&cursor=${ids[1]}`)).json();
  assertEquals(second.data.map(({ id }: { id: string }) => id), ids.slice(2));
  assertEquals(second.meta.next_cursor, null);
  const dead = await (await harness.get("/api/tasks?state=dead")).json();
  assertEquals(dead.data, []);
});

Deno.test("JobsService cancels, retries and discards, and says why it can't", async () => {
  await using harness = await openTestApi();
  const { jobs, jobStore } = harness;
  const { id } = await jobStore.enqueue({ ...JOB, maxAttempts: 1 });
  await assertRejects(() => jobs.retry(id), { pattern: /^Cannot retry task .*: it is queued$/ });
  await jobStore.claim(["count"], { owner: "a", leaseMs: MINUTE_MS });
  await jobStore.fail({ jobId: id, owner: "a", attempt: 1 }, { error: "x", retryAt: null });
  await assertRejects(() => jobs.cancel(id), { pattern: /: it is dead$/ });
  const successor = await jobStore.enqueue(JOB);
  await assertRejects(() => jobs.retry(id), { pattern: /: another with its key is not over$/ });
  assertEquals((await jobs.cancel(successor.id)).state, "cancelled");
  assertEquals((await jobs.retry(id)).state, "queued");
  await assertRejects(() => jobs.discard(id), { pattern: /: it is queued$/ });
  await jobStore.claim(["count"], { owner: "a", leaseMs: MINUTE_MS });
  await jobStore.fail({ jobId: id, owner: "a", attempt: 1 }, { error: "x", retryAt: null });
  assertEquals((await jobs.discard(id)).id, id);
  await assertRejects(() => jobs.get(id), { pattern: /^There is no task / });
});

Deno.test("JobsService.getQueue() counts jobs and says how late the queue is", async () => {
  await using harness = await openTestApi();
  assertEquals(await harness.jobs.getQueue(), { counts: [], oldestDueSeconds: 0 });
  await harness.jobStore.enqueue(JOB);
  harness.clock.advance(2_500);
  assertEquals(await harness.jobs.getQueue(), {
    counts: [{ name: "count", state: "queued", count: 1 }],
    oldestDueSeconds: 2.5,
  });
});
