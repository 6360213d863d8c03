import { assert, assertEquals } from "@/tests/assert.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { build } from "@/tools/build.ts";
import { EventReader } from "./event_reader.ts";
import { CLOSING_MS, LivePlace, TRADES_PER_SECOND, until } from "./live_place.ts";

/** Enough events that the product is killed in the middle of its work. */
const EVENTS_BEFORE = 25;

interface Price {
  readonly price: number;
  readonly asof: string;
  readonly stale: boolean;
}

async function readPrice(url: string): Promise<Price> {
  const answer = await fetch(`${url}/api/market/price/bitcoin`);
  return (await answer.json()).data;
}

Deno.test({
  name: "the live market: killed while trades flow, it goes on where it was and heals the rest",
  ignore: findChromium() === null,
  async fn() {
    await build({ ifStale: true });
    await using place = await LivePlace.start();
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      place.exchange.run(TRADES_PER_SECOND);
      const reader = await EventReader.open(`${place.url}/api/stream/prices?coins=bitcoin`);
      await reader.count(EVENTS_BEFORE);
      await page.goto(place.url);
      await page.locator(".feed", { hasText: "Live" }).waitFor();

      place.pullAway();
      const seen = reader.events.at(-1)?.data ?? {};
      await place.killAndRestart({ laterMs: CLOSING_MS });
      await reader[Symbol.asyncDispose]();

      // The exchange is still away: this is what the store kept.
      const kept = await readPrice(place.url);
      assert(kept.asof >= String(seen["timestamp"]), "What a reader saw was stored before");
      if (kept.asof === seen["timestamp"]) assertEquals(kept.price, seen["price"]);
      assert(kept.stale);

      place.bringBack();
      const price = await until(() => readPrice(place.url), {
        what: "A price of now",
        holds: ({ stale }) => !stale,
      });
      assert(price.asof > kept.asof);
      await page.locator(".feed", { hasText: "Live" }).waitFor();
      // The bar that it was killed in among them, which it had built in part.
      await until(() => place.readCandles(), {
        what: "Candles as the exchange has them",
        holds: (read) => place.isTrue(read),
      });
    } finally {
      await browser.close();
    }
  },
});
