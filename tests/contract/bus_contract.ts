import type { Bus } from "@/services/ports/bus.ts";
import type { Log } from "@/services/ports/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

/** One channel with as many instances on it as a test opens. */
export interface BusPlace extends AsyncDisposable {
  /** An instance of its own; `null` for a bus of a single one, after the first. */
  open(options: { readonly instance: string; readonly log: Log }): Promise<Bus | null>;
}

export interface BusKind {
  readonly name: string;
  readonly ignore: boolean;
  place(): Promise<BusPlace>;
}

/** Collects payloads; `count` resolves once so many came. */
function collect(bus: Bus, topic: string) {
  const payloads: string[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const stop = bus.subscribe(topic, (payload) => {
    payloads.push(payload);
    for (const { count, resolve } of waiting) if (payloads.length >= count) resolve();
  });
  const count = (wanted: number) =>
    new Promise<void>((resolve) => {
      if (payloads.length >= wanted) resolve();
      else waiting.push({ count: wanted, resolve });
    });
  return { payloads, count, stop };
}

async function openOne(place: BusPlace, instance: string): Promise<Bus> {
  const bus = await place.open({ instance, log: new RecordingLog() });
  assert(bus, "Expected a bus");
  return bus;
}

async function testFailing(place: BusPlace): Promise<void> {
  const log = new RecordingLog();
  await using bus = await place.open({ instance: "one", log });
  assert(bus, "Expected a bus");
  bus.subscribe("prices", () => {
    throw new TypeError("broken");
  });
  const prices = collect(bus, "prices");
  bus.publish("prices", "[1]");
  bus.publish("prices", "[2]");
  assertEquals(prices.payloads, ["[1]", "[2]"]);
  const errors = log.lines.filter(({ level }) => level === "error");
  assertEquals(errors.map(({ fields }) => [fields.topic, fields.reason]), [
    ["prices", "broken"],
    ["prices", "broken"],
  ]);
}

/** What every bus must do. */
export function testBus(kind: BusKind): void {
  function test(name: string, run: (place: BusPlace) => Promise<void>) {
    Deno.test({
      name: `${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using place = await kind.place();
        await run(place);
      },
    });
  }

  test("delivers to this instance at once, by topic, until it is stopped", async (place) => {
    await using bus = await openOne(place, "one");
    const prices = collect(bus, "prices");
    const candles = collect(bus, "candles");
    bus.publish("prices", "[1]");
    assertEquals([prices.payloads, candles.payloads], [["[1]"], []]);
    prices.stop();
    bus.publish("prices", "[2]");
    assertEquals(prices.payloads, ["[1]"]);
  });

  test("delivers to all though a listener fails, and tells the log which topic", testFailing);

  test("delivers to other instances in order, and to its own only once", async (place) => {
    await using one = await openOne(place, "one");
    const other = await place.open({ instance: "two", log: new RecordingLog() });
    if (other === null) return;
    await using two = other;
    const own = collect(one, "prices");
    const theirs = collect(two, "prices");
    const sent = Array.from({ length: 100 }, (_, at) => `[${at}]`);
    for (const payload of sent) one.publish("prices", payload);
    await theirs.count(100);
    assertEquals(theirs.payloads, sent);
    two.publish("prices", '["back"]');
    await own.count(101);
    assertEquals(own.payloads, [...sent, '["back"]']);
  });

  test("carries lists of any length, in parts if need be", async (place) => {
    await using one = await openOne(place, "one");
    const other = await place.open({ instance: "two", log: new RecordingLog() });
    if (other === null) return;
    await using two = other;
    const theirs = collect(two, "prices");
    const items = Array.from(
      { length: 300 },
      (_, at) => ({ id: `asset-${at}`, note: "€".repeat(30) }),
    );
    one.publish("prices", JSON.stringify(items));
    one.publish("prices", '["end"]');
    while (theirs.payloads.at(-1) !== '["end"]') await theirs.count(theirs.payloads.length + 1);
    const got = theirs.payloads.slice(0, -1).flatMap((payload) => JSON.parse(payload));
    assertEquals(got, items);
  });
}
