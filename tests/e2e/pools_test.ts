import type { Page } from "playwright-core";
import { assert, assertEquals } from "@/tests/assert.ts";
import { comesAlive, readsOtherwise } from "@/tests/e2e/alive.ts";
import { until } from "@/tests/e2e/live_place.ts";
import { noteTexts } from "@/tests/e2e/noted.ts";
import {
  boxes,
  checkViews,
  layoutShift,
  type Step,
  testInBrowser,
  visit,
} from "@/tests/e2e/page_checks.ts";

const ROWS = "#pools tbody tr";
const PAIR = "demo-swap-base-demo-weth-usdc";
const LENDING = "demo-lend-ethereum-demo-usdc";

const BODY = "#pools tbody";

/** Waits until the rows read otherwise than they do. */
async function changes(page: Page, selector: string): Promise<void> {
  const rows = page.locator(selector);
  await readsOtherwise(rows, await rows.innerText());
}

/** Waits until the product has made up its first readings, which it does once it listens. */
async function areMadeUp(url: string): Promise<void> {
  await until(async () => await (await fetch(`${url}/api/pools?limit=1`)).json(), {
    what: "The first made-up pools",
    holds: ({ data }) => data.length > 0,
  });
}

const SPACES = ["/pools", `/pools/${LENDING}`].flatMap((path) =>
  [320, 768, 1440].map((width) => [path, width] as const)
);

/** A reading of the same pool a while later, in which all goes wrong at once. */
function stressed(pool: { readonly asof: string }) {
  const warning = (title: string, severity: string) => ({
    ...{ code: title, severity, title, words: `${title}: look before you leap` },
  });
  return {
    ...pool,
    ...{ supply_apy: 12.345, borrow_apy: 23.456, incentive_apy: 11.111, utilization: 0.9999 },
    ...{ kink_distance: -0.0799, volatility_pp: 123.45, tvl_usd: 123_456_789_012 },
    ...{ withdrawable_usd: 99_999.99, scores: { v0: -1234.5, v1: null } },
    warnings: [
      ...[warning("Nearly all lent", "danger"), warning("Spike", "caution")],
      ...[warning("Past stress", "caution"), warning("Can drift", "info")],
    ],
    asof: new Date(Date.parse(pool.asof) + 3_600_000).toISOString(),
  };
}

async function csvRows(url: string): Promise<string[]> {
  const text = await (await fetch(url)).text();
  return text.trim().split("\r\n").slice(1);
}

