import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { BUCKET_MS, LATE_MS, LiveScene, type Venue } from "./live_market_support.ts";

/** Before a bucket of 5 min, and of an hour, begins. */
const START = Date.UTC(2026, 10, 20, 9, 59);
const BUCKET = START + MINUTE_MS;
const STALE_AFTER_MS = 10 * SECOND_MS;
const SILENT_AFTER_MS = 30 * SECOND_MS;

const NO_FAULTS = { repeatEvery: 0, swapEvery: 0, withholdEvery: 0, garbageEvery: 0 };

interface Misbehaviour {
  /** What both venues do. */
  readonly name: string;
  /** What becomes of the candles of the time that it lasts. */
  readonly state: "final" | "healed";
  /** Does it, and ends it. */
  run(scene: LiveScene): Promise<void> | void;
}

function each(scene: LiveScene, run: (venue: Venue) => void): void {
  for (const venue of scene.venues) run(venue);
}

/** Many trades with these faults among them, between two without. */
function tradeWith(faults: Partial<typeof NO_FAULTS>): Misbehaviour["run"] {
  return (scene) =>
    each(scene, (venue) => {
      venue.trade();
      venue.exchange.faults = { ...NO_FAULTS, ...faults };
      venue.trade(400);
      venue.exchange.faults = NO_FAULTS;
      venue.trade();
    });
}

/** The price must be told as stale once nothing new can have come for 10 s. */
async function isStale(scene: LiveScene): Promise<void> {
  const { freshness } = scene;
  assert(freshness === "live" || freshness === "stale", freshness);
  await scene.passUntil(scene.time.now() + STALE_AFTER_MS + SECOND_MS);
  assertEquals(scene.freshness, "stale");
}

/** Does what ends both connections, and waits for the next ones. */
async function reconnecting(scene: LiveScene, run: () => Promise<void> | void): Promise<void> {
  const before = scene.venues.map(({ exchange }) => exchange.counts.connects);
  await run();
  await scene.until(
    () => scene.venues.every(({ exchange }, at) => exchange.counts.connects > (before[at] ?? 0)),
    { what: "a new connection to each venue" },
  );
}

/** Breaks connections and answers new ones with a status until the product is about to try again. */
function refuseUntilRetry(status: number, restMs: number): Misbehaviour["run"] {
  return (scene) =>
    reconnecting(scene, async () => {
      const refusedAt = scene.time.now();
      each(scene, ({ exchange }) => {
        exchange.refusal = { status };
        exchange.drop();
      });
      await isStale(scene);
      await scene.passUntil(refusedAt + restMs - STALE_AFTER_MS, { stepMs: MINUTE_MS });
      assertEquals(scene.freshness, "stale");
      each(scene, ({ exchange }) => {
        assertEquals(exchange.counts.refused, 1);
        exchange.refusal = null;
      });
      await scene.passUntil(refusedAt + restMs);
    });
}

const MISBEHAVIOURS: readonly Misbehaviour[] = [
  { name: "sends every other trade twice", state: "final", run: tradeWith({ repeatEvery: 2 }) },
  { name: "sends trades in the wrong order", state: "final", run: tradeWith({ swapEvery: 3 }) },
  { name: "cuts frames in half", state: "final", run: tradeWith({ garbageEvery: 5 }) },
  { name: "skips sequence numbers", state: "healed", run: tradeWith({ withholdEvery: 7 }) },
  {
    name: "sends garbage",
    state: "final",
    run: (scene) =>
      each(scene, (venue) => {
        venue.trade();
        venue.exchange.say("{half a fra", "\u0000", "[", "{}}", "null", "1e999", "[[[[");
        venue.exchange.say(JSON.stringify({ e: "trade", s: venue.market, p: "NaN", t: -1 }));
        venue.trade();
      }),
  },
  {
    name: "breaks the connection",
    state: "healed",
    run: (scene) =>
      reconnecting(scene, () =>
        each(scene, (venue) => {
          venue.exchange.drop();
          venue.withhold(3);
        })),
  },
  {
    name: "breaks the connection in the middle of a frame",
    state: "healed",
    run: (scene) => reconnecting(scene, () => each(scene, (venue) => venue.tear())),
  },
  {
    name: "goes silent with the connection open",
    state: "healed",
    run: (scene) =>
      reconnecting(scene, async () => {
        each(scene, ({ exchange }) => exchange.freeze());
        await isStale(scene);
        await scene.passUntil(scene.time.now() + SILENT_AFTER_MS);
      }),
  },
  { name: "answers 429", state: "healed", run: refuseUntilRetry(429, MINUTE_MS) },
  { name: "answers 451", state: "healed", run: refuseUntilRetry(451, HOUR_MS) },
];

for (const { name, state, run } of MISBEHAVIOURS) {
  Deno.test(`LiveMarket keeps prices and candles right while venues do this: ${name}`, async () => {
    await using scene = await LiveScene.start(START);
    await scene.passUntil(BUCKET + MINUTE_MS);
    await run(scene);
    await scene.isLive();
    await scene.isHealed();
    const now = scene.time.now();
    await scene.passUntil(now - now % BUCKET_MS + BUCKET_MS + LATE_MS);
    await scene.isHealed();
    for (const venue of scene.venues) {
      const [first, ...others] = await scene.closedStates(venue);
      assertEquals(first, "healed", "It was under way when the product began to listen");
      assertEquals([...new Set(others)], [state]);
    }
    const failures = scene.product.log.lines.filter(({ level }) => level === "error");
    assertEquals(failures, []);
  });
}
