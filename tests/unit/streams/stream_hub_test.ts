import { BEAT_MS, GATHER_MS, HEARTBEAT_MS, SHORTEST_BEAT_MS } from "@/services/streams/mod.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";
import { HubBench, TestSink } from "./support.ts";

Deno.test("StreamHub sends the first value after a rest within 10 ms", async () => {
  const bench = new HubBench();
  const { sink } = bench.join();
  bench.prices({ btc: 1 });
  await bench.timer.advance(10);
  assertEquals(sink.values, ["btc=1"]);
  await bench.timer.advance(60_000);
  bench.prices({ btc: 2 });
  await bench.timer.advance(10);
  assertEquals(sink.values, ["btc=1", "btc=2"]);
  assert(GATHER_MS <= 10);
});

Deno.test("StreamHub sends what comes within a beat together, one value a key", async () => {
  const bench = new HubBench();
  const { sink } = bench.join();
  bench.prices({ btc: 1 });
  await bench.timer.advance(GATHER_MS);
  bench.prices({ btc: 2, eth: 20 });
  await bench.timer.advance(10);
  bench.prices({ btc: 3 });
  assertEquals(sink.values, ["btc=1"]);
  await bench.timer.advance(SHORTEST_BEAT_MS);
  assertEquals(sink.values, ["btc=1", "eth=20", "btc=3"]);
  assertEquals(sink.chunks.length, 2);
});

const paces: readonly { roundMs: number; restMs: number }[] = [
  { roundMs: 0, restMs: 15 },
  { roundMs: 7, restMs: 15 },
  { roundMs: 12, restMs: 24 },
  { roundMs: 40, restMs: 80 },
  { roundMs: 120, restMs: 100 },
];
for (const { roundMs, restMs } of paces) {
  Deno.test(`StreamHub rests ${restMs} ms after writing for ${roundMs} ms`, async () => {
    const bench = new HubBench();
    const { sink } = bench.join();
    bench.encodingMs = roundMs;
    bench.prices({ btc: 1 });
    await bench.timer.advance(GATHER_MS);
    bench.prices({ btc: 2 });
    await bench.timer.advance(restMs - 1);
    assertEquals(sink.values, ["btc=1"]);
    await bench.timer.advance(1);
    assertEquals(sink.values, ["btc=1", "btc=2"]);
  });
}

Deno.test("StreamHub sends nobody's value later than a beat after it was published", async () => {
  const bench = new HubBench();
  bench.join();
  // Every 7 ms for a minute, to a hub whose rounds take longer from second to second.
  for (let at = 0; at < 60_000; at += 7) {
    bench.encodingMs = Math.floor(at / 10_000);
    bench.prices({ [`coin ${at % 11}`]: at });
    await bench.timer.advance(7);
  }
  const { lagP99Ms } = bench.hub.counts();
  // The longest rest of these rounds is the shortest there is, and gathering and writing come on.
  assert(lagP99Ms !== null && lagP99Ms <= SHORTEST_BEAT_MS + 10, `${lagP99Ms} ms`);
});

Deno.test("StreamHub paces each topic by itself", async () => {
  const bench = new HubBench();
  const prices = bench.join();
  const candles = bench.join({ topic: "candles" });
  bench.prices({ btc: 1 });
  await bench.timer.advance(GATHER_MS);
  bench.hub.publish("candles", [{ key: "btc 5m 0", json: "7" }]);
  await bench.timer.advance(GATHER_MS);
  assertEquals(prices.sink.values, ["btc=1"]);
  assertEquals(candles.sink.values, ["btc 5m 0=7"]);
});

Deno.test("StreamHub goes on at its pace when the clock is set back", async () => {
  const bench = new HubBench();
  const { sink } = bench.join();
  bench.prices({ btc: 1 });
  await bench.timer.advance(GATHER_MS);
  bench.setBack(3_600_000);
  bench.prices({ btc: 2 });
  await bench.timer.advance(BEAT_MS);
  assertEquals(sink.values, ["btc=1", "btc=2"]);
});

