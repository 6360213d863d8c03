import type { BrowserContext, Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import {
  axeFindings,
  keepPicture,
  layoutShift,
  type Place,
  type Step,
  testInBrowser,
} from "@/tests/e2e/page_checks.ts";
import { waitsForWorker } from "@/tests/e2e/alive.ts";
import { tellsAge } from "@/tests/e2e/live_pages.ts";
import { keepLastSight } from "@/tests/e2e/last_sight.ts";
import { until } from "@/tests/e2e/live_place.ts";
import { type Noted, noteTexts } from "@/tests/e2e/noted.ts";
import { StreamStub } from "@/tests/e2e/stream_stub.ts";

const PRICE = '[data-table="assets"] [data-live="bitcoin"] [data-cell="price"]';
const SILENT = /^No live prices$/;
const LIVE = /^Live$/;
const RECONNECTING = /^Reconnecting/;
const POLLING = /^Polling every 5 s$/;
const CHANGE = '[data-table="assets"] [data-live="bitcoin"] [data-cell="change_24h"]';

/** A browser of its own before a product whose streams the test plays. */
async function withStub(
  { browser, url }: Place,
  test: (stub: StreamStub, context: BrowserContext) => Promise<void>,
  options: Parameters<typeof browser.newContext>[0] = {},
): Promise<void> {
  await using stub = new StreamStub(url);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  try {
    await test(stub, context);
  } finally {
    for (const page of context.pages()) await keepLastSight(page);
    await context.close();
  }
}

interface Tab {
  readonly page: Page;
  /** What the chip of its stream has said. */
  readonly feed: Noted;
}

async function open(context: BrowserContext, url: string): Promise<Tab> {
  const page = await context.newPage();
  const feed = await noteTexts(page, ".feed");
  await page.goto(url);
  return { page, feed };
}

/** Waits until the page hears its stream, which has told nothing yet. */
async function openHearing(context: BrowserContext, url: string): Promise<Tab> {
  const tab = await open(context, url);
  await tab.feed.showed(SILENT);
  return tab;
}

const STEPS: readonly Step[] = [
  {
    name: "shares one stream among tabs, and moves the prices in all of them",
    run: (place) =>
      withStub(place, async (stub, context) => {
        await waitsForWorker(context);
        const first = await openHearing(context, stub.url);
        const second = await openHearing(context, stub.url);
        stub.trade("bitcoin", 123_456.78);
        for (const { page, feed } of [first, second]) {
          await page.locator(PRICE, { hasText: "123,456.78" }).waitFor();
          await feed.showed(SILENT, LIVE);
        }
        assertEquals([stub.open.length, stub.asked], [1, 1]);
        await first.page.close();
        stub.trade("bitcoin", 123_457.01);
        await second.page.locator(PRICE, { hasText: "123,457.01" }).waitFor();
        assertEquals(stub.asked, 1);
      }),
  },

  {
    name: "counts the change of a live price, and tints what changed for a moment",
    run: (place) =>
      withStub(place, async (stub, context) => {
        const { page } = await openHearing(context, stub.url);
        const ups = await noteTexts(page, `${PRICE}.flash[data-dir="up"]`);
        const downs = await noteTexts(page, `${PRICE}.flash[data-dir="down"]`);
        const shown = async (selector: string) => await page.locator(selector).innerText();
        const row = page.locator('[data-table="assets"] [data-live="bitcoin"]');
        const price = Number(await row.getAttribute("data-price"));
        const change = Number(await row.getAttribute("data-change"));
        stub.trade("bitcoin", price * 1.5);
        await ups.showed(/\d/);
        const percent = ((1 + change) * 1.5 - 1) * 100;
        assertMatch(await shown(CHANGE), new RegExp(`\\+${percent.toFixed(2)}%`));
        await page.locator(`${PRICE}:not(.flash)`).waitFor();
        stub.trade("bitcoin", price * 1.4);
        await downs.showed(/\d/);
        await keepPicture(page, "live-overview", { isWhole: false });
        const link = page.locator(`${PRICE} a.explain`);
        assertEquals(await link.getAttribute("href"), "/explain/price/bitcoin");
        assert(await layoutShift(page) < 0.02);
      }, { reducedMotion: "no-preference" }),
  },

  {
    name: "tints nothing for those who want no motion",
    run: (place) =>
      withStub(place, async (stub, context) => {
        const { page } = await openHearing(context, stub.url);
        await page.evaluate(`new MutationObserver((changes) => {
          if (changes.some(({ target }) => target.classList.contains("flash"))) window.flashed = true;
        }).observe(document.body, { attributes: true, subtree: true, attributeFilter: ["class"] })`);
        for (const price of [5, 6, 7]) {
          stub.tick("bitcoin", price);
          await page.locator(PRICE, { hasText: `${price}.0000` }).waitFor();
        }
        assertEquals(await page.evaluate("window.flashed === true"), false);
      }, { reducedMotion: "reduce" }),
  },

  {
    name: "says how old prices are that no longer come, and keeps them",
    run: (place) =>
      withStub(place, async (stub, context) => {
        await context.clock.install();
        const { page, feed } = await openHearing(context, stub.url);
        stub.trade("bitcoin", 50_000);
        await feed.showed(LIVE);
        stub.rest();
        await page.clock.fastForward(12_000);
        await feed.showed(LIVE, /^Stale, \d+ s$/);
        await page.locator(PRICE, { hasText: "50,000.00" }).waitFor();
        await page.getByText("Prices are stale.").waitFor();
        assertMatch(await tellsAge(page), /^Stale, (\d+ s), as old as \1$/);
        assertEquals(await axeFindings(page), []);
        await keepPicture(page, "live-stale", { isWhole: false });
        stub.trade("bitcoin", 50_001, { ageMs: -12_000 });
        await feed.showed(LIVE, /^Stale, \d+ s$/, LIVE);
        await page.getByText("Prices are stale.").waitFor({ state: "hidden" });
        const age = page.locator('[data-table="assets"] [data-live="bitcoin"] [data-age]');
        await age.waitFor({ state: "hidden" });
      }),
  },

  {
    name: "reconnects after a cut, and goes on from there",
    run: (place) =>
      withStub(place, async (stub, context) => {
        const { page, feed } = await openHearing(context, stub.url);
        stub.trade("bitcoin", 40_000);
        await feed.showed(LIVE);
        stub.cut();
        await feed.showed(LIVE, RECONNECTING, LIVE);
        assertEquals(stub.asked, 2);
        stub.trade("bitcoin", 40_001);
        await page.locator(PRICE, { hasText: "40,001.00" }).waitFor();
      }),
  },

  {
    name: "asks for prices where no stream is to be had, and says when nothing answers",
    run: (place) =>
      withStub(place, async (stub, context) => {
        stub.behave({ refusesStreams: true });
        const { page, feed } = await open(context, stub.url);
        await feed.showed(RECONNECTING);
        stub.trade("bitcoin", 30_000);
        await page.locator(PRICE, { hasText: "30,000.00" }).waitFor();
        await feed.showed(RECONNECTING, POLLING);
        // Nothing answers, and what is tried anew by itself is not answered before it is asked for.
        stub.behave({ isDown: true, holdsStreams: true });
        await feed.showed(POLLING, /^Offline/);
        await page.getByText("Prices stand still.").waitFor();
        await keepPicture(page, "live-offline", { isWhole: false });
        const { asked } = stub;
        await page.getByRole("button", { name: "Try now" }).click();
        await until(() => Promise.resolve(stub.asked), {
          what: "A stream is asked for",
          holds: (count) => count > asked,
        });
        stub.behave({});
        // A stream that comes after so many cuts has to last before polling ends.
        await feed.showed(POLLING, /^Offline/, POLLING);
        stub.trade("bitcoin", 30_001);
        await page.locator(PRICE, { hasText: "30,001.00" }).waitFor();
        await until(() => Promise.resolve(stub.open), {
          what: "One stream is open",
          holds: ({ length }) => length === 1,
        });
      }),
  },

  {
    name: "moves the price of an asset's page, and draws the bar under way",
    run: (place) =>
      withStub(place, async (stub, context) => {
        const { page } = await openHearing(context, `${stub.url}/assets/bitcoin?range=24h`);
        await page.locator(".plot canvas").waitFor();
        // Its bars are those of the page or newer ones, never one that is over for the page.
        const asked = await fetch(`${place.url}/api/market/chart/bitcoin?range=24h`);
        const { data: chart } = await asked.json();
        stub.trade("bitcoin", 65_432.1);
        await page.locator(".quote", { hasText: "65,432.10" }).waitFor();
        await until(() => Promise.resolve(stub.open), {
          what: "Candles are heard",
          holds: (paths) => paths.some((path) => path.startsWith("/api/stream/candles")),
        });
        const bar = {
          coin_id: "bitcoin",
          interval: chart.derived_from ?? chart.interval,
          o: 65_000,
          h: 200_000,
          l: 64_000,
          v: 1,
          source: chart.source,
          asof: new Date().toISOString(),
        };
        const t = chart.t.at(-1);
        stub.send("candles", "candle", { ...bar, t, c: 199_999, state: "provisional" });
        const legend = page.locator(".legend");
        await legend.getByText("199,999.00").waitFor();
        await page.locator(".plot").focus();
        for (let step = 0; step < 3; step++) await page.keyboard.press("+");
        const zoomed = await page.locator(".chart-tools .end .btn").first().innerText();
        stub.send("candles", "candle", { ...bar, t, c: 188_888, state: "provisional" });
        await legend.getByText("188,888.00").waitFor();
        assertEquals(
          await page.locator(".chart-tools .end .btn").first().innerText(),
          zoomed,
          "The reader's window stays",
        );
        await keepPicture(page, "live-asset", { isWhole: false });
      }),
  },

  {
    name: "opens a stream of the page's own where the browser shares no workers",
    run: (place) =>
      withStub(place, async (stub, context) => {
        await context.addInitScript("delete globalThis.SharedWorker");
        const tabs = [
          await openHearing(context, stub.url),
          await openHearing(context, stub.url),
        ];
        stub.trade("bitcoin", 20_000);
        for (const { page } of tabs) await page.locator(PRICE, { hasText: "20,000.00" }).waitFor();
        assertEquals(stub.open.length, 2);
      }),
  },
];

/** Exchanges that nothing answers for, and so no live price but those that a test plays. */
const NO_EXCHANGE = {
  TOKENLYSIS_NETWORK: "on",
  TOKENLYSIS_MARKET_STREAM_URLS: "binance=ws://127.0.0.1:9,coinbase=ws://127.0.0.1:9",
  TOKENLYSIS_MARKET_REST_URLS: ["binance", "coinbase", "coingecko"]
    .map((provider) => `${provider}=http://127.0.0.1:9`).join(),
};

testInBrowser("live prices in Chromium", STEPS, { env: NO_EXCHANGE });
