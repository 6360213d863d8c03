import type { Browser } from "playwright-core";
import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { openDatabase, SqlGaugeStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { sampleGas, sampleMempool } from "@/tests/unit/onchain/gauge_sample.ts";
import { build } from "@/tools/build.ts";
import { type GaugeStub, startGaugeStub } from "./gauge_stub.ts";
import { tellingWhatWasThere } from "./last_sight.ts";
import { until } from "./live_place.ts";
import { noteTexts } from "./noted.ts";
import { boxes, checkViews, layoutShift, type Step, testInBrowser, visit } from "./page_checks.ts";
import { type Product, startProduct } from "./product.ts";

const FAST = "#gas .fig.lead dd";
const MINUTES = 6;
/** Readings that there are before the product starts. */
const SEEDED = 30;

const OFF_STEPS: readonly Step[] = [
  {
    name: "says what to set and marks what is made up, in every width and theme",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/onchain`, { hasScripts: false });
      const { page } = visited;
      const banners = page.locator(".banner[data-kind=demo]");
      assertEquals(await banners.count(), 2);
      assertMatch(await banners.first().innerText(), /made up.*set TOKENLYSIS_NETWORK=on/);
      assertEquals(await page.locator("#gas .source[data-state=sim]").count(), 1);
      const off = await (await fetch(`${url}/onchain/eth/gas`)).json();
      assertEquals([off.enabled, off.reason], [false, "TOKENLYSIS_NETWORK is off"]);
      assertEquals(await checkViews(browser, `${url}/onchain`, { name: "onchain-off" }), []);
    },
  },
  {
    name: "is in the navigation and in the palette",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      await page.getByRole("link", { name: "Network gauges" }).first().waitFor();
      await page.keyboard.press("Control+k");
      await page.keyboard.type("network ga");
      await page.getByRole("option", { name: /Network gauges/ }).first().waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(`${url}/onchain`);
    },
  },
];

testInBrowser("the page of gauges that are off in Chromium", OFF_STEPS);

testInBrowser("the page of gauges without a demo in Chromium", [{
  name: "makes nothing up",
  async run({ browser, url }) {
    await using visited = await visit(browser, `${url}/onchain`);
    const { page } = visited;
    assertEquals(await page.getByText("No gas prices are read").count(), 1);
    assertEquals(await page.locator(".figs").count(), 0);
    const csv = await fetch(`${url}/onchain/csv/gas`);
    await csv.body?.cancel();
    assertEquals(csv.status, 404);
  },
}], { env: { TOKENLYSIS_DEMO: "off" } });

interface LivePlace {
  readonly browser: Browser;
  readonly stub: GaugeStub;
  readonly url: string;
}

const LIVE_STEPS: readonly { name: string; run(place: LivePlace): Promise<void> }[] = [
  {
    name: "shows what was read without JavaScript, with its source and as a file",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/onchain`, { hasScripts: false });
      const { page } = visited;
      assertMatch(await page.locator(FAST).first().innerText(), /1\.73\s*gwei/);
      assertEquals(await page.locator(".blocks .block").count(), 6);
      assertMatch(await page.locator(".blocks .block").last().innerText(), /11 blocks, the rest/);
      assertEquals(await page.locator(".fee-bands tbody tr").count(), 4);
      assertMatch(await page.locator("#gas .source").innerText(), /Etherscan gas oracle/);
      assertEquals(await page.locator(".gauge-chart .c-marks").count(), 3);
      const csv = (await (await fetch(`${url}/onchain/csv/mempool`)).text()).trim().split("\r\n");
      const seeded = csv.slice(1, 1 + SEEDED);
      assertEquals(seeded.filter((line) => /,mempool,1m,300\d\d,/.test(line)).length, SEEDED);
      // One reading, or more where a minute has passed since the start.
      const read = csv.slice(1 + SEEDED);
      assert(read.length > 0);
      for (const line of read) {
        assertMatch(line, /,mempool,1m,31690,16000000,203174810,12\.5,8\.1,4\.02,2,1$/);
      }
      await page.getByRole("link", { name: "View as table: fees" }).click();
      await page.waitForLoadState();
      assertEquals(await page.locator(".gauge-chart tbody tr").count() >= SEEDED, true);
      await page.getByRole("link", { name: "7d" }).click();
      await page.waitForLoadState();
      assertEquals(new URL(page.url()).search, "?range=7d&table=fees");
    },
  },
  {
    name: "explains each figure in the drawer",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/onchain`);
      const { page, complaints } = visited;
      await page.locator("#gas a.explain").first().click();
      const drawer = page.locator("dialog.drawer[open]");
      await drawer.getByText("What a transaction should offer").waitFor();
      assertMatch(await drawer.innerText(), /1\.73[\d]*\s*gwei/);
      const links = await page.evaluate<string[]>(
        "[...document.querySelectorAll('a.explain')].map((link) => link.getAttribute('href'))",
      );
      assertEquals(links.length, 10);
      for (const href of links) {
        const explained = await fetch(`${url}/api${href}`);
        const { data } = await explained.json();
        assert(data.value !== null, href);
      }
      assertEquals(complaints, []);
    },
  },
  {
    name: "moves on over one stream, without being asked",
    async run({ browser, stub, url }) {
      await using visited = await visit(browser, `${url}/onchain`);
      const { page, complaints } = visited;
      await page.locator(".feed-chip .feed", { hasText: "Live" }).waitFor();
      const [before, shifted] = [await boxes(page), await layoutShift(page)];
      stub.sayFast("2.99");
      await page.locator(FAST).first().filter({ hasText: "2.99" }).waitFor();
      // The chart goes on by itself, without the page.
      await page.locator("#gas .lines-legend").filter({ hasText: "2.99" }).waitFor();
      assertEquals(await boxes(page), before);
      assert(await layoutShift(page) - shifted < 0.001);
      assertEquals(complaints, []);
    },
  },
  {
    name: "asks where its stream is cut, and says when nobody answers",
    async run({ browser, url }) {
      const context = await browser.newContext();
      const page = await context.newPage();
      // Streams of a worker can't be cut from here: this page has to have its own.
      await page.addInitScript("delete globalThis.SharedWorker");
      await page.route("**/api/stream/onchain*", (route) => route.abort());
      const feed = await noteTexts(page, ".feed-chip .feed");
      await page.goto(`${url}/onchain`);
      await feed.showed(/^Reconnecting/, /^Polling every 5 s$/);
      await page.route("**/api/onchain/**", (route) => route.abort());
      await feed.showed(/^Polling every 5 s$/, /^Offline/);
      await context.close();
    },
  },
  {
    name: "keeps the last figures with their age when nothing newer can be read",
    async run({ browser, stub, url }) {
      stub.goDown();
      const ahead = MINUTES * MINUTE_MS;
      const moved = await fetch(`${url}/test/clock?forward_ms=${ahead}`, { method: "POST" });
      await moved.body?.cancel();
      await using visited = await visit(browser, `${url}/onchain`, { hasScripts: false });
      const { page } = visited;
      assertEquals(await page.locator(".panel .banner[data-kind=stale]").count(), 2);
      assertMatch(await page.locator(FAST).first().innerText(), /2\.99\s*gwei/);
      assertEquals(await page.locator(".source[data-state=stale]").count(), 2);
      const { stale, age_seconds } = await (await fetch(`${url}/onchain/eth/gas?days=0`)).json();
      assertEquals([stale, age_seconds >= MINUTES * 60], [true, true]);
    },
  },
];

Deno.test({
  name: "the page of gauges that are read in Chromium",
  ignore: findChromium() === null,
  async fn(t) {
    await build({ ifStale: true });
    await using stub = startGaugeStub();
    await using seeded = await seedGauges();
    const names = ["etherscan", "mempool", "defillama", "coingecko", "frankfurter"];
    await using product = await startProduct({
      env: {
        TOKENLYSIS_NETWORK: "on",
        TOKENLYSIS_MARKET_VENUES: "none",
        TOKENLYSIS_MARKET_REST_URLS: names.map((name) => `${name}=${stub.url}`).join(","),
        ETHERSCAN_API_KEY: "a key",
      },
      dataDir: seeded.dataDir,
      aheadMs: 0,
    });
    await untilRead(product);
    const browser = await launchChromium();
    try {
      for (const { name, run } of LIVE_STEPS) {
        const step = () => run({ browser, stub, url: product.url });
        await t.step(name, () => tellingWhatWasThere(step, { browser, product }));
      }
      await t.step("looks right in every width and theme", async () => {
        const page = `${product.url}/onchain`;
        assertEquals(await checkViews(browser, page, { name: "onchain-stale" }), []);
      });
    } finally {
      await browser.close();
    }
  },
});

/** A data folder with half an hour of readings, the newest of them two minutes ago. */
async function seedGauges(): Promise<AsyncDisposable & { readonly dataDir: string }> {
  const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis_gauges_" });
  const clock = new SystemClock();
  const log = new RecordingLog();
  const database = await openDatabase({ url: null, migrationUrl: null, dataDir, clock, log });
  const store = new SqlGaugeStore(database);
  for (let minute = SEEDED + 1; minute > 1; minute--) {
    const at = utcMsOf(clock.now() - minute * MINUTE_MS);
    await store.record("eth_gas", sampleGas(at, { fast: 1.5 + minute / 100, safe: 1.2 }));
    await store.record("btc_mempool", sampleMempool(at, { size: 30_000 + minute }));
  }
  await database.close();
  return { dataDir, [Symbol.asyncDispose]: () => Deno.remove(dataDir, { recursive: true }) };
}

/** Both gauges are read when the product starts; the second takes three calls, one a second. */
async function untilRead({ url }: Product): Promise<void> {
  const read = () =>
    Promise.all(
      ["eth/gas", "btc/mempool"].map(async (gauge) =>
        await (await fetch(`${url}/onchain/${gauge}?days=0`)).json()
      ),
    );
  await until(read, {
    what: "Both gauges are read",
    holds: (gauges) => gauges.every(({ age_seconds }) => age_seconds < 60),
  });
}
