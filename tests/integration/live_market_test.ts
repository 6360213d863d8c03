import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { TradeWalk } from "@/tests/exchange/trade_walk.ts";
import { BUCKET_MS, LATE_MS, LiveScene, type Venue } from "./live_market_support.ts";
import { BTC } from "./live_product.ts";

/** Before a bucket of 5 min, and of an hour, begins. */
const START = Date.UTC(2026, 10, 20, 9, 59);
const BUCKET = START + MINUTE_MS;
const STALE_AFTER_MS = 10 * SECOND_MS;
const SILENT_AFTER_MS = 30 * SECOND_MS;
/** The longest that a breaker stays open, and how soon what it kept back is tried again. */
const BREAKER_OPEN_MS = 2 * MINUTE_MS;
const SHUT_WAIT_MS = 5 * SECOND_MS;
/** Time for the probes that close it. */
const PROBES_MS = 5 * SECOND_MS;

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

/** What the product calls its own failure; nothing that a venue does should be. */
function failures(scene: LiveScene) {
  return scene.product.log.lines.filter(({ level }) => level === "error");
}

/** Many trades with these faults among them, between two without. */
function tradeWith(faults: Partial<typeof NO_FAULTS>): Misbehaviour["run"] {
  return (scene) =>
    scene.inRealTime(async () => {
      each(scene, (venue) => {
        venue.trade();
        venue.exchange.faults = { ...NO_FAULTS, ...faults };
        venue.trade(400);
        venue.exchange.faults = NO_FAULTS;
        venue.trade();
      });
      await Promise.all(scene.venues.map((venue) => venue.delivered()));
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

function isFollowed(scene: LiveScene): boolean {
  return scene.venues.every(({ isFollowed }) => isFollowed);
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
      await scene.passUntil(refusedAt + restMs - STALE_AFTER_MS);
      assertEquals(scene.freshness, "stale");
      each(scene, ({ exchange }) => {
        assertEquals(exchange.counts.refused, 1);
        exchange.refusal = null;
      });
      // Up to a quarter more is left to chance.
      while (!isFollowed(scene) && scene.time.now() < refusedAt + 1.25 * restMs) {
        await scene.passUntil(scene.time.now() + SECOND_MS);
      }
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
      assertEquals([...new Set(others)], [state], Deno.inspect(scene.product.gaps));
    }
    assertEquals(failures(scene), []);
  });
}

Deno.test("LiveMarket goes on with one venue while the other is away, whose candles it fetches", async () => {
  await using scene = await LiveScene.start(START);
  const { binance, coinbase } = scene;
  await scene.passUntil(BUCKET + MINUTE_MS);
  binance.exchange.refusal = { status: 503 };
  binance.exchange.drop();
  await scene.passUntil(BUCKET + 2 * MINUTE_MS);
  await scene.priceIs([coinbase]);
  await scene.passUntil(BUCKET + BUCKET_MS + LATE_MS);
  await scene.isHealed();
  assertEquals((await scene.closedStates(binance)).at(-1), "healed");
  assertEquals((await scene.closedStates(coinbase)).at(-1), "final");
  binance.exchange.refusal = null;
  await scene.passUntil(scene.time.now() + MINUTE_MS);
  await scene.isLive();
  await scene.isHealed();
  assertEquals(failures(scene), []);
});

Deno.test("LiveMarket lets no candle pass for true while its venue is away with all that it has", async () => {
  await using scene = await LiveScene.start(START);
  const { binance: { exchange } } = scene;
  await scene.passUntil(BUCKET + MINUTE_MS);
  exchange.refusal = exchange.restRefusal = { status: 503 };
  exchange.drop();
  for (let minute = 2; minute < 40; minute++) {
    await scene.passUntil(BUCKET + minute * MINUTE_MS);
    assertEquals(await scene.wrong(), []);
  }
  assertEquals((await scene.closedStates(scene.binance)).at(1), "provisional");
  exchange.refusal = exchange.restRefusal = null;
  // Whoever asked last before the breaker closed asks again 5 s later.
  await scene.passUntil(scene.time.now() + BREAKER_OPEN_MS + SHUT_WAIT_MS + PROBES_MS);
  await scene.isLive();
  await scene.isHealed();
  assertEquals(failures(scene), []);
});

