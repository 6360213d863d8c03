import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import {
  checkViews,
  keepPicture,
  layoutShift,
  type Step,
  testInBrowser,
  visit,
} from "@/tests/e2e/page_checks.ts";

const ROWS = '[data-table="assets"] tbody tr';

/** A line as drawn, and not the piece of it that stands for it in the legend. */
const LINE = ".c-marks path.c-line";

/** The names in the table, in their order. */
async function names(page: Page): Promise<string[]> {
  return await page.locator(`${ROWS}:visible th a`).allInnerTexts();
}

const STEPS: readonly Step[] = [
  {
    name: "is complete without JavaScript",
    async run({ browser, url }) {
      await using visited = await visit(browser, url, { hasScripts: false });
      const { page } = visited;
      assert(await page.locator(ROWS).count() >= 10);
      assert(await page.locator(`${ROWS} svg.spark path`).count() >= 10);
      assert(!await page.locator(".jump").isVisible());
      assertMatch(await page.locator(".bar").innerText(), /Demo data/);
      await page.locator('[data-table="assets"] thead a', { hasText: "Asset" }).click();
      await page.waitForLoadState();
      assertMatch(page.url(), /sort=name/);
      const sorted = await names(page);
      assertEquals(sorted, sorted.toSorted((a, b) => a.toLowerCase() < b.toLowerCase() ? -1 : 1));
      await page.locator("details.menu summary", { hasText: "Theme" }).click();
      await page.locator(".menu-list a", { hasText: "stablecoin" }).click();
      await page.waitForLoadState();
      assertMatch(page.url(), /theme=stablecoin/);
      assert((await names(page)).includes("Tether"));
      await page.getByRole("searchbox").fill("usdc");
      await page.getByRole("searchbox").press("Enter");
      await page.waitForLoadState();
      assertMatch(page.url(), /q=usdc/);
      assertEquals(await page.locator(ROWS).count(), 1);
    },
  },

  {
    name: "draws the total market value without JavaScript, and leads to its numbers and back",
    async run({ browser, url }) {
      await using visited = await visit(browser, url, { hasScripts: false });
      const { page } = visited;
      const panel = page.locator("#total");
      assertMatch(await panel.locator(LINE).getAttribute("d") ?? "", /^M0 .*L1000 /);
      await panel.getByRole("link", { name: "View as table: total market value" }).click();
      await page.waitForLoadState();
      assertEquals(await panel.locator("tbody tr").count(), 90);
      await panel.getByRole("link", { name: "View as chart: total market value" }).click();
      await panel.locator(LINE).waitFor();
      const file = await (await fetch(`${url}/total_value.csv?theme=stablecoin`)).text();
      const [header, ...rows] = file.trim().split("\n");
      assertEquals(header?.trim(), "time,market_value_usd");
      assertEquals(rows.length, 90);
    },
  },

  {
    name: "tells the total of a day where the keys move the crosshair",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      const plot = page.locator("#total .plot");
      await plot.focus();
      await page.keyboard.press("Home");
      const first = await page.locator("#total .legend").innerText();
      await page.keyboard.press("End");
      await page.waitForFunction(
        (text) => document.querySelector("#total .legend")?.textContent !== text,
        first,
      );
      assertMatch(await page.locator("#total .legend").innerText(), /Total\s+[\d.]+T USD/);
    },
  },

  {
    name: "says that no picture of a chart could be made where the server is gone, with its icons",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      const save = page.locator("#total").getByRole("button", { name: "Download PNG" });
      await save.waitFor();
      await page.context().setOffline(true);
      await save.click();
      await page.locator("#total").getByText("No picture could be made").waitFor();
      await page.getByText("You are offline.").waitFor();
      await keepPicture(page, "overview-offline", { isWhole: false });
      await page.context().setOffline(false);
      const saved = page.waitForEvent("download");
      await save.click();
      assertEquals((await saved).suggestedFilename(), "total-chart.png");
      await page.getByText("No picture could be made").waitFor({ state: "hidden" });
    },
  },

  {
    name: "explains a figure on a page of its own without JavaScript",
    async run({ browser, url }) {
      await using visited = await visit(browser, url, { hasScripts: false });
      const { page } = visited;
      await page.locator(`${ROWS} [data-cell="change_24h"] a.explain`).first().click();
      await page.waitForLoadState();
      assertMatch(page.url(), /\/explain\/change_24h\//);
      for (const title of ["Formula", "Inputs", "Rounding", "Raw rows, newest first"]) {
        assert(await page.getByRole("heading", { name: title }).isVisible(), title);
      }
    },
  },

  {
    name: "answers above the fold, as the picture in the README shows",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      const titles = ["Total market value", "How broad is the move", "Rising most", "Falling most"];
      for (const title of [...titles, "Highest scores", "Assets"]) {
        const box = await page.getByRole("heading", { name: title, exact: true }).boundingBox();
        assert(box !== null && box.y + box.height < 900, title);
      }
      await keepPicture(page, "readme-overview", { isWhole: false });
    },
  },

  {
    name: "stands still while its islands wake",
    async run({ browser, url }) {
      for (const width of [320, 768, 1440]) {
        await using visited = await visit(browser, url, { width });
        const shift = await layoutShift(visited.page);
        assert(shift < 0.02, `At ${width} px the layout shifted by ${shift}`);
        assertEquals(visited.complaints, []);
      }
    },
  },

  {
    name: "filters as the reader types, and says how many are left",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      await page.keyboard.press("/");
      await page.keyboard.type("bitc");
      await page.getByText(/^\d+ assets shown$/).waitFor({ state: "attached" });
      assertEquals((await names(page)).every((name) => name.startsWith("Bitc")), true);
    },
  },

  {
    name: "opens the explanation in a drawer and copies it as JSON",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      const link = page.locator(`${ROWS} a.explain`).first();
      await link.click();
      const drawer = page.getByRole("dialog", { name: /^Price of / });
      await drawer.getByRole("heading", { name: "Formula" }).waitFor();
      await drawer.getByRole("button", { name: "Copy as JSON" }).click();
      await drawer.getByText("Copied as JSON").waitFor();
      const copied = JSON.parse(await page.evaluate("navigator.clipboard.readText()"));
      assertEquals(copied.data.figure, "price");
      await page.keyboard.press("Escape");
      await drawer.waitFor({ state: "hidden" });
      assert(await link.evaluate((link) => link === document.activeElement));
    },
  },

  {
    name: "says so when the explanation can't be read, and tries again",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      await page.route("**/explain/**", (route) => route.abort(), { times: 1 });
      await page.locator(`${ROWS} a.explain`).first().click();
      await page.getByRole("alert").getByText("could not be read").waitFor();
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("heading", { name: "Formula" }).waitFor();
    },
  },

  {
    name: "keeps the height of its rows in this browser",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      await page.getByRole("button", { name: "Dense" }).click();
      await page.reload();
      const box = await page.locator(`${ROWS} td`).first().boundingBox();
      assert(box !== null && box.height < 30, `A dense row is ${box?.height} px high`);
    },
  },

  {
    name: "exports what it shows as CSV",
    async run({ url }) {
      const response = await fetch(`${url}/overview.csv?theme=stablecoin&sort=name`);
      assertEquals(response.status, 200);
      assertMatch(response.headers.get("content-type") ?? "", /^text\/csv/);
      const [header = "", ...rows] = (await response.text()).trimEnd().split("\r\n");
      assertMatch(header, /^asset_id,symbol,name,price_usd,change_24h/);
      assert(rows.some((row) => row.startsWith("tether,USDT,Tether,")));
      assert(!rows.some((row) => /[0-9]e[+-]?[0-9]/.test(row)));
    },
  },

  {
    name: "answers any query with a page",
    async run({ url }) {
      for (const query of ["?theme=nothing", "?sort=x&order=y", "?col=x&col=price", "?q=%00%FF"]) {
        const response = await fetch(`${url}/${query}`);
        await response.body?.cancel();
        assertEquals(response.status, 200, query);
      }
    },
  },

  {
    name: "holds in every width and theme",
    async run({ browser, url }) {
      assertEquals(await checkViews(browser, url, { name: "overview" }), []);
    },
  },
];

testInBrowser("the overview in Chromium", STEPS);

const EMPTY_STEPS: readonly Step[] = [
  {
    name: "says what to do",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page, complaints } = visited;
      await page.getByRole("heading", { name: "No candles are stored yet" }).waitFor();
      assert(!await page.getByText("Demo data", { exact: true }).isVisible());
      assertEquals(complaints, []);
    },
  },
];

testInBrowser("the overview of an empty store", EMPTY_STEPS, {
  env: { TOKENLYSIS_DEMO: "off" },
});
