import fc from "fast-check";
import {
  RATE_LIMITS,
  type RateClass,
  RateLimiter,
  type RateLimitMode,
} from "@/routes/(_api)/middleware/rate_limit.ts";
import { MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

const from = (hostname: string) => ({ remoteAddr: { hostname } });
const CLIENT = from("203.0.113.7");
const REQUEST = new Request("http://localhost/");

/** Counts a request of a client. */
function take(limits: RateLimiter, info: ReturnType<typeof from>, rateClass: RateClass) {
  return limits.take(REQUEST, { info, rateClass });
}

function limiter(mode: RateLimitMode = "on", maxClients = 10_000) {
  const clock = new FakeClock();
  return { clock, limiter: new RateLimiter({ clock, mode, maxClients }) };
}

Deno.test("RateLimiter grants the limit at once, then says when the next one is", () => {
  const { clock, limiter: limits } = limiter();
  for (let left = 4; left >= 0; left--) {
    const { remaining, refusal } = take(limits, CLIENT, "auth");
    assertEquals([remaining, refusal], [left, null]);
  }
  const { limit, remaining, resetSeconds, refusal } = take(limits, CLIENT, "auth");
  assertEquals([limit, remaining, resetSeconds], [5, 0, 60]);
  // Five a minute is one in twelve seconds.
  assertEquals(refusal?.details, { limit: 5, retry_after_s: 12 });
  clock.advance(12 * SECOND_MS);
  assertEquals(take(limits, CLIENT, "auth").refusal, null);
  assert(take(limits, CLIENT, "auth").refusal !== null);
});

Deno.test("RateLimiter counts classes and clients apart", () => {
  const { limiter: limits } = limiter();
  for (let at = 0; at < 5; at++) take(limits, CLIENT, "auth");
  assertEquals(take(limits, CLIENT, "general").remaining, 99);
  assertEquals(take(limits, from("203.0.113.8"), "auth").remaining, 4);
});

for (
  const { name, a, b, isOne } of [
    { name: "an IPv6 network", a: "2001:db8:1:2::1", b: "2001:db8:1:2:ffff::9", isOne: true },
    { name: "two IPv6 networks", a: "2001:db8:1:2::1", b: "2001:db8:1:3::1", isOne: false },
    { name: "IPv4 in both writings", a: "203.0.113.7", b: "::ffff:203.0.113.7", isOne: true },
    {
      name: "two mapped addresses",
      a: "::ffff:203.0.113.7",
      b: "::ffff:203.0.113.8",
      isOne: false,
    },
  ]
) {
  Deno.test(`RateLimiter takes ${name} for ${isOne ? "one client" : "two clients"}`, () => {
    const { limiter: limits } = limiter();
    take(limits, from(a), "auth");
    assertEquals(take(limits, from(b), "auth").remaining, isOne ? 3 : 4);
  });
}

Deno.test("RateLimiter exempts the own machine in auto, everybody in off, nobody in on", () => {
  const addresses = ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "::2"];
  const limited = (mode: RateLimitMode) =>
    addresses.filter((address) => limiter(mode).limiter.limits(REQUEST, from(address)));
  assertEquals(limited("auto"), ["10.0.0.1", "::2"]);
  assertEquals([limited("on").length, limited("off").length], [6, 0]);
  assert(limiter("auto").limiter.limits(REQUEST, undefined), "an unknown address is a stranger's");
});

Deno.test("RateLimiter remembers so many clients and forgets who was away the longest", () => {
  const { limiter: limits } = limiter("on", 3);
  const left = (host: number) => take(limits, from(`203.0.113.${host}`), "auth").remaining;
  assertEquals([left(1), left(2), left(3)], [4, 4, 4]);
  assertEquals(left(1), 3);
  assertEquals(left(4), 4);
  // The second was the one to forget; the first has been back since.
  assertEquals([left(1), left(2)], [2, 4]);
});

Deno.test("RateLimiter never grants more than the limit and what has run in since", () => {
  const steps = fc.array(fc.nat({ max: 5_000 }), { maxLength: 400 });
  const classes = fc.constantFrom<RateClass>("auth", "general");
  fc.assert(fc.property(classes, steps, (rateClass, waits) => {
    const { clock, limiter: limits } = limiter();
    const startedAt = clock.now();
    let granted = 0;
    for (const wait of waits) {
      clock.advance(wait);
      if (take(limits, CLIENT, rateClass).refusal === null) granted++;
      const elapsedMs = clock.now() - startedAt;
      const most = RATE_LIMITS[rateClass] * (1 + elapsedMs / MINUTE_MS);
      assert(granted <= most + 1e-6, `${granted} granted, at most ${most}`);
    }
  }));
});
