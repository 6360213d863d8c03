import fc from "fast-check";
import {
  admit,
  type Breaker,
  type CallOutcome,
  closedBreaker,
  FIRST_OPEN_MS,
  forcedOpenBreaker,
  LONGEST_OPEN_MS,
  mayCall,
  recordOutcome,
} from "@/services/kernel/breaker.ts";
import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const START = 1_000_000;

/** The breaker after calls at one instant; each must be let through. */
function after(breaker: Breaker, outcomes: readonly CallOutcome[], at = START): Breaker {
  const now = utcMsOf(at);
  return outcomes.reduce((before, outcome) => {
    const admitted = admit(before, now);
    assert(admitted, `the breaker is ${before.state}`);
    return recordOutcome(admitted, { outcome, now });
  }, breaker);
}

const FRESH = closedBreaker(utcMsOf(START));
const S = "success";
const F = "failure";

const cases: { name: string; outcomes: CallOutcome[]; state: Breaker["state"] }[] = [
  {
    name: "stays closed for fewer calls than say something",
    outcomes: [F, F, F, F],
    state: "closed",
  },
  { name: "opens when five calls failed", outcomes: [F, F, F, F, F], state: "open" },
  { name: "opens when half of the calls failed", outcomes: [S, S, S, F, F, F], state: "open" },
  { name: "stays closed below half", outcomes: [S, S, S, S, F, F, F], state: "closed" },
  { name: "does not open by a success", outcomes: [F, F, F, F, S], state: "closed" },
  {
    name: "does not count a call that said nothing",
    outcomes: [F, F, F, F, "released"],
    state: "closed",
  },
];
for (const { name, outcomes, state } of cases) {
  Deno.test(`Breaker ${name}`, () => assertEquals(after(FRESH, outcomes).state, state));
}

Deno.test("Breaker forgets failures of more than five minutes ago", () => {
  const before = after(FRESH, [F, F, F, F]);
  assertEquals(after(before, [F], START + 5 * MINUTE_MS).state, "closed");
  assertEquals(after(before, [F], START + 5 * MINUTE_MS - 1).state, "open");
});

Deno.test("Breaker lets nothing through while open, then one probe at a time", () => {
  const open = after(FRESH, [F, F, F, F, F]);
  assertEquals(open.retryAt, utcMsOf(START + FIRST_OPEN_MS));
  assert(!mayCall(open, utcMsOf(START + FIRST_OPEN_MS - 1)));
  const now = utcMsOf(START + FIRST_OPEN_MS);
  const probing = admit(open, now);
  assert(probing);
  assertEquals(probing.state, "half_open");
  assertEquals(admit(probing, now), null);
  const once = recordOutcome(probing, { outcome: S, now });
  assertEquals(once.state, "half_open");
  assertEquals(after(once, [S], now).state, "closed");
});

Deno.test("Breaker gives the place of a probe that said nothing, or got lost, to the next", () => {
  const now = utcMsOf(START + FIRST_OPEN_MS);
  const probing = admit(after(FRESH, [F, F, F, F, F]), now);
  assert(probing);
  assert(mayCall(recordOutcome(probing, { outcome: "released", now }), now));
  assert(!mayCall(probing, utcMsOf(now + MINUTE_MS - 1)));
  assert(mayCall(probing, utcMsOf(now + MINUTE_MS)));
});

Deno.test("Breaker opens for longer each time that a probe fails, up to its limit", () => {
  let breaker = after(FRESH, [F, F, F, F, F]);
  const openMs: number[] = [];
  for (let probe = 0; probe < 8; probe++) {
    openMs.push((breaker.retryAt ?? 0) - breaker.since);
    breaker = after(breaker, [F], breaker.retryAt ?? 0);
  }
  assertEquals(openMs, [5, 10, 20, 40, 80, 120, 120, 120].map((seconds) => seconds * 1_000));
});

Deno.test("Breaker that opens again soon after it closed stays open longer; later it is forgiven", () => {
  const open = after(FRESH, [F, F, F, F, F]);
  const closedAt = open.retryAt ?? 0;
  const closed = after(open, [S, S], closedAt);
  const openMs = (at: number) => (after(closed, [F, F, F, F, F], at).retryAt ?? 0) - at;
  assertEquals(openMs(closedAt + MINUTE_MS), 2 * FIRST_OPEN_MS);
  assertEquals(openMs(closedAt + 5 * MINUTE_MS), FIRST_OPEN_MS);
});

Deno.test("Breaker that an operator holds open never probes by itself", () => {
  const forced = forcedOpenBreaker(utcMsOf(START));
  assertEquals(admit(forced, utcMsOf(START + 1_000 * MINUTE_MS)), null);
  const late = recordOutcome(forced, { outcome: S, now: utcMsOf(START) });
  assertEquals(late, forced);
});

Deno.test("Breaker closes within five minutes of the source's recovery, however long that took", () => {
  const outage = fc.integer({ min: 1, max: 6 * 3_600_000 });
  fc.assert(fc.property(outage, (outageMs) => {
    const recoveredAt = START + outageMs;
    let breaker = after(FRESH, [F, F, F, F, F]);
    while (breaker.state !== "closed") {
      const at = breaker.retryAt ?? breaker.since;
      breaker = after(breaker, [at >= recoveredAt ? S : F], at);
    }
    assert(breaker.since - recoveredAt <= LONGEST_OPEN_MS);
    assert(LONGEST_OPEN_MS <= 5 * MINUTE_MS);
  }));
});