const STEPS: readonly Step[] = [
  {
    name: "sorts, filters and exports without JavaScript",
    async run({ browser, url }) {
      await areMadeUp(url);
      await using visited = await visit(browser, `${url}/pools`, { hasScripts: false });
      const { page } = visited;
      const count = await page.locator(ROWS).count();
      assertEquals(count, 10);
      await page.getByRole("link", { name: "Supply APY", exact: true }).click();
      await page.waitForLoadState();
      assertEquals(new URL(page.url()).search, "?sort=supply_apy");
      assertEquals(
        await page.locator('th[aria-sort="descending"]').innerText(),
        "Supply APY",
      );
      const first = await page.locator(`${ROWS} th a`).first().innerText();
      assertEquals(first, "WETH-USDC");
      assertEquals((await csvRows(`${url}/pools.csv?sort=supply_apy`)).length, count);
      await page.goto(`${url}/pools?chain=base&stable=only`);
      assertEquals(await page.locator(ROWS).count(), 1);
      const file = await csvRows(`${url}/pools.csv?chain=base&stable=only`);
      assertEquals(file.map((row) => row.split(",")[3]), ["USDC"]);
      await page.getByRole("link", { name: "Clear: Only stablecoins" }).click();
      await page.waitForLoadState();
      assertEquals(new URL(page.url()).search, "?chain=base");
      await page.goto(`${url}/pools?q=no-such-pool`);
      await page.getByRole("link", { name: "Clear the filter" }).click();
      await page.waitForLoadState();
      assertEquals(await page.locator(ROWS).count(), 10);
      assertEquals(await page.locator("#venues svg.c-marks path.c-line").count(), 3);
      assertEquals(await page.locator("#swings tbody tr").count(), 6);
      await page.goto(`${url}/pools?method=v0`);
      assertEquals(await page.getByRole("link", { name: "Score v0", exact: true }).count(), 1);
    },
  },

  {
    name: "keeps the columns that were chosen, in the address and for the next time",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/pools`, { hasScripts: false });
      const { page } = visited;
      await page.locator('summary[aria-label="Columns"]').click();
      const columns = page.getByRole("form", { name: "Columns" });
      await columns.getByLabel("What borrowers pay, compounded").check();
      await columns.getByLabel("Chain", { exact: true }).uncheck();
      await columns.getByRole("button", { name: "Show these" }).click();
      const heads = () => page.locator("#pools thead th").allInnerTexts();
      assert((await heads()).includes("Borrow APY") && !(await heads()).includes("Chain"));
      assert(page.url().includes("col=borrow_apy") && !page.url().includes("keep="));
      await page.goto(`${url}/pools`);
      assert((await heads()).includes("Borrow APY") && !(await heads()).includes("Chain"));
    },
  },

  {
    name: "says that its pools are made up, and keeps them live",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/pools`);
      const { page, complaints } = visited;
      await page.getByText("Demo pools.", { exact: true }).waitFor();
      await page.locator(".feed-chip .feed", { hasText: "Live" }).waitFor();
      assert(await layoutShift(page) < 0.02);
      await changes(page, BODY);
      assert(await layoutShift(page) < 0.02);
      assertEquals(complaints, []);
    },
  },

  {
    name: "moves nothing as a reading with warnings and longer figures comes",
    async run({ browser, url }) {
      const rows = await (await fetch(`${url}/api/pools?limit=100`)).json();
      const calm = rows.data.find(({ id }: { id: string }) => id === LENDING);
      assertEquals(calm.warnings, []);
      for (const [path, width] of SPACES) {
        const context = await browser.newContext({ viewport: { width, height: 900 } });
        const page = await context.newPage();
        // Streams of a worker can't be answered from here: this page has to have its own.
        await page.addInitScript("delete globalThis.SharedWorker");
        const told = Promise.withResolvers<void>();
        await page.route("**/api/stream/pools*", async (route) => {
          await told.promise;
          const body = `event: pool_update\ndata: ${JSON.stringify(stressed(calm))}\n\n`;
          await route.fulfill({ contentType: "text/event-stream", body });
        });
        await page.goto(url + path);
        await comesAlive(page);
        await page.evaluate("document.fonts.ready");
        const [before, shifted] = [await boxes(page), await layoutShift(page)];
        told.resolve();
        const figures = page.locator(`[data-pool="${LENDING}"]`);
        await figures.getByText("1,234.50%").waitFor();
        const marks = await figures.locator("[data-marks] .badge").allTextContents();
        assertEquals(marks, ["Nearly all lent+2"]);
        assertEquals(await boxes(page), before, `${path} ${width}`);
        // Digits that are aligned at their end begin elsewhere, and count for this little.
        assert(await layoutShift(page) - shifted < 0.001, `${path} ${width}`);
        await context.close();
      }
    },
  },

  {
    name: "tells the warnings of a pool in words as readings bring and take them",
    async run({ browser, url }) {
      const rows = await (await fetch(`${url}/api/pools?limit=100`)).json();
      const grave = stressed(rows.data.find(({ id }: { id: string }) => id === LENDING));
      const later = (hours: number, warnings: typeof grave.warnings) => ({
        ...{ ...grave, warnings },
        asof: new Date(Date.parse(grave.asof) + hours * 3_600_000).toISOString(),
      });
      const readings = [grave, later(1, grave.warnings.slice(1, 2)), later(2, [])];
      const told = readings.map(() => Promise.withResolvers<void>());
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      await page.addInitScript("delete globalThis.SharedWorker");
      let turn = 0;
      await page.route("**/api/stream/pools*", async (route) => {
        const at = turn++;
        await told[at]?.promise;
        const body = `retry: 1\nevent: pool_update\ndata: ${JSON.stringify(readings[at])}\n\n`;
        await (at < readings.length
          ? route.fulfill({ contentType: "text/event-stream", body })
          : route.abort());
      });
      await page.goto(`${url}/pools/${LENDING}`);
      await comesAlive(page);
      const strip = page.locator(".pool-warnings");
      const height = async () => (await strip.boundingBox())?.height;
      await strip.getByText("Nothing to warn of in the newest reading").waitFor();
      const closed = await height();
      told[0]?.resolve();
      await strip.locator("summary", { hasText: "look before you leap" }).waitFor();
      assertEquals(await height(), closed);
      await strip.locator("summary").click();
      await strip.locator(".banner", { hasText: "Nearly all lent: look before you leap" })
        .waitFor();
      assertEquals(await strip.locator(".banner").count(), 4);
      const opened = await height();
      told[1]?.resolve();
      await strip.locator("summary", { hasText: /^1 warning/ }).waitFor();
      assertEquals(await strip.locator(".banner").allInnerTexts(), [
        "Spike. Spike: look before you leap",
      ]);
      assertEquals(await height(), opened);
      told[2]?.resolve();
      await strip.getByText("The newest reading gives nothing to warn of.").waitFor();
      assertEquals(await height(), opened);
      await strip.locator("summary").click();
      assertEquals(await height(), closed);
      await context.close();
    },
  },

  {
    name: "reads the tables of a pool again after a reading came, once a minute",
    async run({ browser, url }) {
      const page = await browser.newPage();
      await page.clock.install();
      await page.goto(`${url}/pools/${LENDING}`);
      const apart = await page.locator('[data-region="apart"]').innerText();
      const newest = page.locator('[data-region="scores"] tbody tr').first();
      const read = await newest.innerText();
      await page.locator(".feed-chip .feed", { hasText: "Live" }).waitFor();
      await changes(page, ".pool-figs");
      assertEquals(await newest.innerText(), read);
      await page.evaluate("window.isSamePage = true");
      const again = page.waitForResponse(`${url}/pools/${LENDING}`);
      await page.clock.fastForward(61_000);
      await again;
      await until(() => newest.innerText(), {
        what: "The readings are read again",
        holds: (text) => text !== read,
      });
      await until(() => page.locator('[data-region="apart"]').innerText(), {
        what: "The yield is taken apart again",
        holds: (text) => text !== apart,
      });
      assertEquals(await page.evaluate("window.isSamePage"), true);
      await page.close();
    },
  },

  {
    name: "asks for pools where their stream is cut, and says so",
    async run({ browser, url }) {
      const context = await browser.newContext();
      const page = await context.newPage();
      // Streams of a worker can't be cut from here: this page has to have its own.
      await page.addInitScript("delete globalThis.SharedWorker");
      await page.route("**/api/stream/pools*", (route) => route.abort());
      const feed = await noteTexts(page, ".feed-chip .feed");
      await page.goto(`${url}/pools`);
      await feed.showed(/^Reconnecting/, /^Polling every 5 s$/);
      await changes(page, BODY);
      await page.unroute("**/api/stream/pools*");
      await feed.showed(/^Polling every 5 s$/, /^Live$/);
      await context.close();
    },
  },

  {
    name: "is worked by keys alone: j, k and Enter lead to a pool, the chart reads aloud",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/pools?sort=symbol`);
      const { page } = visited;
      const names = await page.locator(`${ROWS} th a`).allInnerTexts();
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      assertEquals(await page.evaluate("document.activeElement.textContent"), names[1]);
      await page.keyboard.press("k");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/pools/demo-*");
      await comesAlive(page);
      assert((await page.locator("h1").innerText()).startsWith(names[0] ?? "none"));
      await page.locator("#yield .plot").focus();
      await page.keyboard.press("Home");
      await page.locator("#yield [role=status]", { hasText: /APY|Base/ }).waitFor();
    },
  },

  {
    name: "shows one pool without JavaScript: charts, waterfall, both scores, readings and file",
    async run({ browser, url }) {
      const address = `${url}/pools/${LENDING}`;
      await using visited = await visit(browser, address, { hasScripts: false });
      const { page } = visited;
      for (const id of ["yield", "utilization", "tvl"]) {
        assert(await page.locator(`#${id} svg.c-marks path`).count() > 1, id);
      }
      assertEquals(await page.locator("#utilization .c-reference").count(), 2);
      const terms = await page.locator("#apart tbody th").allInnerTexts();
      assert(terms.some((term) => term.startsWith("Net, expected")), terms.join());
      assertEquals(await page.locator("#score-v1 tbody tr").count(), 6);
      assertEquals(await page.locator("#score-v0 tbody tr").count(), 4);
      assertEquals(await page.locator("#snapshots tbody tr").count(), 12);
      await page.getByRole("link", { name: "View as table: Yield" }).click();
      await page.waitForLoadState();
      assert(page.url().includes("table=yield"));
      assert(await page.locator("#yield tbody tr").count() > 50);
      const all = await csvRows(`${address}/history.csv?range=all`);
      const week = await csvRows(`${address}/history.csv?range=7d`);
      assert(all.length > week.length && week.length > 6, `${all.length} ${week.length}`);
      await page.goto(`${url}/pools/${PAIR}`);
      assertEquals(await page.locator("#pair tbody tr").count(), 8);
      assertEquals(await page.locator("#yield .c-part").count() > 0, true);
    },
  },

  {
    name: "explains a figure in a drawer, as a page and as JSON",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/pools/${LENDING}`);
      const { page } = visited;
      await page.locator('.figs [data-figure="kink_distance"] a').click();
      const drawer = page.getByRole("dialog");
      await drawer.getByText("distance = U* − U").waitFor();
      await drawer.getByRole("button", { name: "Copy as JSON" }).click();
      await drawer.getByText("Copied as JSON").waitFor();
      const copied = JSON.parse(await page.evaluate("navigator.clipboard.readText()"));
      assertEquals(copied.data.figure, "kink_distance");
      await drawer.getByRole("link", { name: "Open as page" }).click();
      await page.waitForURL("**/explain/kink_distance");
      assertEquals(await page.locator("h1").innerText(), "Distance to the kink");
      for (const figure of ["luck", "%25"]) {
        const missing = await fetch(`${url}/pools/${LENDING}/explain/${figure}`);
        await missing.body?.cancel();
        assertEquals(missing.status, 404, figure);
      }
    },
  },

  {
    name: "looks back at a day, and says where nothing was known",
    async run({ browser, url }) {
      const day = new Date(Date.now() - 10 * 86_400_000).toISOString().slice(0, 10);
      await using visited = await visit(browser, `${url}/pools?asof=${day}`);
      const { page } = visited;
      assertEquals(await page.locator(".feed-chip").count(), 0);
      const link = page.locator(`${ROWS} th a`).first();
      assert((await link.getAttribute("href"))?.endsWith(`?asof=${day}`));
      await page.goto(`${url}/pools?asof=2001-01-01`);
      await page.getByText("Nothing was known of any pool then.").waitFor();
      await page.goto(`${url}/pools?asof=sometime`);
      await page.getByText('"sometime" is no day: the newest readings are shown.').waitFor();
      for (const path of ["/pools/nobody", `/pools/${LENDING}?asof=2001-01-01`]) {
        const missing = await fetch(url + path);
        await missing.body?.cancel();
        assertEquals(missing.status, 404, path);
      }
    },
  },

  {
    name: "looks right at every width in both themes: the board, two pools and an explanation",
    async run({ browser, url }) {
      const pages = {
        pools: "/pools",
        pool: `/pools/${LENDING}`,
        "pool-pair": `/pools/${PAIR}?table=yield`,
        "pool-explain": `/pools/${LENDING}/explain/score_v1`,
      };
      for (const [name, path] of Object.entries(pages)) {
        assertEquals(await checkViews(browser, url + path, { name }), [], name);
      }
    },
  },
];

testInBrowser("the pages of pools in Chromium", STEPS, {
  env: { TOKENLYSIS_DATA_PROVIDER: "mock" },
});
