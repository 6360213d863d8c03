import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { comesAlive } from "@/tests/e2e/alive.ts";
import { SITE_PAGES } from "@/components/shell/site_map.ts";
import {
  axeFindings,
  checkViews,
  type Step,
  testInBrowser,
  visit,
} from "@/tests/e2e/page_checks.ts";

const THEME = "document.documentElement.dataset.theme ?? 'system'";
const GROUND = "getComputedStyle(document.documentElement).backgroundColor";

/** Elements whose lines are lower than their letters. */
const TIGHT_LINES = `[...document.querySelectorAll("main *")].filter((element) => {
  const { lineHeight, fontSize } = getComputedStyle(element);
  return parseFloat(lineHeight) < parseFloat(fontSize);
}).map(({ outerHTML }) => outerHTML.slice(0, 80))`;

const STEPS: readonly Step[] = [
  {
    name: "leads to an asset from the palette, by keys alone",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/docs`);
      const { page } = visited;
      await page.keyboard.press("Control+k");
      await page.keyboard.type("btc");
      await page.getByRole("option", { name: /Bitcoin/ }).first().waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/assets\/bitcoin$/);
    },
  },

  {
    name: "goes by g and a letter, but never while the reader types",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      await page.getByRole("searchbox").focus();
      await page.keyboard.type("gd?");
      assertEquals(new URL(page.url()).pathname, "/");
      assertEquals(await page.getByRole("searchbox").inputValue(), "gd?");
      await page.locator("h1").click();
      // The letter has to come in time: the page's clock stands still between the two keys.
      await page.clock.setFixedTime(new Date());
      await page.keyboard.press("g");
      await page.keyboard.press("d");
      await page.waitForURL(/\/docs$/);
    },
  },

  {
    name: "walks the rows with j and k, and opens one with Enter",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      for (const key of ["j", "j", "k", "j"]) await page.keyboard.press(key);
      const second = page.locator('[data-table="assets"] tbody th a').nth(1);
      assert(await second.evaluate((link) => link === document.activeElement));
      const href = await second.getAttribute("href");
      await page.keyboard.press("Enter");
      await page.waitForURL((to) => to.pathname === href);
    },
  },

  {
    name: "shows its keys with ? and closes them with Escape",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      await page.keyboard.press("?");
      const help = page.getByRole("dialog", { name: "Keys" });
      await help.waitFor();
      await page.keyboard.press("Escape");
      await help.waitFor({ state: "hidden" });
    },
  },

  {
    name: "closes a menu with Escape, and when the reader turns elsewhere",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      const summary = page.locator("details.menu summary", { hasText: "Theme" });
      const item = page.locator(".menu-list a", { hasText: "stablecoin" });
      await summary.click();
      await page.keyboard.press("Escape");
      await item.waitFor({ state: "hidden" });
      assert(await summary.evaluate((chip) => chip === document.activeElement));
      await summary.click();
      await page.locator("h1").click();
      await item.waitFor({ state: "hidden" });
    },
  },
  ...[true, false].map((hasScripts): Step => ({
    name: `leads a phone to every page, ${hasScripts ? "with" : "without"} scripts`,
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/scores`, { width: 320, hasScripts });
      const { page } = visited;
      const more = page.locator(".tabs-phone summary");
      const list = page.locator(".more-list");
      assertEquals(await more.getAttribute("aria-current"), "true");
      await more.click();
      if (hasScripts) assertEquals(await axeFindings(page), []);
      const hrefs = await page.locator(".tabs-phone a").evaluateAll((links) =>
        links.map((link) => link.getAttribute("href")).sort()
      );
      assertEquals(hrefs, SITE_PAGES.map(({ href }) => href).sort());
      await page.mouse.click(160, 60);
      await list.waitFor({ state: "hidden" });
      await more.click();
      await list.getByRole("link", { name: "Operations" }).click();
      await page.waitForURL(/\/ops$/);
    },
  })),

  {
    name: "keeps the chosen theme, from the first paint on",
    async run({ browser, url }) {
      await using visited = await visit(browser, url, { theme: "light" });
      const { page, complaints } = visited;
      const light = await page.evaluate<string>(GROUND);
      await page.getByRole("button", { name: "Appearance" }).click();
      await page.getByRole("radio", { name: "Dark" }).check();
      const dark = await page.evaluate<string>(GROUND);
      assert(dark !== light);
      // The document is stopped at its body: what is set by then is set before the first paint.
      await page.addInitScript(
        `new MutationObserver((_, watch) => {
          if (!document.body) return;
          globalThis.themeAtBody = ${THEME};
          watch.disconnect();
        }).observe(document, { childList: true, subtree: true });`,
      );
      await page.reload();
      await comesAlive(page);
      assertEquals(await page.evaluate("themeAtBody"), "dark");
      assertEquals(await page.evaluate(GROUND), dark);
      await page.getByRole("button", { name: "Appearance" }).click();
      await page.getByRole("radio", { name: "Like the system" }).check();
      assertEquals(await page.evaluate(THEME), "system");
      assertEquals(complaints, []);
    },
  },

  {
    name: "says when the browser is offline",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      await page.context().setOffline(true);
      await page.getByText("You are offline.").waitFor();
      await page.context().setOffline(false);
      await page.getByText("You are offline.").waitFor({ state: "hidden" });
    },
  },

  {
    name: "follows the reader's text size: twice as large, nothing overlaps or leaves the window",
    async run({ browser, url }) {
      await using visited = await visit(browser, url, { width: 1280 });
      const { page } = visited;
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
      for (const path of ["/", "/assets/bitcoin", "/analytics", "/portfolio"]) {
        await page.goto(url + path);
        assertEquals(await page.evaluate("getComputedStyle(document.body).fontSize"), "26px");
        assertEquals(await page.evaluate(TIGHT_LINES), [], path);
        assert(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path);
      }
    },
  },

  {
    name: "skips to the content from the first tab stop",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page } = visited;
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.id === "main");
    },
  },

  {
    name: "suggests near assets where nothing stands",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/assets/bitcion`);
      const { page } = visited;
      await page.locator(".near-list a", { hasText: /^Bitcoin$/ }).click();
      await page.waitForURL(/\/assets\/bitcoin$/);
      const response = await fetch(`${url}/nothing/here`);
      assertEquals(response.status, 404);
      assertMatch(await response.text(), /Nothing stands at this address/);
    },
  },

  {
    name: "says demo on every page",
    async run({ url }) {
      for (const path of ["/", "/docs", "/styleguide", "/explain/price/bitcoin", "/nothing"]) {
        const text = await (await fetch(url + path)).text();
        assertMatch(text, /data-kind="demo"[^>]*>.*?Demo data/, path);
      }
    },
  },

  {
    name: "redirects the overview's other name",
    async run({ url }) {
      const response = await fetch(`${url}/dashboard?theme=defi`, { redirect: "manual" });
      await response.body?.cancel();
      assertEquals(response.status, 308);
      assertEquals(response.headers.get("location"), "/?theme=defi");
    },
  },

  {
    name: "holds on the explanation and the missing page in every view",
    async run({ browser, url }) {
      const explanation = `${url}/explain/change_24h/bitcoin`;
      assertEquals(await checkViews(browser, explanation, { name: "explain" }), []);
      const missing = await checkViews(browser, `${url}/assets/bitcion`, { name: "not-found" });
      assertEquals(missing.filter((problem) => !problem.includes("status of 404")), []);
    },
  },
];

testInBrowser("the shell in Chromium", STEPS);
