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
import { tellsAge } from "@/tests/e2e/live_pages.ts";
import { StreamStub } from "@/tests/e2e/stream_stub.ts";

const PRICE = '[data-table="assets"] [data-live="bitcoin"] [data-cell="price"]';
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
    await context.close();
  }
}

async function open(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function showsState(page: Page, label: string | RegExp): Promise<void> {
  await page.locator(".feed", { hasText: label }).waitFor();
}

const STEPS: readonly Step[] = [
  {
    name: "shares one stream among tabs, and moves the prices in all of them",
    run: (place) =>
      withStub(place, async (stub, context) => {
        const tabs = [await open(context, stub.url), await open(context, stub.url)];
        for (const tab of tabs) await showsState(tab, "No live prices");
        stub.tick("bitcoin", 123_456.78);
        for (const tab of tabs) {
          await tab.locator(PRICE, { hasText: "123,456.78" }).waitFor();
          await showsState(tab, "Live");
        }
        assertEquals([stub.open.length, stub.asked], [1, 1]);
        await tabs[0]?.close();
        stub.tick("bitcoin", 123_457.01);
        await tabs[1]?.locator(PRICE, { hasText: "123,457.01" }).waitFor();
        assertEquals(stub.asked, 1);
      }),
  },

  {
    name: "counts the change of a live price, and tints what changed for a moment",
    run: (place) =>
      withStub(place, async (stub, context) => {
        const page = await open(context, stub.url);
        await showsState(page, "No live prices");
        const shown = async (selector: string) => await page.locator(selector).innerText();
        const row = page.locator('[data-table="assets"] [data-live="bitcoin"]');
        const price = Number(await row.getAttribute("data-price"));
        const change = Number(await row.getAttribute("data-change"));
        stub.tick("bitcoin", price * 1.5);
        await page.locator(`${PRICE}.flash[data-dir="up"]`).waitFor();
        const percent = ((1 + change) * 1.5 - 1) * 100;
        assertMatch(await shown(CHANGE), new RegExp(`\\+${percent.toFixed(2)}%`));
        await page.locator(`${PRICE}:not(.flash)`).waitFor();
        stub.tick("bitcoin", price * 1.4);
        await page.locator(`${PRICE}.flash[data-dir="down"]`).waitFor();
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
        const page = await open(context, stub.url);
        await showsState(page, "No live prices");
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
        const page = await context.newPage();
        await page.clock.install();
        await page.goto(stub.url);
        await showsState(page, "No live prices");
        stub.tick("bitcoin", 50_000);
        await showsState(page, "Live");
        await page.clock.fastForward(12_000);
        await showsState(page, /^Stale, \d+ s$/);
        await page.locator(PRICE, { hasText: "50,000.00" }).waitFor();
        await page.getByText("Prices are stale.").waitFor();
        assertMatch(await tellsAge(page), /^Stale, (\d+ s), as old as \1$/);
        assertEquals(await axeFindings(page), []);
        await keepPicture(page, "live-stale", { isWhole: false });
        stub.tick("bitcoin", 50_001, { ageMs: -12_000 });
        await showsState(page, "Live");
        await page.getByText("Prices are stale.").waitFor({ state: "hidden" });
        const age = page.locator('[data-table="assets"] [data-live="bitcoin"] [data-age]');
        await age.waitFor({ state: "hidden" });
      }),
  },

  {
    name: "reconnects after a cut, and goes on from there",
    run: (place) =>
      withStub(place, async (stub, context) => {
        const page = await open(context, stub.url);
        await showsState(page, "No live prices");
        stub.tick("bitcoin", 40_000);
        await showsState(page, "Live");
        stub.cut();
        await showsState(page, "Reconnecting");
        await showsState(page, "Live");
        assertEquals(stub.asked, 2);
        stub.tick("bitcoin", 40_001);
        await page.locator(PRICE, { hasText: "40,001.00" }).waitFor();
      }),
  },

  {
    name: "asks for prices where no stream is to be had, and says when nothing answers",
    run: (place) =>
      withStub(place, async (stub, context) => {
        stub.behave({ refusesStreams: true });
        const page = await open(context, stub.url);
        await page.locator(".feed", { hasText: "Reconnecting" }).waitFor();
        stub.tick("bitcoin", 30_000);
        await page.locator(PRICE, { hasText: "30,000.00" }).waitFor();
        await showsState(page, "Polling every 5 s");
        stub.behave({ isDown: true });
        await showsState(page, "Offline");
        await page.getByText("Prices stand still.").waitFor();
        await keepPicture(page, "live-offline", { isWhole: false });
        stub.behave({});
        await page.getByRole("button", { name: "Try now" }).click();
        // A stream that comes after so many cuts has to last before polling ends.
        await showsState(page, "Polling every 5 s");
        stub.tick("bitcoin", 30_001);
        await page.locator(PRICE, { hasText: "30,001.00" }).waitFor();
        assertEquals(stub.open.length, 1);
      }),
  },

  {
    name: "moves the price of an asset's page, and draws the bar under way",
    run: (place) =>
      withStub(place, async (stub, context) => {
        const asked = await fetch(`${place.url}/api/market/chart/bitcoin?range=24h`);
        const { data: chart } = await asked.json();
        const page = await open(context, `${stub.url}/assets/bitcoin?range=24h`);
        await page.locator(".plot canvas").waitFor();
        await showsState(page, "No live prices");
        stub.tick("bitcoin", 65_432.1);
        await page.locator(".quote", { hasText: "65,432.10" }).waitFor();
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
        const tabs = [await open(context, stub.url), await open(context, stub.url)];
        for (const tab of tabs) await showsState(tab, "No live prices");
        stub.tick("bitcoin", 20_000);
        for (const tab of tabs) await tab.locator(PRICE, { hasText: "20,000.00" }).waitFor();
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
