import type { LiveKind, LiveState } from "@/components/api/live_state.ts";
import { describeLive, POOLS, WELCOME_MS } from "@/components/live/live_status.ts";
import { PoliteSpeech, SPEECH_EVERY_MS } from "@/components/live/polite_speech.ts";
import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { HOUR_MS } from "@/services/kernel/time.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

const NOW = Date.UTC(2026, 10, 21, 6);

function state(kind: LiveKind, fields: Partial<LiveState> = {}): LiveState {
  return { kind, since: NOW, lastAt: NOW, retryAt: null, skewMs: 0, ...fields };
}

const cases: {
  name: string;
  state: LiveState | null;
  ageMs: number | null;
  source?: string;
  expected: string;
}[] = [
  { name: "waits for a first word", state: null, ageMs: 0, expected: "Connecting" },
  { name: "is live", state: state("live"), ageMs: 9_000, expected: "Live" },
  { name: "is stale by age", state: state("live"), ageMs: 34_000, expected: "Stale, 30 s" },
  { name: "is stale for minutes", state: state("live"), ageMs: 150_000, expected: "Stale, 2 min" },
  { name: "has none", state: state("live"), ageMs: null, expected: "No live prices" },
  { name: "is polled", state: state("polling"), ageMs: 0, expected: "Polling every 5 s" },
  { name: "is polled and stale", state: state("polling"), ageMs: 60_000, expected: "Stale, 1 min" },
  {
    name: "is a demo that stopped",
    state: state("live"),
    ageMs: 34_000,
    source: "demo",
    expected: "Demo stopped",
  },
  { name: "is demo", state: state("live"), ageMs: 9_000, source: "demo", expected: "Live" },
  {
    name: "is cut off from the demo market",
    state: state("offline"),
    ageMs: 65_000,
    source: "demo",
    expected: "Offline, 1 min",
  },
  {
    name: "says when it tries again",
    state: state("reconnecting", { retryAt: NOW + 2_100 }),
    ageMs: 0,
    expected: "Reconnecting in 3 s",
  },
  {
    name: "says that it tries",
    state: state("reconnecting", { retryAt: NOW - 1 }),
    ageMs: 0,
    expected: "Reconnecting",
  },
  { name: "is cut off", state: state("offline"), ageMs: 65_000, expected: "Offline, 1 min" },
  {
    name: "counts by the server's clock",
    state: state("live", { skewMs: 60_000 }),
    ageMs: 0,
    expected: "Stale, 1 min",
  },
];
for (const { name, state, ageMs, source = "consolidated", expected } of cases) {
  Deno.test(`describeLive() ${name}`, () => {
    const newest = ageMs === null ? null : { at: NOW - ageMs, isTraded: true, source };
    assertEquals(describeLive({ state, newest, now: NOW }).label, expected);
  });
}

Deno.test("describeLive() gives a stream some seconds to tell more than an old page knows", () => {
  const newest = { at: NOW - 60_000, isTraded: true, source: "binance" };
  const labelAt = (openMs: number, isUnheard: boolean) => {
    const opened = state("live", { since: NOW - openMs });
    return describeLive({ state: opened, newest, now: NOW, isUnheard }).label;
  };
  assertEquals(labelAt(WELCOME_MS - 1, true), "Connecting");
  assertEquals(labelAt(WELCOME_MS, true), "Stale, 1 min");
  assertEquals(labelAt(0, false), "Stale, 1 min");
});

Deno.test("describeLive() dates the price that stands", () => {
  const newest = { at: NOW - 60_000, isTraded: true, source: "consolidated" };
  const { sentence } = describeLive({ state: state("offline"), newest, now: NOW });
  assertMatch(sentence, /21 Nov 2026 05:59 UTC/);
});

Deno.test("describeLive() tells of pools in their own words, and lets a reading be a day old", () => {
  const of = (kind: LiveState["kind"], ageMs: number | null) => {
    const newest = ageMs === null ? null : { at: NOW - ageMs, isTraded: false, source: null };
    return describeLive({ subject: POOLS, state: state(kind), newest, now: NOW });
  };
  assertEquals(of("live", 25 * HOUR_MS).label, "Live");
  assertEquals(of("live", 27 * HOUR_MS).label, "Stale, 27 h");
  assertEquals(of("live", null).label, "No readings");
  assertEquals(of("live", 0).sentence, "Pools are live, from one stream for all tabs");
  assertEquals(of("polling", 0).sentence, "No stream holds, so pools are asked for every 5 s");
  assertMatch(of("offline", 60_000).sentence, /The newest reading is of 21 Nov 2026 05:59 UTC/);
});

Deno.test("PoliteSpeech speaks at once, and then the last thing in five seconds", async () => {
  const timer = new FakeTimer(new FakeClock());
  const said: string[] = [];
  const speech = new PoliteSpeech((text) => said.push(text), { timer });
  for (const text of ["one", "two", "three"]) speech.say(text);
  assertEquals(said, ["one"]);
  await timer.advance(SPEECH_EVERY_MS);
  assertEquals(said, ["one", "three"]);
  await timer.advance(SPEECH_EVERY_MS);
  speech.say("four");
  assertEquals(said, ["one", "three", "four"]);
  speech.stop();
  assertEquals(timer.waiting, 0);
});
