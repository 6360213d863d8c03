import type { Browser, Page } from "playwright-core";
import { assertEquals } from "@/tests/assert.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { build } from "@/tools/build.ts";
import { axeFindings, keepPicture } from "./page_checks.ts";
import { type Product, startProduct } from "./product.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const BITCOIN = '[data-table="assets"] [data-live="bitcoin"]';
/** Daily candles as exchanges had them at the begin of 2021. */
const CANDLES = [
  "time,open,high,low,close,volume",
  "2021-01-01,28923.63,29600.00,28624.57,29331.69,54182.925011",
  "2021-01-02,29331.70,33300.00,28946.53,32178.33,129993.873362",
  "2021-01-03,32176.45,34778.11,31962.99,33000.05,120957.566750",
].join("\n");
const LAST_CLOSE = "33,000.05";

/** Imports as an operator does, while the product runs. */
async function importCandles({ dataDir }: Product): Promise<void> {
  const file = `${dataDir}/BTCUSDT_1d_2021.csv`;
  await Deno.writeTextFile(file, CANDLES);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${ROOT}tools/candles_import.ts`, file, "--interval", "1d"],
    env: { TOKENLYSIS_DATA_DIR: dataDir, TOKENLYSIS_NETWORK: "off" },
    stdout: "null",
    stderr: "piped",
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
}

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  return page;
}

async function showsImported(page: Page): Promise<void> {
  await page.locator(".feed", { hasText: "No live prices" }).waitFor();
  const price = page.locator(`${BITCOIN} [data-cell="price"]`);
  assertEquals((await price.innerText()).trim(), LAST_CLOSE);
  assertEquals(await page.locator("[data-source='demo'], .badge[data-kind='demo']").count(), 0);
}

Deno.test({
  name: "real candles end the demo market's prices on every page, with the network off",
  ignore: findChromium() === null,
  async fn() {
    await build({ ifStale: true });
    await using product = await startProduct({ env: { TOKENLYSIS_DEMO: "auto" } });
    const browser = await launchChromium();
    try {
      const early = await open(browser, product.url);
      await early.locator(".feed", { hasText: /^Live$/ }).waitFor();
      await importCandles(product);
      const late = await open(browser, product.url);
      await showsImported(late);
      await early.locator(".feed", { hasText: "Demo stopped" }).waitFor();
      await early.getByText("These prices stand still.").waitFor();
      await keepPicture(early, "demo-stopped", { isWhole: false });
      assertEquals(await axeFindings(early), []);
      // As many seconds later, in which the demo market would have traded many times.
      await showsImported(late);
      await early.getByRole("button", { name: "Load again" }).click();
      await early.getByText("These prices stand still.").waitFor({ state: "hidden" });
      await showsImported(early);
    } finally {
      await browser.close();
    }
  },
});