Deno.test("StreamHub encodes once for all readers of the same choice", async () => {
  const bench = new HubBench();
  const readers = Array.from({ length: 50 }, () => bench.join({ groups: ["btc", "eth"] }));
  const others = Array.from({ length: 50 }, () => bench.join({ groups: ["eth", "btc", "btc"] }));
  const all = bench.join();
  bench.prices({ btc: 1, eth: 2, sol: 3 });
  await bench.timer.advance(GATHER_MS);
  assertEquals(bench.encodings, 2);
  const [first] = readers[0]?.sink.chunks ?? [];
  for (const { sink } of [...readers, ...others]) assert(sink.chunks[0] === first);
  assertEquals(all.sink.values, ["btc=1", "eth=2", "sol=3"]);
  const { readers: count, encoded, delivered } = bench.hub.counts();
  assertEquals({ count, encoded, delivered }, { count: 101, encoded: 3, delivered: 203 });
});

Deno.test("StreamHub encodes nothing that nobody chose", async () => {
  const bench = new HubBench();
  const { sink } = bench.join({ groups: ["eth"] });
  bench.prices({ btc: 1 });
  await bench.timer.advance(GATHER_MS);
  assertEquals([bench.encodings, sink.chunks.length], [0, 0]);
});

Deno.test("StreamHub greets a reader with the latest value of each key it chose", async () => {
  const bench = new HubBench();
  bench.prices({ btc: 1, eth: 2, sol: 3 });
  await bench.timer.advance(GATHER_MS);
  bench.prices({ btc: 4 });
  await bench.timer.advance(BEAT_MS);
  const { sink } = bench.join({ groups: ["btc", "eth"] });
  assertEquals(sink.values, ["eth=2", "btc=4"]);
});

Deno.test("StreamHub gives a slow reader the newest value of each key, once", async () => {
  const bench = new HubBench();
  const slow = bench.join();
  const quick = bench.join();
  slow.sink.isStalled = true;
  for (const value of [1, 2, 3, 4]) {
    bench.prices({ btc: value, ...value === 2 && { eth: 20 } });
    await bench.timer.advance(BEAT_MS);
  }
  assertEquals(slow.sink.values, []);
  assertEquals(quick.sink.values, ["btc=1", "btc=2", "eth=20", "btc=3", "btc=4"]);
  slow.sink.isStalled = false;
  bench.prices({ sol: 30 });
  await bench.timer.advance(BEAT_MS);
  assertEquals(slow.sink.values, ["eth=20", "btc=4", "sol=30"]);
  // Of six values three were overtaken.
  assertEquals(bench.hub.counts().conflated, 3);
  bench.prices({ sol: 31 });
  await bench.timer.advance(BEAT_MS);
  assertEquals(slow.sink.values.slice(3), ["sol=31"]);
});

Deno.test("StreamHub lets a slow reader catch up though nothing new comes", async () => {
  const bench = new HubBench();
  const { sink } = bench.join();
  sink.isStalled = true;
  bench.prices({ btc: 1 });
  await bench.timer.advance(BEAT_MS);
  sink.isStalled = false;
  await bench.timer.advance(HEARTBEAT_MS);
  assertEquals(sink.values, ["btc=1"]);
});

Deno.test("StreamHub keeps nothing for a stalled reader", async () => {
  const bench = new HubBench();
  const { sink } = bench.join();
  sink.isStalled = true;
  for (let value = 0; value < 2_000; value++) {
    bench.prices({ btc: value });
    await bench.timer.advance(BEAT_MS);
  }
  assertEquals([sink.chunks.length, bench.encodings, sink.beats], [0, 0, 0]);
  sink.isStalled = false;
  await bench.timer.advance(HEARTBEAT_MS);
  assertEquals(sink.values, ["btc=1999"]);
});

Deno.test("StreamHub sends a sign of life to readers that nothing came for", async () => {
  const bench = new HubBench();
  const idle = bench.join({ groups: ["eth"] });
  const busy = bench.join({ groups: ["btc"] });
  const stalled = bench.join({ groups: ["eth"] });
  stalled.sink.isStalled = true;
  for (let passed = 0; passed < 60_000; passed += 5_000) {
    bench.prices({ btc: passed });
    await bench.timer.advance(5_000);
  }
  assertEquals([idle.sink.beats, busy.sink.beats, stalled.sink.beats], [4, 0, 0]);
});

Deno.test("StreamHub has no timer while nobody reads and nothing is to be sent", async () => {
  const bench = new HubBench();
  const { subscription } = bench.join();
  bench.prices({ btc: 1 });
  subscription.close();
  await bench.timer.advance(HEARTBEAT_MS);
  assertEquals(bench.timer.waiting, 0);
  assertEquals(bench.hub.counts().readers, 0);
});

