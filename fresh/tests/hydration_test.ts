import type { Browser, Page } from "playwright-core";
import { App } from "fresh";
import { Builder } from "fresh/dev";
import { assert, assertEquals } from "@/tests/assert.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { describe } from "./fixture/islands/Values.tsx";
import { VALUES } from "./fixture/values.ts";
import { setLiveReload } from "../server/app.ts";
import { LiveReload } from "../server/live_reload.ts";
import { FIXTURE_ROOT, fixtureHandler, withServer } from "./fixture_app.ts";

interface Visit {
  readonly page: Page;
  readonly origin: string;
  /** Paths of the scripts that were fetched so far. */
  readonly scripts: readonly string[];
}

/** Opens a path in a browser; fails on script errors and violations of the security policy. */
async function visit(
  path: string,
  check: (visit: Visit) => Promise<void>,
  { basePath = "" } = {},
): Promise<void> {
  const browser: Browser = await launchChromium();
  try {
    await withServer(await fixtureHandler({ basePath }), async (origin) => {
      const page = await browser.newPage();
      const problems: string[] = [];
      const scripts: string[] = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      page.on("request", (request) => {
        if (request.resourceType() === "script") scripts.push(new URL(request.url()).pathname);
      });
      await page.goto(origin + basePath + path);
      await check({ page, origin, scripts });
      await page.close();
      assertEquals(problems, []);
    });
  } finally {
    await browser.close();
  }
}

function browserTest(name: string, path: string, check: (visit: Visit) => Promise<void>): void {
  Deno.test({
    name: `islands: ${name}`,
    ignore: findChromium() === null,
    fn: () => visit(path, check),
  });
}

async function waitForText(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector ?? "")?.textContent === text,
    [selector, text],
  );
}

browserTest(
  "a counter keeps the server's markup and answers clicks",
  "/counter",
  async ({ page }) => {
    const before = await page.locator(".counter output").elementHandle();
    await page.click(".counter button");
    await waitForText(page, ".counter output", "4");
    assert(
      await before?.evaluate((node) => node.isConnected),
      "Expected the element to be adopted",
    );
  },
);

browserTest(
  "the page marks in its performance timeline when all of them are alive",
  "/shared",
  async ({ page }) => {
    await page.waitForFunction(() => performance.getEntriesByName("islands").length > 0);
    assertEquals(
      await page.evaluate(() => performance.getEntriesByName("islands").length),
      1,
    );
    await page.click("[data-label=one] button");
    await waitForText(page, "[data-label=two] output", "4");
  },
);

browserTest("a signal given to two islands stays one signal", "/shared", async ({ page }) => {
  await page.click("[data-label=one] button");
  await waitForText(page, "[data-label=two] output", "4");
  await waitForText(page, ".doubled", "8");
  assertEquals(await page.getAttribute(".doubled", "data-fixed"), "6");
  assertEquals(await page.locator(".counter").count(), 2);
  assertEquals(await page.locator("main > p").textContent(), "end");
});

browserTest("properties of every kind arrive as they were sent", "/values", async ({ page }) => {
  await page.waitForSelector("dl[data-live=true]");
  const shown = await page.locator("dd").allTextContents();
  assertEquals(shown, Object.values(VALUES).map(describe));
});

browserTest(
  "slots keep their markup, and islands in them come alive",
  "/slots",
  async ({ page }) => {
    const text = await page.locator(".content").first().innerText();
    assertEquals(text.replace(/\s+/g, " ").trim(), "server text kept 1add text after");
    const kept = await page.locator("p.static").elementHandle();
    await page.click("[data-label=inside] button");
    await waitForText(page, "[data-label=outside] output", "2");
    assert(await kept?.evaluate((node) => node.isConnected), "Expected the slot to be adopted");
  },
);

browserTest(
  "slots that were not shown at first can be opened and closed",
  "/slots",
  async ({ page }) => {
    await page.click("button:has(i)");
    await waitForText(page, "[data-label=hidden] output", "1");
    await page.click("[data-label=hidden] button");
    await waitForText(page, "[data-label=outside] output", "2");
    assertEquals(await page.locator(".deep").textContent(), "deep");
    await page.click("button:has(i)");
    await page.waitForSelector(".deep", { state: "detached" });
    await page.click("button:has(b)");
    await page.waitForSelector("p.static", { state: "detached" });
    await page.click("button:has(b)");
    assertEquals(await page.locator("p.static em").textContent(), "kept");
  },
);

