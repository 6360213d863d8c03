import fc from "fast-check";
import {
  BEAT_MS,
  HEARTBEAT_MS,
  KEYS_PER_GROUP,
  RING_ENTRIES,
  type StreamEntry,
  type StreamValue,
} from "@/services/streams/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { HubBench, idOf, type TestSink } from "./support.ts";

/** Publishes `count` values of one key, from 0 on, each in a beat of its own. */
async function publishMany(bench: HubBench, count: number): Promise<void> {
  for (let value = 0; value < count; value++) {
    bench.prices({ btc: value });
    await bench.timer.advance(BEAT_MS);
  }
}

function lastIdOf({ entries }: TestSink): string {
  const last = entries.at(-1);
  assert(last, "The reader got nothing");
  return idOf(last);
}

Deno.test("StreamHub resumes after the last id without a hole and without doubles", async () => {
  const bench = new HubBench();
  const witness = bench.join();
  const first = bench.join();
  await publishMany(bench, 3);
  first.subscription.close();
  await publishMany(bench, 4);
  // What is published and not sent yet comes with the next beat, once.
  bench.prices({ eth: 9 });
  const second = bench.join({ lastEventId: lastIdOf(first.sink) });
  await publishMany(bench, 2);
  assertEquals([...first.sink.entries, ...second.sink.entries], witness.sink.entries);
});

Deno.test("StreamHub resumes a reader that missed nothing without sending anything", async () => {
  const bench = new HubBench();
  const { sink } = bench.join();
  await publishMany(bench, 2);
  const again = bench.join({ lastEventId: lastIdOf(sink) });
  assertEquals([again.sink.chunks.length, again.sink.resets], [0, 0]);
});

Deno.test("StreamHub resumes within the reader's choice", async () => {
  const bench = new HubBench();
  bench.prices({ btc: 1 });
  await bench.timer.advance(BEAT_MS);
  bench.prices({ eth: 2, sol: 3 });
  await bench.timer.advance(BEAT_MS);
  const { sink } = bench.join({ groups: ["eth"], lastEventId: "one-1" });
  assertEquals(sink.values, ["eth=2"]);
});

const unknown = [
  ...["two-1", "one-99", "one-", "one", "-1", "1", "", "one-1e3", "one--1", "one-1 "],
  `one-${"9".repeat(30)}`,
];
for (const lastEventId of unknown) {
  Deno.test(`StreamHub says that it can't resume after "${lastEventId}"`, async () => {
    const bench = new HubBench();
    bench.prices({ btc: 1, eth: 2 });
    await bench.timer.advance(BEAT_MS);
    bench.prices({ btc: 3 });
    await bench.timer.advance(BEAT_MS);
    const { sink } = bench.join({ lastEventId });
    assertEquals([sink.resets, sink.values], [1, ["eth=2", "btc=3"]]);
  });
}

Deno.test("StreamHub resumes as far back as its ring goes, and says where it does not", async () => {
  const bench = new HubBench();
  const kept = Array.from({ length: RING_ENTRIES + 2 }, (_, at) => ({ key: `${at}`, json: "1" }));
  bench.hub.publish("prices", kept);
  await bench.timer.advance(BEAT_MS);
  // Two entries are gone: whoever read them goes on with the third.
  const within = bench.join({ lastEventId: "one-2" });
  assertEquals([within.sink.entries.length, within.sink.resets], [RING_ENTRIES, 0]);
  assertEquals(within.sink.entries[0]?.seq, 3);
  const beyond = bench.join({ lastEventId: "one-1" });
  assertEquals([beyond.sink.resets, beyond.sink.entries.length], [1, RING_ENTRIES + 2]);
});

/** Bars of one chart, whose keys go on with time. */
function bars(from: number, to: number): readonly StreamValue[] {
  return Array.from({ length: to - from }, (_, at) => {
    return { key: `btc 5m ${from + at}`, group: "btc 5m", json: String(from + at) };
  });
}

Deno.test("StreamHub keeps a bounded number of a group's keys for new readers", async () => {
  const bench = new HubBench();
  bench.hub.publish("candles", [...bars(0, 1_000), { key: "eth 1", group: "eth", json: "1" }]);
  await bench.timer.advance(BEAT_MS);
  // A bar that changes again is one of the newest.
  bench.hub.publish("candles", bars(5, 6));
  await bench.timer.advance(BEAT_MS);
  const { sink } = bench.join({ topic: "candles", groups: ["btc 5m"] });
  const newest = Array.from({ length: KEYS_PER_GROUP - 1 }, (_, at) => 985 + at);
  assertEquals(sink.entries.map(({ json }) => Number(json)), [...newest, 5]);
});

Deno.test("StreamHub gives a slow reader every bar that changed, kept or not", async () => {
  const bench = new HubBench();
  const { sink } = bench.join({ topic: "candles", groups: ["btc 5m"] });
  sink.isStalled = true;
  for (const round of [1, 2]) {
    bench.hub.publish("candles", bars(0, 300));
    await bench.timer.advance(round * BEAT_MS);
  }
  sink.isStalled = false;
  await bench.timer.advance(HEARTBEAT_MS);
  assertEquals(sink.entries.map(({ json }) => Number(json)), [...Array(300).keys()]);
  assertEquals([bench.hub.counts().conflated, sink.resets], [300, 0]);
});

