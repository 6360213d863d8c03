import { AppError, type ErrorCode, ProviderError } from "../services/kernel/errors.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../services/kernel/time.ts";

/** What follows from a failed run: another try, none, or one after a wait that somebody asked for. */
export type Verdict =
  | { readonly next: "retry" }
  | { readonly next: "dead" }
  | { readonly next: "postpone"; readonly waitMs: number };

/** What another try may find otherwise; any other refusal would only be repeated. */
const PASSING: readonly ErrorCode[] = ["UNAVAILABLE", "CONFLICT"];

const DEFAULT_WAIT_MS = MINUTE_MS;
/** A provider that is shut, by its breaker or until an operator thaws it, is asked again after. */
const SHUT_WAIT_MS = 5 * SECOND_MS;
const MIN_WAIT_MS = SECOND_MS;
const MAX_WAIT_MS = DAY_MS;

/**
 * Judges what a run threw. Out of budget (`RATE_LIMITED`) is no failure: the job waits as long as
 * `retry_after_s` says, and the run does not count. Nor is a provider that lets nobody through:
 * its jobs outlive that, however long it takes. What the provider will never give, and what we
 * refuse ourselves, is not tried again.
 */
export function judgeFailure(error: unknown): Verdict {
  if (error instanceof ProviderError) {
    if (error.retryClass === "never") return { next: "dead" };
    if (error.retryClass === "next_provider") return { next: "postpone", waitMs: SHUT_WAIT_MS };
  }
  if (!(error instanceof AppError) || PASSING.includes(error.code)) return { next: "retry" };
  if (error.code !== "RATE_LIMITED") return { next: "dead" };
  return { next: "postpone", waitMs: waitMsOf(error.details?.retry_after_s) };
}

function waitMsOf(seconds: unknown): number {
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) return DEFAULT_WAIT_MS;
  return Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, Math.ceil(seconds * SECOND_MS)));
}
