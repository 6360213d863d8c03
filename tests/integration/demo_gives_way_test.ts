import { compose, type Product } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { SqlCandleStore, SqlLivePriceStore } from "@/services/storage/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { build } from "@/tools/build.ts";
import { EventReader, type SentEvent, until } from "./stream_harness.ts";

const NOW = Date.UTC(2026, 10, 21, 6);
const BITCOIN = "bitcoin" as AssetId;
const LAST_CLOSE = 29_300;

interface Scene {
  readonly product: Product;
  readonly log: RecordingLog;
  /** Candles of 2021, written by another process than the product's. */
  importCandles(): Promise<void>;
  /** The product as it is started anew on the same database. */
  restart(): Promise<Product>;
}

/** The product without a network, over a database that another process writes to as well. */
async function withDemo(test: (scene: Scene) => Promise<void>): Promise<void> {
  await build({ ifStale: true });
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_demo_" });
  const path = `${folder}/test.db`;
  const [clock, log] = [new FakeClock(NOW), new RecordingLog()];
  const config = loadConfig({ TOKENLYSIS_NETWORK: "off", TOKENLYSIS_DATA_DIR: folder });
  const database = await openTestDatabase({ path, clock });
  const other = await openTestDatabase({ path, clock });
  const started: Product[] = [];
  const start = async () => {
    const product = await compose(config, { clock, log, database });
    started.push(product);
    await product.warm();
    await product.start({ hasCron: false });
    return product;
  };
  const importCandles = async () => {
    const [key, first] = [
      { assetId: BITCOIN, source: "binance", interval: "1d" } as const,
      Date.UTC(2021, 0, 1),
    ];
    const closes = [29_000, 29_100, 29_200, LAST_CLOSE];
    const candles = columnsOf(closes.map((close, day) => ({
      openTime: first + day * DAY_MS,
      close,
    })));
    const store = new SqlCandleStore(other, clock);
    await store.upsertCandles(key, candles);
    await store.deleteSource("demo");
    // What other processes commit is asked for every few milliseconds.
    clock.advance(10);
  };
  const stop = async () => {
    const product = started.pop();
    await product?.stop();
    await product?.close();
  };
  try {
    const product = await start();
    await test({
      product,
      log,
      importCandles,
      restart: async () => {
        await stop();
        return await start();
      },
    });
  } finally {
    await stop();
    await Promise.all([database.close(), other.close()]);
    await Deno.remove(folder, { recursive: true });
  }
}

async function open(product: Product, path: string): Promise<EventReader> {
  return new EventReader(await product.fetch(new Request(`http://127.0.0.1${path}`)));
}

/** Reads events until one `holds`. */
async function readUntil(
  reader: EventReader,
  holds: (event: SentEvent) => boolean,
): Promise<SentEvent> {
  for (;;) {
    const event = await reader.next();
    assert(event, "The stream ended");
    if (holds(event)) return event;
  }
}

/** What is left of a stream whose product stops. */
async function readAll(reader: EventReader): Promise<readonly SentEvent[]> {
  const events: SentEvent[] = [];
  for (let event = await reader.next(); event; event = await reader.next()) events.push(event);
  return events;
}

const prices = (events: readonly SentEvent[]) =>
  events.filter(({ event }) => event === "price_update");

async function readPrice(product: Product) {
  const request = new Request("http://127.0.0.1/api/market/prices?coins=bitcoin");
  const { price, source, resolution, demo } = (await (await product.fetch(request)).json()).data[0];
  return { price, source, resolution, demo };
}

const IMPORTED = { price: LAST_CLOSE, source: "binance", resolution: "1d", demo: false };

Deno.test("the demo market's prices end with the first real candles, without a restart", async () => {
  await withDemo(async ({ product, log, importCandles, restart }) => {
    const early = await open(product, "/api/stream/prices");
    const first = await readUntil(early, ({ event }) => event === "price_update");
    assertEquals(JSON.parse(first.data ?? "").source, "demo");
    const { demo, resolution } = await readPrice(product);
    assertEquals([demo, resolution], [true, "tick"]);

    await importCandles();
    const late = await open(product, "/api/stream/prices");
    const feeds = await open(product, "/api/stream/feeds");
    assertEquals(await readPrice(product), IMPORTED);
    await readUntil(early, ({ event }) => event === "reset");
    await until(
      () => log.lines.some(({ message }) => message.startsWith("Feeding ends")),
      "the demo market ends",
    );
    assertEquals(await readPrice(product), IMPORTED);

    const again = await restart();
    for (const reader of [early, late]) assertEquals(prices(await readAll(reader)), []);
    assertEquals((await readAll(feeds)).filter(({ event }) => event === "feed"), []);
    const later = await open(again, "/api/stream/prices");
    assertEquals(await readPrice(again), IMPORTED);
    await again.stop();
    assertEquals(prices(await readAll(later)), []);
  });
});

Deno.test("a demo price that was stored before an import does not come out after it", async () => {
  const clock = new FakeClock(NOW);
  const log = new RecordingLog();
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_demo_" });
  await using database = await openTestDatabase({ clock });
  const kept = { priceUsd: 90_000, asof: clock.now(), source: "demo", market: null };
  await new SqlLivePriceStore(database).recordPrices([
    { assetId: BITCOIN, venues: [], excluded: [], ...kept },
  ]);
  const candles = columnsOf([{ openTime: Date.UTC(2021, 0, 1), close: LAST_CLOSE }]);
  const key = { assetId: BITCOIN, source: "binance", interval: "1d" } as const;
  await new SqlCandleStore(database, clock).upsertCandles(key, candles);
  const config = loadConfig({ TOKENLYSIS_NETWORK: "off", TOKENLYSIS_DATA_DIR: folder });
  {
    await using product = await compose(config, { clock, log, database });
    assertEquals(await readPrice(product), IMPORTED);
  }
  await Deno.remove(folder, { recursive: true });
});
