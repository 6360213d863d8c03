import { judgeFailure, type Verdict } from "@/jobs/failure.ts";
import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { assertEquals } from "@/tests/assert.ts";

const limited = (retry_after_s: unknown) =>
  new AppError("RATE_LIMITED", "No budget left", { details: { retry_after_s } });

const cases: readonly { what: string; error: unknown; expected: Verdict }[] = [
  { what: "any error", error: new Error("x"), expected: { next: "retry" } },
  { what: "a thrown text", error: "x", expected: { next: "retry" } },
  {
    what: "a provider's outage",
    error: new ProviderError("x", "failover_with_penalty", "x"),
    expected: { next: "retry" },
  },
  {
    what: "a provider that lets nobody through",
    error: new ProviderError("x", "next_provider", "x"),
    expected: { next: "postpone", waitMs: 5_000 },
  },
  {
    what: "what a provider will never give",
    error: new ProviderError("x", "never", "x"),
    expected: { next: "dead" },
  },
  {
    what: "a part that is not available",
    error: new AppError("UNAVAILABLE", "x"),
    expected: { next: "retry" },
  },
  {
    what: "a conflict",
    error: new AppError("CONFLICT", "x"),
    expected: { next: "retry" },
  },
  {
    what: "what is not there",
    error: new AppError("RESOURCE_NOT_FOUND", "x"),
    expected: { next: "dead" },
  },
  {
    what: "bad input",
    error: new AppError("VALIDATION_FAILED", "x"),
    expected: { next: "dead" },
  },
  { what: "a wait", error: limited(2.5), expected: { next: "postpone", waitMs: 2_500 } },
  { what: "no wait at all", error: limited(0), expected: { next: "postpone", waitMs: 1_000 } },
  {
    what: "a wait of a month",
    error: limited(30 * 86_400),
    expected: { next: "postpone", waitMs: 86_400_000 },
  },
  {
    what: "a wait that nobody measured",
    error: limited(undefined),
    expected: { next: "postpone", waitMs: 60_000 },
  },
];
for (const { what, error, expected } of cases) {
  Deno.test(`judgeFailure() of ${what}: ${expected.next}`, () => {
    assertEquals(judgeFailure(error), expected);
  });
}
