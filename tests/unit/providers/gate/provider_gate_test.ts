import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { Secret } from "@/services/kernel/secret.ts";
import { SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { ProviderConfig } from "@/services/providers/gate/provider_config.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { ask, drive, type GateKit, gateKit, type GateKitOptions, pass } from "./gate_kit.ts";
import { startVenue, status, truncated, type VenueServer } from "./venue_server.ts";

interface Running {
  readonly venue: VenueServer;
  readonly kit: GateKit;
}

/** A test against a local server, with the kit's provider pointed at it. */
function test(
  name: string,
  run: (running: Running) => Promise<void>,
  { config = {}, ...options }: GateKitOptions = {},
) {
  Deno.test(`ProviderGate ${name}`, async () => {
    await using venue = startVenue();
    const kit = gateKit({ ...options, config: { restUrls: [venue.url], ...config } });
    await kit.gates.start();
    await run({ venue, kit });
    await kit.gates.stop();
  });
}

async function failed(kit: GateKit, promise: Promise<unknown>): Promise<Error> {
  const result = await drive(kit, promise);
  assert(result.status === "rejected", "the call succeeded");
  assert(result.reason instanceof Error);
  return result.reason;
}

test("answers with the parsed value, its origin and checksum, and keeps the body", async ({ venue, kit }) => {
  venue.answer(() => new Response('{"price": "1.10"}'));
  const answer = await kit.gate.fetchJson({
    path: "/price?symbol=A",
    key: "price/A",
    parse: (body) => (body as { price: string }).price,
  });
  // From sha256sum.
  const checksum = "318907f4bfe3216416a04344b053dec3686337db760e3e09ff755ad44b662223";
  const fetchedAt = kit.clock.now();
  assertEquals(answer, { value: "1.10", fetchedAt, url: `${venue.url}/price`, checksum });
  await kit.timer.advance(SECOND_MS);
  const [kept] = kit.raw.kept;
  assertEquals(kept?.body, '{"price": "1.10"}');
  assertEquals(kept?.checksum, answer.checksum);
  assertEquals(kept?.quarantineReason, null);
  assertEquals(
    kit.metrics.sums.get('tokenlysis_provider_requests_total{provider="venue",outcome="ok"}'),
    1,
  );
});

test("pauses for the seconds of Retry-After, then asks again", async ({ venue, kit }) => {
  venue.answer(status(429, { "retry-after": "7" }), status(200));
  const from = kit.clock.now();
  const result = await drive(kit, kit.gate.fetchJson(ask("/a")));
  assertEquals(result.status, "fulfilled");
  const waitedMs = kit.clock.now() - from;
  assert(waitedMs >= 7_000 && waitedMs < 8_000, `${waitedMs}`);
  assertEquals(venue.asked, ["/a", "/a"]);
  const { rateLimited, share } = kit.status();
  assertEquals({ rateLimited, share }, { rateLimited: 1, share: 0.9 });
});

test("pauses until the date of Retry-After, and says so at once to who can't wait", async ({ venue, kit }) => {
  const until = kit.clock.now() + 60_000;
  venue.answer(status(429, { "retry-after": new Date(until).toUTCString() }));
  const error = await failed(kit, kit.gate.fetchJson(ask("/a", { maxWaitMs: 5_000 })));
  assert(error instanceof AppError && error.code === "RATE_LIMITED");
  assertEquals(error.details, { provider: "venue", retry_after_s: 60 });
  assertEquals(kit.status().pausedUntil, utcMsOf(until));
  assertEquals(venue.asked.length, 1);
});

for (const code of [401, 403]) {
  test(`freezes by HTTP ${code} until it is thawed, without opening the breaker`, async ({ venue, kit }) => {
    venue.answer(status(code));
    await assertRejects(() => kit.gate.fetchJson(ask("/a")), {
      type: ProviderError,
      pattern: new RegExp(`HTTP ${code}`),
    });
    venue.answer(status(200));
    await assertRejects(() => kit.gate.fetchJson(ask("/a")), { pattern: /frozen/ });
    kit.clock.advance(3_600_000);
    await assertRejects(() => kit.gate.fetchJson(ask("/a")), { pattern: /frozen/ });
    assertEquals(venue.asked.length, 1);
    const { frozen, breaker, failures } = kit.status();
    assertEquals([frozen?.status, breaker.state, failures], [code, "closed", 0]);
    assert(await kit.gates.thaw("venue"));
    await kit.gate.fetchJson(ask("/a"));
  });
}

test("opens the breaker after failures in a row, probes by itself and closes", async ({ venue, kit }) => {
  venue.answer(status(503));
  await failed(kit, kit.gate.fetchJson(ask("/a")));
  await failed(kit, kit.gate.fetchJson(ask("/a")));
  assertEquals(kit.status().breaker.state, "open");
  await assertRejects(() => kit.gate.fetchJson(ask("/a")), {
    type: ProviderError,
    pattern: /breaker is open/,
  });
  const failuresBefore = venue.asked.length;
  await pass(kit, 60 * SECOND_MS);
  assert(venue.asked.slice(failuresBefore).every((path) => path === "/ping"));
  venue.answer(status(200));
  const recoveredAt = kit.clock.now();
  while (kit.status().breaker.state !== "closed") await pass(kit, SECOND_MS);
  assert(kit.clock.now() - recoveredAt <= 300_000);
  await kit.gate.fetchJson(ask("/a"));
});

test("repeats after a failure with back-off", async ({ venue, kit }) => {
  venue.answer(status(500), status(502), status(200));
  const from = kit.clock.now();
  assertEquals((await drive(kit, kit.gate.fetchJson(ask("/a")))).status, "fulfilled");
  // Half of 1 s and half of 2 s.
  assert(kit.clock.now() - from >= 1_500);
});

test("gives up after three tries", async ({ venue, kit }) => {
  venue.answer(status(500));
  await failed(kit, kit.gate.fetchJson(ask("/a")));
  assertEquals(venue.asked.length, 3);
});

test("takes a cut answer for an outage and keeps it apart", async ({ venue, kit }) => {
  venue.answer(truncated);
  const error = await failed(kit, kit.gate.fetchJson(ask("/a")));
  assert(error instanceof ProviderError && error.retryClass === "failover_with_penalty");
  await kit.timer.advance(SECOND_MS);
  const [kept] = await kit.raw.listQuarantined();
  assertEquals(kept?.body, '{"prices": [1, 2, 3');
  assertMatch(kept?.quarantineReason ?? "", /no complete JSON/);
  assertEquals(kit.status().failures, 3);
});

test("quarantines what does not parse, without asking again", async ({ venue, kit }) => {
  venue.answer(() => Response.json({ price: "high" }));
  const request = ask("/a", {
    parse: () => {
      throw new RangeError("expected a number");
    },
  });
  const error = await failed(kit, kit.gate.fetchJson(request));
  assert(error instanceof ProviderError);
  assertMatch(error.message, /Cannot read \/a of venue: expected a number/);
  await kit.timer.advance(SECOND_MS);
  assertEquals((await kit.raw.listQuarantined()).map((kept) => kept.body), ['{"price":"high"}']);
  assertEquals(venue.asked.length, 1);
  assertEquals(kit.status().breaker.state, "closed");
});

test("gives up on a silent server after the timeout", async ({ venue, kit }) => {
  venue.answer(venue.silence);
  const error = await failed(kit, kit.gate.fetchJson(ask("/a")));
  assertMatch(error.message, /no complete answer within 40 ms/);
}, { config: { timeoutMs: 40 } });

test("refuses an answer larger than the limit", async ({ venue, kit }) => {
  venue.answer(() => new Response(`"${"x".repeat(20_000)}"`));
  const error = await failed(kit, kit.gate.fetchJson(ask("/a")));
  assertMatch(error.message, /answers too much/);
});

test("takes a stated absence as an answer and remembers it for an hour", async ({ venue, kit }) => {
  venue.answer(() => Response.json({ code: -1121 }, { status: 400 }));
  const request = ask("/a", {
    isAbsence: ({ status, body }) => status === 400 && (body as { code: number }).code === -1121,
  });
  assertEquals((await kit.gate.fetchJson(request)).value, null);
  assertEquals((await kit.gate.fetchJson(request)).value, null);
  assertEquals(venue.asked.length, 1);
  kit.clock.advance(3_600_000);
  await kit.gate.fetchJson(request);
  assertEquals(venue.asked.length, 2);
});

const REASONS = [
  { name: "a text under error", body: { error: "Query is archived" } },
  { name: "a message in error", body: { error: { message: "Query is archived" } } },
  { name: "a message", body: { message: " Query is\n archived " } },
  { name: "a msg", body: { code: -1, msg: "Query is archived" } },
];
for (const { name, body } of REASONS) {
  test(`passes on why a request was refused: ${name}`, async ({ venue, kit }) => {
    venue.answer(() => Response.json(body, { status: 402 }));
    const { message } = await failed(kit, kit.gate.fetchJson(ask("/price")));
    assertMatch(message, /HTTP 402: Query is archived$/);
  });
}

test("keeps keys out of the words of a refusal, which are short", async ({ venue, kit }) => {
  const error = `No such key: topsecret ${"x".repeat(999)}`;
  venue.answer(() => Response.json({ error }, { status: 400 }));
  const { message } = await failed(kit, kit.gate.fetchJson(ask("/price")));
  assertMatch(message, /HTTP 400: No such key: … x+$/);
  assert(message.length < 400);
}, { secretHeaders: { "x-key": new Secret("topsecret") } });

test("repeats a POST that starts nothing, and no other", async ({ venue, kit }) => {
  for (const [isRepeatable, asked] of [[true, 2], [false, 1]] as const) {
    venue.answer(status(503), status(200));
    const before = venue.asked.length;
    const request = { ...ask("/rpc"), method: "POST", body: {}, isRepeatable } as const;
    const result = await drive(kit, kit.gate.fetchJson(request));
    assertEquals(result.status, isRepeatable ? "fulfilled" : "rejected");
    assertEquals(venue.asked.length - before, asked);
  }
});

test("blames the request for any other 4xx, and asks once", async ({ venue, kit }) => {
  venue.answer(status(404));
  const error = await failed(kit, kit.gate.fetchJson(ask("/a")));
  assert(error instanceof ProviderError && error.retryClass === "never");
  assertEquals([venue.asked.length, kit.status().failures], [1, 0]);
});

test("sends keys in headers and shows them nowhere", async ({ venue, kit }) => {
  venue.answer(status(500));
  await failed(kit, kit.gate.fetchJson(ask("/a?api_key=visible", { key: "a" })));
  assertEquals(venue.headers().get("x-key"), "hidden-key");
  const shown = JSON.stringify([kit.log.lines, kit.status(), [...kit.metrics.sums]]);
  assert(!shown.includes("hidden-key") && !shown.includes("visible"), shown);
}, { secretHeaders: { "x-key": new Secret("hidden-key") } });

test("ends a call that its caller aborts, and blames nobody", async ({ venue, kit }) => {
  const stop = new AbortController();
  venue.answer((request) => {
    stop.abort(new Error("no longer wanted"));
    return venue.silence(request);
  });
  const error = await failed(kit, kit.gate.fetchJson(ask("/a", { signal: stop.signal })));
  assertEquals(error.message, "no longer wanted");
  assertEquals(kit.status().failures, 0);
});

for (
  const [what, request] of Object.entries({
    "a path without a slash": ask("a"),
    "a cost above the burst": ask("/a", { cost: 11 }),
    "a cost of nothing": ask("/a", { cost: 0 }),
  })
) {
  test(`refuses ${what}`, async ({ kit }) => {
    await assertRejects(() => kit.gate.fetchJson(request), { type: RangeError });
  });
}

/** Two servers behind one provider. */
function testPair(
  name: string,
  run: (pair: { first: VenueServer; second: VenueServer; kit: GateKit }) => Promise<void>,
  config: Partial<ProviderConfig> = {},
) {
  Deno.test(`ProviderGate with two addresses ${name}`, async () => {
    await using first = startVenue();
    await using second = startVenue();
    const kit = gateKit({ config: { ...config, restUrls: [first.url, second.url] } });
    await kit.gates.start();
    await run({ first, second, kit });
    await kit.gates.stop();
  });
}

testPair("goes to the second at once when the first fails, and stays for ten minutes", async (
  { first, second, kit },
) => {
  first.answer(status(502));
  assertEquals((await kit.gate.fetchJson(ask("/a"))).url, `${second.url}/a`);
  first.answer(status(200));
  await kit.gate.fetchJson(ask("/b"));
  assertEquals([first.asked, second.asked], [["/a"], ["/a", "/b"]]);
  assertMatch(kit.status().urls[0]?.problem ?? "", /HTTP 502/);
  kit.clock.advance(600_000);
  await kit.gate.fetchJson(ask("/c"));
  assertEquals(first.asked, ["/a", "/c"]);
  assertEquals(kit.status().urls[0]?.problem, null);
});

testPair("freezes by HTTP 451 only when both refuse", async ({ first, second, kit }) => {
  first.answer(status(451));
  await kit.gate.fetchJson(ask("/a"));
  assertEquals(kit.status().frozen, null);
  kit.clock.advance(3_600_000);
  await kit.gate.fetchJson(ask("/b"));
  assertEquals(first.asked, ["/a"]);
  second.answer(status(451));
  await failed(kit, kit.gate.fetchJson(ask("/c")));
  assertEquals(kit.status().frozen?.status, 451);
  first.answer(status(200));
  await kit.gates.thaw("venue");
  assertEquals((await kit.gate.fetchJson(ask("/d"))).url, `${first.url}/d`);
});
