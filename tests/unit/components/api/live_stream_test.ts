import { StreamRefused } from "@/components/api/event_stream.ts";
import { type LiveState, POLL_MS } from "@/components/api/live_state.ts";
import { LiveStream, SILENCE_MS, STABLE_MS } from "@/components/api/live_stream.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeStreams } from "@/tests/fakes/event_streams.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer, settle } from "@/tests/fakes/timer.ts";

/** A stream over fakes; `random` of 1 makes every wait its longest. */
function setUp({ random = 1 } = {}) {
  const timer = new FakeTimer(new FakeClock(1_000_000));
  const streams = new FakeStreams();
  const states: LiveState[] = [];
  const heard: string[] = [];
  const polls = { count: 0, isDown: false };
  const stream = new LiveStream({
    read: streams.read,
    timer,
    now: () => timer.now(),
    random: () => random,
  }, {
    path: "/s",
    onEvent: ({ data }) => heard.push(data),
    onFresh: () => heard.push("fresh"),
    onState: (state) => states.push(state),
    poll: () => {
      polls.count++;
      return polls.isDown ? Promise.reject(new Error("down")) : Promise.resolve();
    },
  });
  stream.start();
  return { timer, streams, states, heard, polls, stream };
}

/** Ends the stream under way, and waits for as long as the client does. */
async function cut({ streams, timer, stream }: ReturnType<typeof setUp>): Promise<number> {
  streams.last.end();
  await settle();
  const waitMs = (stream.state.retryAt ?? 0) - timer.now();
  await timer.advance(waitMs);
  return waitMs;
}

Deno.test("LiveStream is live once the server takes it, and asks for what it missed", async () => {
  const { streams, stream, heard, timer } = setUp();
  assertEquals(stream.state.kind, "connecting");
  streams.last.open();
  assertEquals(stream.state.kind, "live");
  streams.last.send({ data: 1, id: "9" });
  assertEquals(heard, ["fresh", "1"]);
  stream.stop();
  await settle();
  assertEquals(timer.waiting, 0);
});

Deno.test("LiveStream resumes by the last id after a cut, and starts anew after a reset", async () => {
  const place = setUp();
  place.streams.last.open();
  place.streams.last.send({ data: 1, id: "9" });
  assertEquals(await cut(place), 1_000);
  assertEquals(place.streams.asked.length, 2);
  assertEquals(place.streams.last.options.lastEventId, "9");
  place.streams.last.open();
  assertEquals(place.heard, ["fresh", "1"], "Resumed: nothing has to be asked for");
  place.streams.last.send({ name: "reset" });
  assertEquals(place.heard, ["fresh", "1", "fresh"]);
  place.stream.stop();
});

