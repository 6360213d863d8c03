// deno-lint-ignore-file no-console
/**
 * From a trade to the screen, over a local exchange, the running product and Chromium: how long
 * until a page shows the price; and how long after an exchange is back until its candles are as it
 * has them.
 */
import type { Browser } from "playwright-core";
import { SECOND_MS } from "@/services/kernel/time.ts";
import { launchChromium } from "@/tests/chromium.ts";
import { showsPrice } from "@/tests/e2e/live_pages.ts";
import { CLOSING_MS, LivePlace, TRADES_PER_SECOND, until } from "@/tests/e2e/live_place.ts";
import { Goals } from "@/tests/load/goals.ts";
import { build } from "@/tools/build.ts";

/** By the exchange's time stamp; venues are heard, made one price, published, drawn. */
const SEEN_WITHIN_MS = 2 * SECOND_MS;
const HEALED_WITHIN_MS = 10 * SECOND_MS;
const isQuick = Deno.args.includes("--quick");
const ROUNDS = isQuick ? 3 : 21;

const PRICE = '[data-table="assets"] [data-live="bitcoin"] [data-cell="price"]';

async function measure(run: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await run();
  return performance.now() - since;
}

/** Milliseconds from each of some trades to the page. */
async function timeTrades(place: LivePlace, browser: Browser): Promise<readonly number[]> {
  const page = await browser.newPage();
  await page.goto(place.url);
  // The page has its stream once it shows a first one.
  await showsPrice(page, { selector: PRICE, price: await place.tradeBitcoin() });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const price = await place.tradeBitcoin();
    times.push(await measure(() => showsPrice(page, { selector: PRICE, price })));
  }
  await page.close();
  return times;
}

/** Milliseconds from an exchange's return, time put past the buckets it missed, to its candles. */
async function timeHealing(place: LivePlace): Promise<number> {
  place.pullAway();
  place.exchange.withhold(["BTCUSDT", "BTC-USD"]);
  place.bringBack();
  await place.exchange.when(() => place.exchange.subscribed.size > 0);
  place.exchange.run(TRADES_PER_SECOND);
  const tookMs = await measure(async () => {
    await place.putForward(CLOSING_MS);
    await until(() => place.readCandles(), {
      what: "Candles as the exchange has them",
      holds: (read) => place.isTrue(read),
    });
  });
  place.exchange.run(0);
  return tookMs;
}

await build({ ifStale: true });
await using place = await LivePlace.start();
const browser = await launchChromium();
const times = (await timeTrades(place, browser)).toSorted((a, b) => a - b);
const healedMs = await timeHealing(place);
await browser.close();
const goals = new Goals();
console.log(`from a trade to the screen: median ${times[ROUNDS >> 1]?.toFixed(0)} ms of ${ROUNDS}`);
goals.atMost("slowest trade to the screen, ms", {
  actual: times.at(-1) ?? NaN,
  goal: SEEN_WITHIN_MS,
});
goals.atMost("candles healed after the exchange is back, ms", {
  actual: healedMs,
  goal: HEALED_WITHIN_MS,
});
if (goals.missed.length > 0 && !isQuick) Deno.exitCode = 1;