browserTest(
  "islands of several elements stay between their neighbours",
  "/rows",
  async ({ page }) => {
    const names = () => page.locator("dt").allTextContents();
    assertEquals(await names(), ["before", "a", "b", "after"]);
    await page.locator("dd button").first().click();
    await page.locator("dd button").first().click();
    await page.locator("dd button").nth(1).click();
    await page.waitForFunction(() => document.querySelectorAll(".extra").length === 3);
    assertEquals(await names(), ["before", "a", "0", "1", "b", "0", "after"]);
  },
);

browserTest("an island beside its route comes alive", "/about", async ({ page }) => {
  await page.click("main button");
  await waitForText(page, "main button", "on");
});

browserTest(
  "Head in an island follows its state without doubling elements",
  "/titled",
  async ({ page }) => {
    const head = () =>
      page.evaluate(() => ({
        title: document.title,
        description: [...document.querySelectorAll("meta[name=description]")].map((meta) =>
          meta.getAttribute("content")
        ),
        theme: [...document.querySelectorAll("meta[name=theme-color]")].map((meta) =>
          meta.getAttribute("content")
        ),
        links: [...document.querySelectorAll("link[rel=alternate]")].map((link) =>
          link.getAttribute("href")
        ),
        styles: [...document.querySelectorAll("style#tint")].map((style) => style.textContent),
        color: getComputedStyle(document.querySelector(".tint") as Element).color,
      }));
    const expected = (step: number) => ({
      title: `step ${step}`,
      description: [`description ${step}`],
      theme: [`color-${step}`],
      links: [`/feed-${step}`],
      styles: [`.tint { color: rgb(${step}, 0, 0); }`],
      color: `rgb(${step}, 0, 0)`,
    });
    await page.waitForLoadState("networkidle");
    assertEquals(await head(), expected(0));
    await page.click(".tint");
    await page.waitForFunction(() => document.title === "step 1");
    assertEquals(await head(), expected(1));
  },
);

browserTest(
  "a dynamic import is fetched only when it is needed",
  "/lazy",
  async ({ page, scripts }) => {
    await page.waitForLoadState("networkidle");
    const before = scripts.length;
    await page.click("button");
    await waitForText(page, "output", "drawn by a chunk of its own");
    assertEquals(scripts.length, before + 1);
  },
);

browserTest("a page without islands loads no script", "/blog", async ({ page, scripts }) => {
  await page.waitForLoadState("networkidle");
  assertEquals(scripts, []);
});

browserTest(
  "a page loads the scripts of its own islands only",
  "/counter",
  async ({ page, scripts }) => {
    await page.waitForLoadState("networkidle");
    const islands = scripts.map((path) => path.split("/").at(-1) ?? "")
      .filter((name) => name.startsWith("island-"));
    assertEquals(islands, ["island-Counter.js"]);
  },
);

Deno.test({
  name: "islands: scripts, lazy chunks and assets are addressed under the base path",
  ignore: findChromium() === null,
  fn: () =>
    visit("/lazy", async ({ page, scripts }) => {
      await page.click("button");
      await waitForText(page, "output", "drawn by a chunk of its own");
      assert(scripts.length > 0);
      assert(scripts.every((path) => /^\/sub\/_fresh\/js\/[0-9a-f]{16}\//.test(path)));
      const asset = await page.getAttribute("p", "data-asset") ?? "";
      assertEquals(asset.match(/__frsh_c=([0-9a-f]{16})$/)?.[1], scripts[0]?.split("/")[4]);
    }, { basePath: "/sub" }),
});

Deno.test({
  name: "a development page reloads once the server has changed",
  ignore: findChromium() === null,
  async fn() {
    const app = new App().fsRoutes();
    const reload = new LiveReload();
    const builder = new Builder({ root: FIXTURE_ROOT });
    (await builder.build({ mode: "development", snapshot: "memory" }))(app);
    setLiveReload(app, reload);
    const browser = await launchChromium();
    try {
      await withServer(app.handler(), async (origin) => {
        const page = await browser.newPage();
        const connected = page.waitForResponse(/_fresh\/alive/);
        await page.goto(`${origin}/blog`);
        await connected;
        const reloaded = page.waitForEvent("framenavigated");
        reload.reload();
        assertEquals((await reloaded).url(), `${origin}/blog`);
        await page.close();
        reload.close();
      });
    } finally {
      await browser.close();
    }
  },
});
