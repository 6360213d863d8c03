import type { Browser, Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { comesAlive, readsOtherwise } from "@/tests/e2e/alive.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { until } from "@/tests/e2e/live_place.ts";
import { axeFindings } from "@/tests/e2e/page_checks.ts";
import { startProduct } from "@/tests/e2e/product.ts";
import { build } from "@/tools/build.ts";

const ARTIFACTS = new URL("../../artifacts/", import.meta.url);

interface Visit {
  readonly page: Page;
  /** Everything that a clean page does not say: console lines, uncaught errors, CSP reports. */
  readonly complaints: string[];
}

interface VisitOptions {
  readonly width?: number;
  readonly theme?: "dark" | "light";
  readonly hasScripts?: boolean;
}

async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const { width = 1440, theme = "dark", hasScripts = true } = options;
  const context = await browser.newContext({
    viewport: { width, height: 1000 },
    javaScriptEnabled: hasScripts,
    colorScheme: theme,
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  await page.goto(url);
  if (hasScripts) {
    await comesAlive(page);
    await page.locator(".price-chart canvas").waitFor();
  }
  return { page, complaints };
}

const LEGEND = ".candle-legend";

Deno.test({
  name: "the asset page in Chromium",
  ignore: findChromium() === null,
  async fn(t) {
    await build({ ifStale: true });
    await Deno.mkdir(ARTIFACTS, { recursive: true });
    await using product = await startProduct();
    // Prices that are old say so in a banner, which comes and goes above all else.
    await until(async () => (await fetch(`${product.url}/api/market/price/bitcoin`)).json(), {
      what: "A price of now",
      holds: ({ data }) => data?.stale === false,
    });
    const browser = await launchChromium();
    const url = `${product.url}/assets/bitcoin`;
    try {
      await t.step("has its chart, figures and provenance without JavaScript", async () => {
        await readWithoutScripts(browser, url);
      });

      await t.step("takes over in place, without a shift, a complaint or a finding", async () => {
        const { page, complaints } = await visit(browser, url);
        const shift = await page.evaluate(`new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(sum), 300);
        })`);
        assert(typeof shift === "number" && shift < 0.02, `The layout shifted by ${shift}`);
        assertEquals(await axeFindings(page), []);
        assertEquals(complaints, []);
        await page.context().close();
      });

      await t.step("follows keys, pointer and wheel", () => explore(browser, url));
      await t.step("switches range and scale in place and keeps the address", async () => {
        await switchViews(browser, url);
      });
      await t.step("says what failed, keeps the chart and tries again", async () => {
        await failAndRetry(browser, url);
      });
      await t.step("saves what it shows as CSV and PNG", () => save(browser, product.url));
      await t.step("leads from any name to one address, from none to near ones", async () => {
        await resolveNames(product.url);
      });
      await t.step("opens its menus inside the window of a phone", async () => {
        const { page } = await visit(browser, url, { width: 320 });
        for (const menu of ["Indicators", "Interval"]) {
          await page.locator(".chart-tools summary", { hasText: menu }).click();
          await page.locator(".chart-tools details[open] .menu-list").waitFor();
          assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 320);
        }
        await page.context().close();
      });

      await t.step("looks right at every width in both themes", async () => {
        for (const width of [320, 768, 1440]) {
          for (const theme of ["dark", "light"] as const) {
            const { page } = await visit(browser, url, { width, theme });
            assertEquals(await page.evaluate("document.documentElement.scrollWidth"), width);
            const path = new URL(`asset-${width}-${theme}.png`, ARTIFACTS).pathname;
            await page.screenshot({ path, fullPage: true });
            assertEquals(await axeFindings(page), []);
            await page.context().close();
          }
        }
      });
    } finally {
      await browser.close();
    }
  },
});

async function readWithoutScripts(browser: Browser, url: string): Promise<void> {
  const { page } = await visit(browser, url, { hasScripts: false });
  assert(await page.locator(".c-frame[data-width=wide] .c-up").first().isVisible());
  assert(await page.locator("#provenance tbody tr").count() > 0);
  await page.locator(".seg a", { hasText: "7D" }).click();
  await page.waitForLoadState();
  assertMatch(page.url(), /range=7d$/);
  await page.getByRole("link", { name: "View as table" }).click();
  await page.waitForLoadState();
  assert(await page.locator(".candle-table tbody tr").count() > 100);
  await page.context().close();
}

async function explore(browser: Browser, url: string): Promise<void> {
  const { page, complaints } = await visit(browser, url);
  const plot = page.locator(".price-chart .plot");
  await plot.focus();
  const atRest = await page.locator(LEGEND).innerText();
  for (let at = 0; at < 3; at++) await page.keyboard.press("ArrowLeft");
  const moved = await readsOtherwise(page.locator(LEGEND), atRest);
  await page.locator('[aria-live="polite"]', { hasText: "open" }).first().waitFor();
  await page.keyboard.press("Home");
  await readsOtherwise(page.locator(LEGEND), moved);
  await page.keyboard.press("+");
  const zoomed = page.getByRole("button", { name: "show everything" });
  await zoomed.waitFor();
  await page.keyboard.press("0");
  await zoomed.waitFor({ state: "detached" });
  const box = await plot.boundingBox();
  assert(box !== null);
  await page.mouse.move(box.x + 200, box.y + 100);
  await page.mouse.wheel(0, -480);
  await zoomed.waitFor();
  const before = await zoomed.innerText();
  await page.mouse.down();
  await page.mouse.move(box.x + 320, box.y + 100, { steps: 4 });
  await page.mouse.up();
  await readsOtherwise(zoomed, before);
  await zoomed.click();
  await zoomed.waitFor({ state: "detached" });
  assertEquals(complaints, []);
  await page.context().close();
}

async function switchViews(browser: Browser, url: string): Promise<void> {
  const { page, complaints } = await visit(browser, url);
  await page.evaluate("globalThis.sameDocument = true");
  await page.locator(".seg a", { hasText: "24H" }).click();
  await page.locator(".chart-summary", { hasText: "288 bars of 5m" }).waitFor();
  await page.locator(".seg a", { hasText: "Log" }).click();
  assertMatch(page.url(), /\?range=24h&scale=log$/);
  await page.getByRole("link", { name: "View as table" }).click();
  assert(await page.locator(".candle-table tbody tr").count() > 20);
  await page.getByRole("link", { name: "View as chart" }).click();
  await page.locator(".price-chart canvas").waitFor();
  await page.locator("summary", { hasText: "Indicators" }).click();
  await page.locator(".menu-list a", { hasText: "RSI 14" }).click();
  await page.waitForURL(/ind=sma:20,ema:50,bb:20-2,macd:12-26-9/);
  assertEquals(await page.evaluate("globalThis.sameDocument"), true);
  assertEquals(complaints, []);
  await page.context().close();
}

async function failAndRetry(browser: Browser, url: string): Promise<void> {
  const { page } = await visit(browser, url);
  await page.route("**/api/market/chart/**", (route) =>
    route.fulfill({
      status: 503,
      contentType: "application/json",
      headers: { "x-request-id": "trace-7" },
      body: JSON.stringify({ success: false, error: { code: "UNAVAILABLE", message: "Busy" } }),
    }));
  await page.locator(".seg a", { hasText: "7D" }).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assertMatch(await alert.innerText(), /Busy[^]*trace-7/);
  assert(await page.locator(".price-chart canvas").isVisible());
  await page.unroute("**/api/market/chart/**");
  await alert.getByRole("button", { name: "Retry" }).click();
  await alert.waitFor({ state: "detached" });
  await page.context().close();
}

async function save(browser: Browser, origin: string): Promise<void> {
  // Bars of a day stay as they are while the test runs; the newest of five minutes do not.
  const { page } = await visit(browser, `${origin}/assets/bitcoin?range=1y&interval=1d&ind=sma:20`);
  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download CSV" }).click(),
  ]);
  const lines = (await Deno.readTextFile(await csv.path())).trim().split("\r\n").slice(0, -1);
  const api = await fetch(`${origin}/api/market/chart/bitcoin?range=1y&interval=1d`);
  const { data } = await api.json();
  assertEquals(lines.length, data.t.length);
  for (const at of [0, 99, data.t.length - 2]) {
    const [time, open, high, low, close] = lines[at + 1]?.split(",") ?? [];
    assertEquals(Date.parse(time ?? ""), data.t[at]);
    const prices = [open, high, low, close].map(Number);
    assertEquals(prices, [data.o[at], data.h[at], data.l[at], data.c[at]]);
  }
  const [png] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download PNG" }).click(),
  ]);
  const bytes = await Deno.readFile(await png.path());
  assertEquals([...bytes.subarray(1, 4)], [0x50, 0x4e, 0x47]);
  assert(bytes.length > 20_000, `The picture has only ${bytes.length} bytes`);
  await Deno.writeFile(new URL("asset-export.png", ARTIFACTS), bytes);
  await page.context().close();
}

async function resolveNames(origin: string): Promise<void> {
  const symbol = await fetch(`${origin}/assets/BTC?range=7d`, { redirect: "manual" });
  await symbol.body?.cancel();
  assertEquals(symbol.status, 302);
  assertEquals(symbol.headers.get("location"), "/assets/bitcoin?range=7d");
  const unknown = await fetch(`${origin}/assets/bitcon`);
  assertEquals(unknown.status, 404);
  assertMatch(await unknown.text(), /Did you mean[^]*\/assets\/bitcoin/);
  const refused = await fetch(`${origin}/assets/bitcoin?ind=sma:0&range=9y&scale=%00&interval=x`);
  assertEquals(refused.status, 200);
  await refused.body?.cancel();
}
