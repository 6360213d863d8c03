import type { Browser, BrowserContext, Page } from "playwright-core";
import { assert, assertEquals } from "@/tests/assert.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { build } from "@/tools/build.ts";
import { waitsForWorker } from "./alive.ts";
import { LivePlace, until } from "./live_place.ts";
import { keepPicture } from "./page_checks.ts";

const UNITS = 2;

/** A portfolio of two bitcoins, as the API makes it. */
async function makePortfolio(url: string): Promise<string> {
  const made = await post(`${url}/api/portfolio`, { name: "Followed", base_currency: "USD" });
  const id: string = made.portfolio_id;
  await post(`${url}/api/portfolio/${id}/transactions`, {
    timestamp: new Date(Date.now() - 86_400_000).toISOString(),
    action: "BUY",
    asset_id: "bitcoin",
    quantity: String(UNITS),
    unit_price_usd: "1000",
    account: "Main",
  });
  return id;
}

async function post(url: string, body: unknown) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assertEquals(answer.status, 201, `${url}: ${answer.status}`);
  return (await answer.json()).data;
}

/** Waits until the cell shows an amount, to the cent. */
async function shows(
  page: Page,
  selector: string,
  { amount }: { amount: number },
): Promise<void> {
  await until(() => page.locator(selector).first().innerText(), {
    what: `${selector} shows ${amount}`,
    holds(text) {
      const digits = text.replaceAll(",", "").replace("\u2212", "-");
      return Math.abs(parseFloat(digits) - amount) < 0.006;
    },
  });
}

const NAV = '.fig.lead [data-cell="nav"]';
const VALUE = '[data-position="bitcoin"] [data-cell="value"]';
const ROWS = "#positions tbody tr";

/** Waits until so many streams are open. */
async function clientsAre(
  url: string,
  { transport, count }: { transport: "sse" | "websocket"; count: number },
): Promise<void> {
  const name = `tokenlysis_stream_clients{transport="${transport}"} `;
  const read = async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(text.split("\n").find((line) => line.startsWith(name))?.slice(name.length));
  };
  await until(read, {
    what: `${count} streams by ${transport}`,
    holds: (found) => found === count,
  });
}

/** A page without a shared worker, whose sockets are refused as by a proxy that knows none. */
async function openWithoutSockets(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(`
    delete window.SharedWorker;
    window.WebSocket = class extends EventTarget {
      constructor() {
        super();
        setTimeout(() => this.dispatchEvent(new Event("close")));
      }
      close() {}
    };
  `);
  return page;
}

interface Step {
  readonly name: string;
  run(place: LivePlace, home: { browser: Browser; id: string }): Promise<void>;
}

const STEPS: readonly Step[] = [
  {
    name: "two tabs follow a price over one socket",
    async run(place, { browser, id }) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      await waitsForWorker(context);
      const tabs = [await context.newPage(), await context.newPage()];
      for (const tab of tabs) await tab.goto(`${place.url}/portfolio/${id}`);
      await tabs[0]?.locator(".feed", { hasText: "Live" }).waitFor();
      for (let count = 0; count < 3; count++) {
        const price = await place.tradeBitcoin();
        for (const tab of tabs) {
          await shows(tab, VALUE, { amount: UNITS * price });
          await shows(tab, NAV, { amount: UNITS * price });
          const gain = UNITS * (price - 1000);
          await shows(tab, '[data-position="bitcoin"] [data-cell="unrealised"]', { amount: gain });
        }
      }
      await clientsAre(place.url, { transport: "websocket", count: 1 });
      await context.close();
      await clientsAre(place.url, { transport: "websocket", count: 0 });
    },
  },

  {
    name: "an open page follows the ledger without being loaded again, live cells included",
    async run(place, { browser, id }) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(`${place.url}/portfolio/${id}`);
      await page.locator(".feed", { hasText: "Live" }).waitFor();
      await page.evaluate("window.isSamePage = true");
      const marks = await page.locator("#nav .c-flow").count();
      await post(`${place.url}/api/portfolio/${id}/transactions`, {
        timestamp: new Date(Date.now() - 3 * 3_600_000).toISOString(),
        action: "BUY",
        asset_id: "ethereum",
        quantity: "4",
        unit_price_usd: "100",
        account: "Main",
      });
      await page.locator("#positions").getByRole("link", { name: "Ethereum", exact: true })
        .waitFor();
      assertEquals(await page.locator(ROWS).count(), 2);
      assertEquals(await page.locator("#lots tbody tr").count(), 2);
      await page.locator("#ledger").getByText("ETH").first().waitFor();
      await page.waitForFunction(
        (before) => document.querySelectorAll("#nav .c-flow").length > before,
        marks,
      );
      const price = await place.tradeBitcoin();
      await shows(page, VALUE, { amount: UNITS * price });
      await shows(page, '[data-live="bitcoin"] [data-cell="price"]', { amount: price });
      assertEquals(await page.evaluate("window.isSamePage"), true);
      await keepPicture(page, "portfolio-live", { isWhole: false });
      await page.close();
    },
  },

  {
    name: "a value stays that came while the page was read again, which brings an older one",
    async run(place, { browser, id }) {
      const page = await browser.newPage();
      await page.clock.install();
      await page.goto(`${place.url}/portfolio/${id}`);
      await page.locator(".feed", { hasText: /^Live$/ }).waitFor();
      await shows(page, VALUE, { amount: UNITS * (await place.tradeBitcoin()) });
      const [asked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      await page.route(`**/portfolio/${id}`, async (route) => {
        const response = await route.fetch();
        asked.resolve();
        await held.promise;
        await route.fulfill({ response });
      });
      const madeAt = () => page.locator("[data-shape]").getAttribute("data-at");
      const before = await madeAt();
      // Every minute the page is read again.
      await page.clock.fastForward(61_000);
      await asked.promise;
      const amount = UNITS * (await place.tradeBitcoin());
      await shows(page, VALUE, { amount });
      held.resolve();
      await until(madeAt, { what: "The page is read again", holds: (at) => at !== before });
      await shows(page, VALUE, { amount });
      await page.close();
    },
  },

  {
    name: "where sockets are refused the value comes as events, and by request where those are too",
    async run(place, { browser, id }) {
      await clientsAre(place.url, { transport: "sse", count: 0 });
      const context = await browser.newContext();
      const page = await openWithoutSockets(context);
      await page.goto(`${place.url}/portfolio/${id}`);
      // One of prices, one of the value.
      await clientsAre(place.url, { transport: "sse", count: 2 });
      await shows(page, VALUE, { amount: UNITS * (await place.tradeBitcoin()) });

      await context.route("**/api/stream/portfolio/**", (route) => route.abort());
      await page.reload();
      const asked = page.waitForResponse((answer) => answer.url().endsWith("/valuation"));
      assert((await asked).ok());
      await shows(page, VALUE, { amount: UNITS * (await place.tradeBitcoin()) });
      await context.close();
    },
  },
];

Deno.test({
  name: "an open portfolio in Chromium",
  ignore: findChromium() === null,
  async fn(t) {
    await build({ ifStale: true });
    await using place = await LivePlace.start();
    const browser = await launchChromium();
    try {
      const id = await makePortfolio(place.url);
      for (const { name, run } of STEPS) await t.step(name, () => run(place, { browser, id }));
    } finally {
      await browser.close();
    }
  },
});