Deno.test("Subscription.choose() sends the latest of new groups alone", async () => {
  const bench = new HubBench();
  const { sink, subscription } = bench.join({ groups: ["btc"] });
  bench.prices({ btc: 1, eth: 2, sol: 3 });
  await bench.timer.advance(GATHER_MS);
  subscription.choose(["btc", "eth"]);
  assertEquals(sink.values, ["btc=1", "eth=2"]);
  subscription.choose(["eth"]);
  bench.prices({ btc: 4, eth: 5 });
  await bench.timer.advance(BEAT_MS);
  assertEquals(sink.values, ["btc=1", "eth=2", "eth=5"]);
  subscription.choose([]);
  bench.prices({ eth: 6 });
  await bench.timer.advance(BEAT_MS);
  assertEquals(sink.values.length, 3);
  assertEquals(bench.hub.counts().readers, 1);
});

Deno.test("Subscription.choose() of a stalled reader waits until it reads", async () => {
  const bench = new HubBench();
  const { sink, subscription } = bench.join({ groups: ["btc"] });
  bench.prices({ btc: 1, eth: 2 });
  await bench.timer.advance(GATHER_MS);
  sink.isStalled = true;
  for (let times = 0; times < 100; times++) subscription.choose(times % 2 ? ["btc"] : ["eth"]);
  subscription.choose(["btc", "eth"]);
  assertEquals(sink.values, ["btc=1"]);
  sink.isStalled = false;
  await bench.timer.advance(HEARTBEAT_MS);
  assertEquals(sink.values, ["btc=1", "btc=1", "eth=2"]);
});

Deno.test("Subscription.close() twice leaves others of the same choice alone", async () => {
  const bench = new HubBench();
  const first = bench.join({ groups: ["btc"] });
  first.subscription.close();
  const second = bench.join({ groups: ["btc"] });
  first.subscription.close();
  bench.prices({ btc: 1 });
  await bench.timer.advance(GATHER_MS);
  assertEquals([first.sink.values, second.sink.values], [[], ["btc=1"]]);
});

Deno.test("StreamHub.close() sends what is due, ends every reader once and rests", async () => {
  const bench = new HubBench();
  const { sink } = bench.join();
  const stalled = bench.join();
  const idle = bench.join({ groups: [] });
  stalled.sink.isStalled = true;
  bench.prices({ btc: 1 });
  bench.hub.close();
  assertEquals(sink.values, ["btc=1"]);
  assertEquals([sink.ends, stalled.sink.ends, idle.sink.ends], [1, 1, 1]);
  assertEquals([bench.timer.waiting, bench.hub.counts().readers], [0, 0]);
  bench.prices({ btc: 2 });
  await bench.timer.advance(HEARTBEAT_MS);
  assertEquals(sink.values, ["btc=1"]);
  const late = bench.join();
  assertEquals([bench.hub.isClosed, late.sink.ends, bench.timer.waiting], [true, 1, 0]);
  late.subscription.choose(["btc"]);
  late.subscription.close();
});

Deno.test("StreamHub tells the lag of the last minute from publishing to the last write", async () => {
  const bench = new HubBench();
  bench.join();
  assertEquals(bench.hub.counts().lagP99Ms, null);
  bench.encodingMs = 20;
  bench.prices({ btc: 1 });
  await bench.timer.advance(GATHER_MS);
  assertEquals(bench.hub.counts().lagP99Ms, GATHER_MS + 20);
  await bench.timer.advance(60_001);
  assertEquals(bench.hub.counts().lagP99Ms, null);
});

Deno.test("StreamHub tells no lag of what nobody was sent", async () => {
  const bench = new HubBench();
  bench.prices({ btc: 1 });
  await bench.timer.advance(60);
  assertEquals(bench.hub.counts().lagP99Ms, null);
  bench.join();
  bench.prices({ btc: 2 });
  await bench.timer.advance(60);
  assert(bench.hub.counts().lagP99Ms !== null);
});

Deno.test("StreamHub refuses topics that it does not have", () => {
  const { hub, format } = new HubBench();
  const pattern = /^Cannot stream "news": there is no such topic$/;
  assertThrows(() => hub.publish("news", [{ key: "a", json: "1" }]), { type: RangeError, pattern });
  const choice = { topic: "news", groups: null };
  assertThrows(() => hub.subscribe(choice, { sink: new TestSink(), format }), {
    type: RangeError,
    pattern,
  });
});
