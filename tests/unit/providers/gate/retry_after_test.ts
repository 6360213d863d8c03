import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { readRetryAfter } from "@/services/providers/gate/retry_after.ts";
import { assertEquals } from "@/tests/assert.ts";

const NOW = utcMsOf(Date.UTC(2026, 10, 21, 10, 0, 0));

const cases: { header: string | null; waitMs: number | null }[] = [
  { header: "7", waitMs: 7_000 },
  { header: " 0 ", waitMs: 0 },
  { header: "1.5", waitMs: 1_500 },
  { header: "Sat, 21 Nov 2026 10:02:00 GMT", waitMs: 120_000 },
  { header: "Sat, 21 Nov 2026 09:00:00 GMT", waitMs: 0 },
  { header: "9999999999", waitMs: DAY_MS },
  { header: null, waitMs: null },
  { header: "", waitMs: null },
  { header: "-5", waitMs: null },
  { header: "soon", waitMs: null },
  { header: "2026", waitMs: 2_026_000 },
];
for (const { header, waitMs } of cases) {
  Deno.test(`readRetryAfter() reads ${JSON.stringify(header)} as ${waitMs} ms`, () => {
    assertEquals(readRetryAfter(header, NOW), waitMs === null ? null : utcMsOf(NOW + waitMs));
  });
}