Deno.test("LiveMarket waits as long as a venue that answers 429 to healing says, and heals then", async () => {
  await using scene = await LiveScene.start(START);
  await scene.passUntil(BUCKET + MINUTE_MS);
  for (const venue of scene.venues) venue.withhold();
  await scene.passUntil(BUCKET + BUCKET_MS + LATE_MS - SECOND_MS);
  for (const { exchange } of scene.venues) exchange.restRefusal = { status: 429, retryAfterS: 5 };
  await scene.until(
    () => scene.product.gates.list().filter(({ pausedUntil }) => pausedUntil !== null).length === 2,
    { what: "both venues paused" },
  );
  for (const venue of scene.venues) {
    assertEquals((await scene.closedStates(venue)).at(-1), "provisional");
    venue.exchange.restRefusal = null;
  }
  await scene.isHealed();
});

Deno.test("LiveMarket heals what a venue that shut us out holds, once an operator thaws it", async () => {
  await using scene = await LiveScene.start(START);
  const { binance, product: { gates } } = scene;
  await scene.passUntil(BUCKET + MINUTE_MS);
  binance.withhold();
  binance.exchange.restRefusal = { status: 451 };
  // Longer than a job that fails would be tried.
  await scene.passUntil(BUCKET + HOUR_MS / 2);
  assert(gates.list().some(({ name, frozen }) => name === "binance" && frozen));
  assertEquals((await scene.closedStates(binance)).at(1), "provisional");
  assertEquals(await scene.wrong(), []);
  binance.exchange.restRefusal = null;
  await gates.thaw("binance");
  await scene.passUntil(scene.time.now() + SHUT_WAIT_MS);
  await scene.isHealed();
});

Deno.test("LiveMarket ends a storm of everything at once with true candles", async () => {
  await using scene = await LiveScene.start(START);
  const chance = new TradeWalk(7);
  const pick = <T>(from: readonly T[]): T | undefined =>
    from[Math.floor(chance.next("storm", 0).quantity * 1_000) % from.length];
  const blows: readonly ((venue: Venue) => void)[] = [
    ({ exchange }) => exchange.drop(),
    ({ exchange }) => exchange.close(1012, "Service restart"),
    ({ exchange }) => exchange.freeze(),
    ({ exchange }) => exchange.say("{", "\u0000"),
    ({ exchange }) => exchange.announceShutdown(),
    (venue) => venue.tear(),
    (venue) => venue.withhold(5),
    (venue) => venue.exchange.faults = { ...NO_FAULTS, repeatEvery: 3, swapEvery: 4 },
    (venue) => venue.exchange.faults = { ...NO_FAULTS, withholdEvery: 9, garbageEvery: 5 },
    (venue) => venue.exchange.faults = NO_FAULTS,
  ];
  for (let round = 0; round < 60; round++) {
    const venue = pick(scene.venues);
    if (venue) pick(blows)?.(venue);
    for (const one of scene.venues) one.trade(20);
    await scene.passUntil(scene.time.now() + 9 * SECOND_MS);
    assertEquals(await scene.wrong(), []);
  }
  each(scene, ({ exchange }) => exchange.faults = NO_FAULTS);
  await scene.passUntil(scene.time.now() + SILENT_AFTER_MS);
  await scene.isLive();
  await scene.isHealed();
  await scene.passUntil(scene.time.now() + BUCKET_MS + LATE_MS);
  await scene.isHealed();
  assertEquals(failures(scene), []);
});

Deno.test("LiveMarket takes the time that its machine slept for unheard", async () => {
  await using scene = await LiveScene.start(START);
  await scene.passUntil(BUCKET + MINUTE_MS);
  await reconnecting(scene, () => {
    // All of it in one turn of the event loop, as if the process had been stopped.
    for (let minute = 0; minute < 12; minute++) {
      scene.time.skip(MINUTE_MS);
      for (const venue of scene.venues) venue.withhold(3);
    }
  });
  // Until the first trade nothing tells what was missed.
  assertEquals(await scene.wrong(), []);
  await scene.isLive();
  await scene.isHealed();
  assertEquals(failures(scene), []);
});

Deno.test("LiveMarket loses nothing it told of when it stops, and heals what it missed", async () => {
  await using scene = await LiveScene.start(START);
  await scene.passUntil(BUCKET + 2 * MINUTE_MS);
  for (const venue of scene.venues) venue.trade(100);
  await scene.priceIs();
  const told = scene.product.board.find(BTC);
  await scene.stopProduct();
  await scene.passUntil(BUCKET + 30 * MINUTE_MS, { stepMs: MINUTE_MS });
  await scene.startProduct();
  const [kept] = await scene.product.prices.listPrices();
  assert(told && kept && kept.asof >= told.asof, "The last price told is stored");
  await scene.isHealed();
  await scene.passUntil(BUCKET + 35 * MINUTE_MS + LATE_MS);
  await scene.isHealed();
});
