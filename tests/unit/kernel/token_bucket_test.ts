import fc from "fast-check";
import { DAY_MS, HOUR_MS, MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { fullBucket, refill, takeTokens, windowBucket } from "@/services/kernel/token_bucket.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

const NOW = utcMsOf(1_000_000);

Deno.test("windowBucket() lets the burst through at once and the rest run in evenly", () => {
  assertEquals(windowBucket({ limit: 30, windowMs: MINUTE_MS, burst: 8 }), {
    capacity: 8,
    refillPerMs: 23 / 60_000,
  });
});

Deno.test("windowBucket() spaces one call a second by a second", () => {
  assertEquals(windowBucket({ limit: 1, windowMs: 1_000, burst: 1 }).refillPerMs, 1 / 1_000);
});

for (const burst of [0, 0.5, 6, NaN]) {
  Deno.test(`windowBucket() refuses bursts of ${burst} of a limit of 5`, () => {
    assertThrows(() => windowBucket({ limit: 5, windowMs: 1_000, burst }), { type: RangeError });
  });
}

const BUCKET = { capacity: 10, refillPerMs: 0.01 };

const takes: { name: string; tokens: number; laterMs: number; cost: number; expected: object }[] = [
  {
    name: "takes what is there",
    tokens: 3,
    laterMs: 0,
    cost: 3,
    expected: { isGranted: true, state: { tokens: 0, at: NOW }, retryAt: NOW },
  },
  {
    name: "says when the rest will have run in, and takes nothing",
    tokens: 1,
    laterMs: 0,
    cost: 3,
    expected: { isGranted: false, state: { tokens: 1, at: NOW }, retryAt: NOW + 200 },
  },
  {
    name: "counts what ran in meanwhile, up to the capacity",
    tokens: 0,
    laterMs: 5_000,
    cost: 4,
    expected: { isGranted: true, state: { tokens: 6, at: NOW + 5_000 }, retryAt: NOW + 5_000 },
  },
  {
    name: "gains nothing from a clock that stepped back",
    tokens: 2,
    laterMs: -5_000,
    cost: 3,
    expected: { isGranted: false, state: { tokens: 2, at: NOW }, retryAt: NOW + 100 },
  },
];
for (const { name, tokens, laterMs, cost, expected } of takes) {
  Deno.test(`takeTokens() ${name}`, () => {
    const state = { tokens, at: NOW };
    const take = takeTokens(BUCKET, { state, cost, now: utcMsOf(NOW + laterMs) });
    assertEquals<unknown>(take, expected);
  });
}

Deno.test("takeTokens() refuses a cost that would never be there", () => {
  const state = fullBucket(BUCKET, NOW);
  assertThrows(() => takeTokens(BUCKET, { state, cost: 11, now: NOW }), { type: RangeError });
});

const limits = fc.integer({ min: 1, max: 60 }).chain((limit) =>
  fc.record({
    limit: fc.constant(limit),
    burst: fc.integer({ min: 1, max: limit }),
    windowMs: fc.constantFrom(1_000, 60_000),
  })
);

Deno.test("takeTokens() never lets more than the limit through in any window", () => {
  const asks = fc.array(
    fc.record({ afterMs: fc.nat({ max: 5_000 }), cost: fc.integer({ min: 1, max: 5 }) }),
    { maxLength: 300 },
  );
  fc.assert(fc.property(limits, asks, ({ limit, burst, windowMs }, calls) => {
    const bucket = windowBucket({ limit, windowMs, burst });
    let state = fullBucket(bucket, NOW);
    let now: number = NOW;
    const granted: { at: number; cost: number }[] = [];
    for (const { afterMs, cost } of calls) {
      now += afterMs % Math.max(2, Math.floor(windowMs / limit));
      const take = takeTokens(bucket, { state, cost: Math.min(cost, burst), now: utcMsOf(now) });
      state = take.state;
      if (take.isGranted) granted.push({ at: now, cost: Math.min(cost, burst) });
    }
    for (const { at: from } of granted) {
      const inside = granted.filter(({ at }) => at >= from && at < from + windowMs);
      assert(inside.reduce((sum, { cost }) => sum + cost, 0) <= limit);
    }
  }));
});

Deno.test("takeTokens() grants at the time that it named", () => {
  fc.assert(fc.property(limits, fc.nat({ max: 100 }), ({ limit, burst, windowMs }, spent) => {
    const bucket = windowBucket({ limit, windowMs, burst });
    const state = { tokens: burst - spent, at: NOW };
    const cost = burst;
    const { isGranted, retryAt } = takeTokens(bucket, { state, cost, now: NOW });
    if (!isGranted) {
      const isJust = (now: number) =>
        takeTokens(bucket, { state, cost, now: utcMsOf(now) }).isGranted;
      // Rounding may leave the last digit of a token missing for one more millisecond.
      assert(isJust(retryAt) || isJust(retryAt + 1));
      assert(!isJust(retryAt - 2));
    }
  }));
});

Deno.test("a month's bucket lasts a month, whatever is asked of it, with an hour's share at once", () => {
  const limit = 10_000;
  const monthMs = 31 * DAY_MS;
  const bucket = windowBucket({ limit, windowMs: monthMs, burst: limit / (31 * 24) });
  let state = fullBucket(bucket, NOW);
  let spent = 0;
  let now: number = NOW;
  const spentByDay: number[] = [];
  for (let day = 0; day < 31; day++) {
    const before = spent;
    while (now < NOW + (day + 1) * DAY_MS) {
      const take = takeTokens(bucket, { state, cost: 1, now: utcMsOf(now) });
      state = take.state;
      if (take.isGranted) spent++;
      else now = take.retryAt;
    }
    spentByDay.push(spent - before);
  }
  assert(spent <= limit && spent > limit * 0.99, `${spent}`);
  // 10,000 over 31 days are 322.6 a day; the first day has the hour's share of 13.4 more.
  assert(spentByDay.every((count) => count >= 321 && count <= 337), spentByDay.join());
});

Deno.test("refill() of a bucket in debt takes as long as the debt", () => {
  const state = { tokens: -5, at: NOW };
  const later = utcMsOf(NOW + 500);
  assertClose(refill(BUCKET, { state, now: later }).tokens, 0);
  assertEquals(refill(BUCKET, { state, now: utcMsOf(NOW + HOUR_MS) }).tokens, 10);
});