Deno.test("LiveStream waits twice as long after each failure, at most 30 s, with jitter", async () => {
  const longest = setUp({ random: 1 });
  const waits: number[] = [];
  for (let failure = 0; failure < 7; failure++) waits.push(await cut(longest));
  assertEquals(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  longest.stream.stop();
  const shortest = setUp({ random: 0 });
  assertEquals(await cut(shortest), 500);
  shortest.stream.stop();
});

Deno.test("LiveStream waits as long as the server asks", async () => {
  const { streams, stream, timer } = setUp();
  streams.last.end(new StreamRefused("full", 20_000));
  await settle();
  assertEquals((stream.state.retryAt ?? 0) - timer.now(), 20_000);
  stream.stop();
  const hinted = setUp();
  hinted.streams.last.open();
  hinted.streams.last.options.onRetry?.(3_000);
  assertEquals(await cut(hinted), 3_000);
  hinted.stream.stop();
});

Deno.test("LiveStream forgets its failures once a stream has lasted", async () => {
  const place = setUp();
  for (let round = 0; round < 5; round++) {
    place.streams.last.open();
    await place.timer.advance(STABLE_MS);
    assertEquals(await cut(place), 1_000);
    assertEquals(place.polls.count, 0);
  }
  place.stream.stop();
});

Deno.test("LiveStream gives a silent stream up, and takes a heartbeat for life", async () => {
  const { streams, stream, timer } = setUp();
  streams.last.open();
  await timer.advance(SILENCE_MS - 1_000);
  streams.last.options.onBytes();
  await timer.advance(SILENCE_MS - 1);
  assertEquals(stream.state.kind, "live");
  await timer.advance(1);
  assertEquals(stream.state.kind, "reconnecting");
  assertEquals(streams.open.length, 0);
  stream.stop();
});

Deno.test("LiveStream polls where streams are cut again and again, until one lasts", async () => {
  const place = setUp();
  const { streams, stream, timer, polls } = place;
  await cut(place);
  await cut(place);
  streams.last.end();
  await settle();
  assertEquals(stream.state.kind, "polling");
  assertEquals(polls.count, 1);
  await timer.advance(POLL_MS - 1_000);
  // The wait of the third failure is over: another try is under way, and polling goes on.
  assertEquals(streams.asked.length, 4);
  streams.last.open();
  assertEquals(stream.state.kind, "polling");
  await timer.advance(1_000);
  assertEquals(polls.count, 2);
  await timer.advance(STABLE_MS);
  assertEquals(stream.state.kind, "live");
  const { count } = polls;
  await timer.advance(3 * POLL_MS);
  assertEquals(polls.count, count);
  stream.stop();
});

Deno.test("LiveStream is offline while polls fail too, and polling once they do not", async () => {
  const place = setUp();
  place.polls.isDown = true;
  await cut(place);
  await cut(place);
  place.streams.last.end();
  await settle();
  assertEquals(place.stream.state.kind, "offline");
  place.polls.isDown = false;
  await place.timer.advance(POLL_MS);
  assertEquals(place.stream.state.kind, "polling");
  place.stream.stop();
  assertEquals(place.timer.waiting, 0);
});

Deno.test("LiveStream waits for the connection, and tries at once when it is back", () => {
  const { streams, stream } = setUp();
  streams.last.open();
  stream.disconnect();
  assertEquals([stream.state.kind, stream.state.retryAt], ["offline", null]);
  assertEquals(streams.open.length, 0);
  stream.retry();
  assertEquals(streams.open.length, 1);
  streams.last.open();
  assertEquals(stream.state.kind, "live");
  stream.stop();
});

Deno.test("LiveStream changes what it asks for without a failure", () => {
  const { streams, stream, states } = setUp();
  streams.last.open();
  streams.last.send({ data: 1, id: "9" });
  const told = states.length;
  stream.change("/other");
  assertEquals(streams.open.map(({ path }) => path), ["/other"]);
  assertEquals(streams.last.options.lastEventId, "");
  assertEquals(states.length, told);
  stream.stop();
});

Deno.test("LiveStream hears nothing of a stream that it gave up", async () => {
  const place = setUp();
  const first = place.streams.last;
  first.open();
  place.stream.change("/other");
  place.streams.last.open();
  first.send({ data: "late" });
  first.end(new Error("late"));
  await settle();
  assertEquals(place.stream.state.kind, "live");
  assertEquals(place.heard, ["fresh", "fresh"]);
  place.stream.stop();
});

const skews: { name: string; aheadMs: number; expected: number }[] = [
  { name: "takes a second for the coarseness of the header", aheadMs: 900, expected: 0 },
  { name: "notes a clock that is a minute behind", aheadMs: 60_000, expected: 60_000 },
  { name: "notes a clock that is an hour ahead", aheadMs: -3_600_000, expected: -3_600_000 },
];
for (const { name, aheadMs, expected } of skews) {
  Deno.test(`LiveStream ${name}`, () => {
    const { streams, stream, timer } = setUp();
    streams.last.open(timer.now() + aheadMs);
    assertEquals(stream.state.skewMs, expected);
    stream.stop();
  });
}
