import type { Page } from "playwright-core";
import { assert, assertClose, assertEquals, assertMatch } from "@/tests/assert.ts";
import { readsOtherwise } from "@/tests/e2e/alive.ts";
import {
  checkViews,
  layoutShift,
  type Step,
  testInBrowser,
  visit,
} from "@/tests/e2e/page_checks.ts";

const COINS = "coins=bitcoin,ethereum,solana,chainlink";
const RISK_ROWS = ".risk-table tbody tr";

/** The text of a column of the risk table, row by row; the first column is 1. */
async function column(page: Page, nth: number): Promise<string[]> {
  return await page.locator(`${RISK_ROWS} > :nth-child(${nth})`).allInnerTexts();
}

/** A figure as it is written: with a minus of its own, thousands and a unit. */
function numberOf(text: string): number {
  return Number(text.replace("\u2212", "-").replaceAll(/[^\d.-]/g, ""));
}

async function dataOf(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  const { data } = await response.json();
  return data;
}

async function csvOf(url: string): Promise<string[][]> {
  const response = await fetch(url);
  assertEquals(response.status, 200);
  return (await response.text()).trim().split("\r\n").map((line) => line.split(","));
}

const STEPS: readonly Step[] = [
  {
    name: "is complete without JavaScript",
    async run({ browser, url }) {
      const options = { hasScripts: false };
      await using visited = await visit(browser, `${url}/analytics?${COINS}`, options);
      const { page } = visited;
      assertEquals(await page.locator(RISK_ROWS).count(), 4);
      assertEquals(await page.locator(".heat tbody td").count(), 16);
      for (const id of ["comparison", "rolling", "drawdown"]) {
        assert(await page.locator(`#${id} .c-line`).last().isVisible(), id);
        assert(await page.locator(`#${id} .source`).isVisible(), id);
      }
      assertEquals(await page.locator("#comparison .c-end-name:visible").count(), 4);
    },
  },

  {
    name: "is steered by links and forms alone, and keeps it all in the address",
    async run({ browser, url }) {
      const options = { hasScripts: false };
      await using visited = await visit(browser, `${url}/analytics?${COINS}`, options);
      const { page } = visited;
      await page.locator(".risk-table thead a", { hasText: "Volatility" }).click();
      await page.waitForLoadState();
      const sorted = (await column(page, 3)).map(numberOf);
      assertEquals(sorted, sorted.toSorted((a, b) => b - a));
      await page.locator('nav[aria-label="Period"] a', { hasText: "30d" }).click();
      await page.waitForLoadState();
      await page.locator("select[name=b]").selectOption({ label: "Chainlink" });
      await page.locator(".pair-form button").click();
      await page.waitForLoadState();
      await page.locator(".scope-form summary").click();
      await page.getByLabel("Solana SOL").uncheck();
      await page.getByRole("button", { name: "Show these" }).click();
      await page.waitForLoadState();
      const { searchParams } = new URL(page.url());
      assertEquals(searchParams.get("sort"), "volatility");
      assertEquals(searchParams.get("period"), "30d");
      assertEquals(searchParams.get("b"), "chainlink");
      assertEquals(searchParams.getAll("coin"), ["bitcoin", "ethereum", "chainlink"]);
      assertEquals(await page.locator(RISK_ROWS).count(), 3);
      assert(await page.locator("#rolling .note", { hasText: "BTC with LINK" }).isVisible());
    },
  },

  {
    name: "explains a correlation on the bars of its cell, without JavaScript too",
    async run({ browser, url }) {
      const options = { hasScripts: false };
      await using visited = await visit(browser, `${url}/analytics?${COINS}`, options);
      const { page } = visited;
      const cell = page.locator(".heat tbody tr").nth(1).locator("a.explain").first();
      assertMatch(await cell.getAttribute("title") ?? "", /n 90, 95 % interval .+ to .+/);
      const shown = await cell.innerText();
      await cell.click();
      await page.waitForLoadState();
      assertMatch(page.url(), /explain\/correlation%3A90d\/ethereum\?asof=.+benchmark=bitcoin/);
      const explained = numberOf(await page.locator(".explanation .quote").innerText());
      assertClose(explained, numberOf(shown), 0.0051);
      assert(await page.getByText("returns in common with bitcoin").isVisible());
    },
  },

  {
    name: "opens a risk figure in the drawer and copies the very same as JSON",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/analytics?${COINS}`);
      const { page, complaints } = visited;
      const link = page.locator(`${RISK_ROWS} a.explain`).nth(1);
      const shown = numberOf(await link.innerText());
      await link.click();
      const drawer = page.getByRole("dialog", { name: "Volatility, 90d of Bitcoin" });
      await drawer.getByRole("heading", { name: "Formula" }).waitFor();
      await drawer.getByRole("button", { name: "Copy as JSON" }).click();
      await drawer.getByText("Copied as JSON").waitFor();
      const { data } = JSON.parse(await page.evaluate("navigator.clipboard.readText()"));
      assertEquals(data.figure, "volatility:90d");
      assertClose(data.value * 100, shown, 0.0051);
      await page.keyboard.press("Escape");
      assert(await link.evaluate((link) => link === document.activeElement));
      assertEquals(complaints, []);
    },
  },

  {
    name: "reads its lines by keys, tells them, and follows the pointer",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/analytics?${COINS}`);
      const { page, complaints } = visited;
      const legend = page.locator("#comparison .lines-legend");
      const atRest = await legend.innerText();
      const plot = page.locator("#comparison .plot");
      await plot.focus();
      await page.keyboard.press("Home");
      await page.locator('#comparison [aria-live="polite"]', { hasText: "BTC 0.00%" }).waitFor();
      const atHome = await legend.innerText();
      assertMatch(atHome, /BTC\s0\.00%/);
      await page.keyboard.press("Shift+ArrowRight");
      const moved = await readsOtherwise(legend, atHome);
      assertEquals(await page.locator("#comparison .line-cross circle").count(), 4);
      await page.keyboard.press("Escape");
      assertEquals(await readsOtherwise(legend, moved), atRest);
      const box = await plot.boundingBox();
      assert(box !== null);
      await page.mouse.move(box.x + 40, box.y + 100);
      await readsOtherwise(legend, atRest);
      assertEquals(complaints, []);
    },
  },

  {
    name: "zooms its lines by wheel once they have the focus, pans, and saves what is in view",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/analytics?${COINS}`);
      const { page, complaints } = visited;
      const chart = page.locator("#comparison .line-chart");
      const plot = chart.locator(".plot");
      const whole = chart.getByRole("button", { name: "show everything" });
      await plot.hover();
      await page.mouse.wheel(0, -480);
      assertEquals(await whole.count(), 0);
      await plot.focus();
      await page.mouse.wheel(0, -480);
      await whole.waitFor();
      const zoomed = await whole.innerText();
      const box = await plot.boundingBox();
      assert(box !== null);
      await page.mouse.move(box.x + 200, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + 500, box.y + 100, { steps: 4 });
      await page.mouse.up();
      assert(await whole.innerText() !== zoomed);
      const saving = page.waitForEvent("download");
      await chart.getByRole("button", { name: "Download PNG" }).click();
      const file = await Deno.readFile(await (await saving).path());
      assertEquals([...file.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
      await whole.click();
      assertEquals(await whole.count(), 0);
      assertEquals(complaints, []);
    },
  },

  {
    name: "shows what a chart is made of as a table, and gives each table as a file",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/analytics?${COINS}`);
      const { page } = visited;
      await page.getByRole("link", { name: "View as table: drawdown" }).click();
      await page.locator("#drawdown .scroller").waitFor();
      assertEquals(await page.locator("#drawdown .scroller tbody tr").count(), 91);
      const href = await page.getByRole("link", { name: "Download CSV of risk" })
        .getAttribute("href");
      assertMatch(href ?? "", /^\/analytics\/csv\/risk\?coins=/);
      const pair = `coin_1=bitcoin&coin_2=ethereum&period=90d`;
      const api = await dataOf(`${url}/api/analytics/correlation?${pair}`);
      const [header = [], first = []] = await csvOf(`${url}/analytics/csv/correlation?${COINS}`);
      assertEquals(header.slice(0, 4), ["asset_1", "asset_2", "correlation", "n"]);
      assertEquals(first.slice(0, 2), ["bitcoin", "ethereum"]);
      assertEquals([Number(first[2]), Number(first[3])], [api["correlation"], api["n"]]);
      for (const table of ["comparison", "risk", "rolling", "drawdown"]) {
        assert((await csvOf(`${url}/analytics/csv/${table}?${COINS}`)).length > 1, table);
      }
      const unknown = await fetch(`${url}/analytics/csv/luck`);
      await unknown.body?.cancel();
      assertEquals(unknown.status, 404);
    },
  },

  {
    name: "has dashes with their reason where nothing is stored, and words where it can't measure",
    async run({ browser, url }) {
      const options = { hasScripts: false };
      const early = `${url}/analytics?${COINS},nosuch&asof=2001-01-01`;
      await using visited = await visit(browser, early, options);
      const { page } = visited;
      assertEquals(await page.locator(`${RISK_ROWS} .nil`).count(), 4 * 10);
      assertMatch(
        await page.locator(`${RISK_ROWS} .nil`).first().getAttribute("title") ?? "",
        /^No candles of bitcoin/,
      );
      assert(await page.getByText('Asset "nosuch" is not known').isVisible());
      await page.goto(`${url}/analytics?${COINS}&period=24h&interval=1d`);
      assert(await page.locator("#risk", { hasText: "at least 2 bars of 1d" }).isVisible());
    },
  },

  {
    name: "tells an asset's risk on its own page",
    async run({ browser, url }) {
      const options = { hasScripts: false };
      await using visited = await visit(browser, `${url}/assets/ethereum`, options);
      const { page } = visited;
      assertEquals(await page.locator("#risk tbody a.explain").count(), 4 * 3);
      await page.locator("#risk").getByRole("link", { name: "Compare" }).click();
      await page.waitForLoadState();
      assertMatch(page.url(), /\/analytics\?coins=ethereum,bitcoin$/);
    },
  },

  {
    name: "stands still, and looks right at every width in both themes",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/analytics`);
      const shift = await layoutShift(visited.page);
      assert(shift < 0.02, `The layout shifted by ${shift}`);
      assertEquals(await checkViews(browser, `${url}/analytics`, { name: "analytics" }), []);
    },
  },
];

testInBrowser("the analytics page in Chromium", STEPS);
