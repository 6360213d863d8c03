import { measureHonesty } from "@/jobs/measure_honesty.ts";
import type { JsonValue } from "@/services/ports/jobs.ts";
import { assertEquals } from "@/tests/assert.ts";
import { jobContext } from "./job_context.ts";

Deno.test("measureHonesty() says how far it is and how many days it was, and can be stopped", async () => {
  const ended = new AbortController();
  const context = jobContext(null, { signal: ended.signal });
  const job = measureHonesty({
    scores: {
      measureHonesty({ signal, onProgress } = {}) {
        assertEquals(signal, ended.signal);
        onProgress?.(64, 90);
        return Promise.resolve(90);
      },
    },
  });
  assertEquals<JsonValue>(await job.run(context), { measured: 90 });
  assertEquals(context.progress, [{ done: 64, total: 90, note: "days" }]);
});
