import { isOver, parseTask } from "@/components/api/task.ts";
import { ClientError } from "@/components/api/client.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";

const ROW = { id: "1", state: "running", progress: null, error: null };

Deno.test("parseTask() reads how far a task is", () => {
  const progress = { done: 3, total: 60, note: "runs" };
  assertEquals(parseTask({ ...ROW, progress }), {
    ...{ id: "1", state: "running", done: 3, total: 60, error: null },
  });
});

Deno.test("parseTask() knows no total before the task tells one", () => {
  assertEquals(parseTask(ROW).total, null);
  assertEquals(parseTask({ ...ROW, progress: { done: 0, total: 0 } }).total, null);
});

Deno.test("parseTask() refuses what is no task", () => {
  for (const value of [null, {}, { id: 1, state: "done" }, "task"]) {
    assertThrows(() => parseTask(value), { type: ClientError });
  }
});

const STATES = { queued: false, running: false, failed: false, done: true, dead: true };
for (const [state, expected] of Object.entries({ ...STATES, cancelled: true })) {
  Deno.test(`isOver() of a task that is ${state} is ${expected}`, () => {
    assertEquals(isOver(parseTask({ ...ROW, state })), expected);
  });
}
