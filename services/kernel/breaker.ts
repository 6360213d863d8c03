import { MINUTE_MS, SECOND_MS, type UtcMs, utcMsOf } from "./time.ts";

/** Outcomes that are looked back at, and how old they may be. */
const RECENT_CALLS = 20;
const RECENT_MS = 5 * MINUTE_MS;
/** With fewer calls than this nothing can be said. */
const MIN_CALLS = 5;
/** Opens when at least this part of the recent calls failed. */
const FAILURE_RATE = 0.5;
/** The first time open; each further one in a row is twice as long. */
export const FIRST_OPEN_MS = 5 * SECOND_MS;
/** The longest time open, so that a source that is well again is noticed soon. */
export const LONGEST_OPEN_MS = 2 * MINUTE_MS;
/** Probes in a row that must succeed before it closes. */
const PROBES_TO_CLOSE = 2;
/** A probe that nobody heard of for so long no longer holds the place of the next. */
const PROBE_LOST_MS = MINUTE_MS;
/** Closed for so long, it starts anew with the shortest time open. */
const FORGIVEN_MS = 5 * MINUTE_MS;

/** `released`: the call ended without saying anything of the source, such as by our own abort. */
export type CallOutcome = "success" | "failure" | "released";

interface Call {
  readonly at: UtcMs;
  readonly isFailure: boolean;
}

/**
 * A circuit breaker. `closed` lets calls through and watches them; `open` lets none through until
 * `retryAt`; then `half_open` lets one at a time through, as a probe.
 */
export interface Breaker {
  readonly state: "closed" | "open" | "half_open";
  readonly since: UtcMs;
  /** When the next probe may go out, while it is open by itself. */
  readonly retryAt: UtcMs | null;
  /** An operator holds it open: it takes an operator to close it. */
  readonly isForced: boolean;
  /** Latest outcomes while closed, oldest first. */
  readonly recent: readonly Call[];
  /** Times it opened in a row. */
  readonly openings: number;
  readonly probesPassed: number;
  /** When the probe went out that has not come back. */
  readonly probeSince: UtcMs | null;
}

/** A breaker that has seen nothing yet. */
export function closedBreaker(now: UtcMs): Breaker {
  return {
    state: "closed",
    since: now,
    retryAt: null,
    isForced: false,
    recent: [],
    openings: 0,
    probesPassed: 0,
    probeSince: null,
  };
}

/** A breaker that an operator holds open. */
export function forcedOpenBreaker(now: UtcMs): Breaker {
  return { ...closedBreaker(now), state: "open", isForced: true };
}

/** Whether a call may go out now; `admit` says the same and takes the place. */
export function mayCall(breaker: Breaker, now: UtcMs): boolean {
  switch (breaker.state) {
    case "closed":
      return true;
    case "open":
      return breaker.retryAt !== null && now >= breaker.retryAt;
    case "half_open":
      return breaker.probeSince === null || now - breaker.probeSince >= PROBE_LOST_MS;
  }
}

/** The breaker with a call on its way, or `null` where none may go out. */
export function admit(breaker: Breaker, now: UtcMs): Breaker | null {
  if (!mayCall(breaker, now)) return null;
  if (breaker.state === "closed") return breaker;
  const since = breaker.state === "half_open" ? breaker.since : now;
  return { ...breaker, state: "half_open", since, retryAt: null, probeSince: now };
}

/** The breaker after an admitted call came back. */
export function recordOutcome(
  breaker: Breaker,
  { outcome, now }: { readonly outcome: CallOutcome; readonly now: UtcMs },
): Breaker {
  switch (breaker.state) {
    case "closed":
      return outcome === "released" ? breaker : watch(breaker, outcome === "failure", now);
    case "open":
      // A call from before it opened.
      return breaker;
    case "half_open":
      return judgeProbe(breaker, { outcome, now });
  }
}

function watch(breaker: Breaker, isFailure: boolean, now: UtcMs): Breaker {
  const young = breaker.recent.filter(({ at }) => now - at < RECENT_MS);
  const recent = [...young, { at: now, isFailure }].slice(-RECENT_CALLS);
  const failures = recent.filter((call) => call.isFailure).length;
  const isFailing = isFailure && recent.length >= MIN_CALLS &&
    failures >= recent.length * FAILURE_RATE;
  if (!isFailing) return { ...breaker, recent };
  const isForgiven = now - breaker.since >= FORGIVEN_MS;
  return opened({ ...breaker, openings: isForgiven ? 0 : breaker.openings }, now);
}

function judgeProbe(
  breaker: Breaker,
  { outcome, now }: { outcome: CallOutcome; now: UtcMs },
): Breaker {
  if (outcome === "released") return { ...breaker, probeSince: null };
  if (outcome === "failure") return opened(breaker, now);
  const probesPassed = breaker.probesPassed + 1;
  if (probesPassed < PROBES_TO_CLOSE) return { ...breaker, probesPassed, probeSince: null };
  return { ...closedBreaker(now), openings: breaker.openings };
}

function opened({ openings }: Breaker, now: UtcMs): Breaker {
  const openMs = Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** openings);
  return {
    ...closedBreaker(now),
    state: "open",
    retryAt: utcMsOf(now + openMs),
    openings: openings + 1,
  };
}