Deno.test("StreamHub gives a reader slower than the ring what is kept, after a reset", async () => {
  const bench = new HubBench();
  const { sink } = bench.join({ topic: "candles" });
  sink.isStalled = true;
  bench.hub.publish("candles", bars(0, RING_ENTRIES + 10));
  await bench.timer.advance(BEAT_MS);
  sink.isStalled = false;
  await bench.timer.advance(HEARTBEAT_MS);
  assertEquals([sink.resets, sink.entries.length], [1, KEYS_PER_GROUP]);
  assertEquals(sink.entries.at(-1)?.json, String(RING_ENTRIES + 9));
});

const KEYS = ["btc", "eth", "sol", "xrp"];

type Step =
  | { readonly do: "publish"; readonly key: string }
  | { readonly do: "stall" | "read" | "drop"; readonly reader: number }
  | { readonly do: "pass"; readonly ms: number };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(...KEYS).map((key): Step => ({ do: "publish", key })),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(
        fc.constantFrom<"stall" | "read" | "drop">("stall", "read", "drop"),
        fc.nat(2),
      )
        .map(([word, reader]): Step => ({ do: word, reader })),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(1, 5, 30, 110, 6_000).map((ms): Step => ({ do: "pass", ms })),
    },
  ),
  { maxLength: 60 },
);

/** What one reader has seen over all its connections. */
interface Seen {
  readonly groups: readonly string[] | null;
  entries: StreamEntry[];
  connection: { readonly sink: TestSink; readonly subscription: { close(): void } };
}

function connect(bench: HubBench, { groups, entries }: Pick<Seen, "groups" | "entries">) {
  const last = entries.at(-1);
  return bench.join({ groups, lastEventId: last ? idOf(last) : null });
}

function reconnect(bench: HubBench, seen: Seen): void {
  seen.connection.subscription.close();
  assertEquals(seen.connection.sink.resets, 0, "Nothing here is too old to resume");
  seen.entries = [...seen.entries, ...seen.connection.sink.entries];
  seen.connection = connect(bench, seen);
}

async function play(bench: HubBench, readers: readonly Seen[], story: readonly Step[]) {
  const newest = new Map<string, string>();
  let value = 0;
  for (const step of story) {
    if (step.do === "pass") await bench.timer.advance(step.ms);
    else if (step.do === "publish") {
      bench.prices({ [step.key]: ++value });
      newest.set(step.key, String(value));
    } else {
      const reader = readers[step.reader];
      assert(reader);
      if (step.do === "drop") reconnect(bench, reader);
      else reader.connection.sink.isStalled = step.do === "stall";
    }
  }
  return newest;
}

Deno.test("StreamHub: whatever comes, a reader ends with the newest and its ids only grow", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const bench = new HubBench();
      const readers: readonly Seen[] = [null, ["btc", "eth"], ["sol"]].map((groups) => {
        return { groups, entries: [], connection: connect(bench, { groups, entries: [] }) };
      });
      const newest = await play(bench, readers, story);
      for (const { connection } of readers) connection.sink.isStalled = false;
      await bench.timer.advance(HEARTBEAT_MS);
      for (const reader of readers) {
        reconnect(bench, reader);
        const { groups, entries } = reader;
        const held = new Map(entries.map(({ key, json }) => [key, json]));
        const wanted = [...newest].filter(([key]) => groups === null || groups.includes(key));
        assertEquals(new Map([...held].sort()), new Map(wanted.sort()));
        for (const [at, { seq }] of entries.entries()) {
          assert(at === 0 || seq > (entries[at - 1]?.seq ?? Infinity), `${seq} came again`);
        }
      }
      bench.hub.close();
      assertEquals(bench.timer.waiting, 0);
    }),
    { numRuns: 500 },
  );
});

Deno.test("StreamHub gives nobody what it was told to forget", async () => {
  const bench = new HubBench();
  const present = bench.join();
  const slow = bench.join();
  bench.prices({ btc: 1 });
  await bench.timer.advance(BEAT_MS);
  const resumed = lastIdOf(present.sink);
  slow.sink.isStalled = true;
  bench.prices({ btc: 2 });
  await bench.timer.advance(BEAT_MS);
  bench.prices({ btc: 3 });
  bench.hub.forget("prices");
  await bench.timer.advance(HEARTBEAT_MS);
  assertEquals([present.sink.values, present.sink.resets], [["btc=1", "btc=2"], 1]);
  const late = bench.join();
  const back = bench.join({ lastEventId: resumed });
  assertEquals([late.sink.values, back.sink.values, back.sink.resets], [[], [], 1]);
  slow.sink.isStalled = false;
  bench.prices({ btc: 4 });
  await bench.timer.advance(HEARTBEAT_MS);
  assertEquals([slow.sink.values, slow.sink.resets], [["btc=1", "btc=4"], 1]);
  assertEquals(late.sink.values, ["btc=4"]);
});

Deno.test("StreamHub resumes after it forgot as it does at any other time", async () => {
  const bench = new HubBench();
  await publishMany(bench, 2);
  bench.hub.forget("prices");
  const first = bench.join();
  await publishMany(bench, 2);
  first.subscription.close();
  await publishMany(bench, 1);
  const second = bench.join({ lastEventId: lastIdOf(first.sink) });
  assertEquals([second.sink.values, second.sink.resets], [["btc=0"], 0]);
});

Deno.test("StreamHub forgets one topic and keeps the others", async () => {
  const bench = new HubBench();
  bench.prices({ btc: 1 });
  bench.hub.publish("candles", [{ key: "bar", json: "1" }]);
  await bench.timer.advance(BEAT_MS);
  bench.hub.forget("prices");
  assertEquals(bench.join({ topic: "candles" }).sink.values, ["bar=1"]);
});
