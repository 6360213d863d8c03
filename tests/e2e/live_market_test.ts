import type { Browser, Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { build } from "@/tools/build.ts";
import { waitsForWorker } from "./alive.ts";
import { EventReader } from "./event_reader.ts";
import { CLOSING_MS, LivePlace, TRADES_PER_SECOND, until } from "./live_place.ts";
import { showsPrice, tellsAge } from "./live_pages.ts";
import { noteTexts } from "./noted.ts";
import { keepPicture } from "./page_checks.ts";

const PRICE = '[data-table="assets"] [data-live="bitcoin"] [data-cell="price"]';
const SSE_CLIENTS = 'tokenlysis_stream_clients{transport="sse"}';
const PRICES_SHOWN = 5;

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  return page;
}

/** What the feed's chip says while prices come; other chips have the word in them, too. */
const LIVE = /^Live$/;

async function showsState(page: Page, label: RegExp): Promise<void> {
  await page.locator(".feed", { hasText: label }).waitFor();
}

interface Step {
  readonly name: string;
  run(place: LivePlace, browser: Browser): Promise<void>;
}

const STEPS: readonly Step[] = [
  {
    name: "shows trades, from one stream for two tabs",
    async run(place, browser) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      await waitsForWorker(context);
      const tabs = [await context.newPage(), await context.newPage()];
      for (const tab of tabs) await tab.goto(place.url);
      for (let count = 0; count < PRICES_SHOWN; count++) {
        const price = await place.tradeBitcoin();
        for (const tab of tabs) {
          await showsPrice(tab, { selector: PRICE, price });
          await showsState(tab, LIVE);
        }
      }
      assertEquals(await readMetric(place.url, SSE_CLIENTS), 1);
      await context.close();
    },
  },

  {
    name: "says that prices are stale while the exchange is away, moves them again and heals",
    async run(place, browser) {
      const page = await open(browser, place.url);
      await place.tradeBitcoin();
      await showsState(page, LIVE);
      place.pullAway();
      place.exchange.withhold(["BTCUSDT", "BTC-USD"]);
      await page.locator(".feed", { hasText: /^Stale, \d+ s$/ }).waitFor();
      await page.getByText("Prices are stale.").waitFor();
      assertMatch(await tellsAge(page), /^Stale, (\d+ s), as old as \1$/);
      await keepPicture(page, "market-stale", { isWhole: false });
      const late = await open(browser, `${place.url}/assets/bitcoin`);
      await showsState(late, /^Stale/);
      assertEquals(await late.locator("[data-as-served]:visible").count(), 0);
      place.bringBack();
      await showsPrice(page, { selector: PRICE, price: await place.tradeBitcoin() });
      await showsState(page, LIVE);
      await page.getByText("Prices are stale.").waitFor({ state: "hidden" });
      await showsState(late, LIVE);
      assertEquals(await late.locator("[data-as-served]:visible").count(), 0);
      await Promise.all([page.close(), late.close()]);
      place.exchange.run(TRADES_PER_SECOND);
      await place.putForward(CLOSING_MS);
      const candles = await until(() => place.readCandles(), {
        what: "Candles as the exchange has them",
        holds: (read) => place.isTrue(read),
      });
      place.exchange.run(0);
      assert(candles.some(({ state }) => state === "healed"));
    },
  },

  {
    name: "shows the live price and the bar under way of an asset",
    async run(place, browser) {
      const page = await open(browser, `${place.url}/assets/bitcoin?range=24h`);
      await page.locator(".plot canvas").waitFor();
      for (let count = 0; count < 2; count++) {
        const price = await place.tradeBitcoin();
        await showsPrice(page, { selector: ".quote [data-cell=price]", price });
        const close = place.exchange.candles.list("BTCUSDT", {
          stepMs: 300_000,
          from: 0,
          to: Number.MAX_SAFE_INTEGER,
        }).at(-1)?.close ?? NaN;
        const shown = close.toLocaleString("en-US", { minimumFractionDigits: 2 });
        await page.locator(".legend", { hasText: `C ${shown}` }).waitFor();
        await page.locator(".legend", { hasText: "provisional" }).waitFor();
      }
      await keepPicture(page, "market-asset", { isWhole: false });
      await page.close();
    },
  },

  {
    name: "resumes a stream without a hole and without a double",
    async run(place) {
      const url = `${place.url}/api/stream/prices`;
      place.exchange.run(TRADES_PER_SECOND);
      await using control = await EventReader.open(url);
      const first = await EventReader.open(url);
      await first.count(10);
      await first[Symbol.asyncDispose]();
      const seen = first.ids;
      const lastEventId = seen.at(-1) ?? "";
      const after = control.ids.indexOf(lastEventId);
      await control.count(after + 12);
      await using second = await EventReader.open(url, { lastEventId });
      await second.count(20);
      place.exchange.run(0);
      const all = [...seen, ...second.ids];
      await control.first(({ id }) => id === all.at(-1));
      const from = control.ids.indexOf(all[0] ?? "");
      assertEquals(all, control.ids.slice(from, from + all.length));
      assert(second.events.every(({ name }) => name === "price_update"));
    },
  },

  {
    name: "asks for prices, and says so, where every stream is taken",
    async run(place, browser) {
      // One that an earlier page still lets go of would be free for this one.
      await until(() => readMetric(place.url, SSE_CLIENTS), {
        what: "No stream is open",
        holds: (count) => count === 0,
      });
      const taken = await takeStreams(`${place.url}/api/stream/prices`);
      assertEquals(taken.length, MAX_STREAMS);
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      const feed = await noteTexts(page, ".feed");
      await page.goto(place.url);
      await feed.showed(/^Reconnecting/, /^Polling every 5 s$/);
      const price = await place.tradeBitcoin();
      await showsPrice(page, { selector: PRICE, price });
      await keepPicture(page, "market-polling", { isWhole: false });
      for (const reader of taken) await reader[Symbol.asyncDispose]();
      await page.close();
    },
  },
];

/** Few enough that a test can take them all. */
const MAX_STREAMS = 8;

/** Opens streams until the product refuses one. */
async function takeStreams(url: string): Promise<readonly EventReader[]> {
  const taken: EventReader[] = [];
  for (;;) {
    try {
      taken.push(await EventReader.open(url));
    } catch {
      return taken;
    }
  }
}

/** A sample of `/metrics`. */
async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length));
}

Deno.test({
  name: "the live market in Chromium",
  ignore: findChromium() === null,
  async fn(t) {
    await build({ ifStale: true });
    await using place = await LivePlace.start({
      env: { TOKENLYSIS_MAX_STREAMS: String(MAX_STREAMS) },
    });
    const browser = await launchChromium();
    try {
      for (const { name, run } of STEPS) await t.step(name, () => run(place, browser));
    } finally {
      await browser.close();
    }
  },
});
