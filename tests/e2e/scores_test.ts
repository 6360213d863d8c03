import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { noteTexts } from "@/tests/e2e/noted.ts";
import {
  checkViews,
  layoutShift,
  type Step,
  testInBrowser,
  visit,
} from "@/tests/e2e/page_checks.ts";

const ROWS = "#ranking tbody tr";

/** Names of the ranked assets, from the first line on. */
async function names(page: Page): Promise<string[]> {
  return await page.locator(`${ROWS} [data-p="name"] a`).allInnerTexts();
}

async function dataOf(url: string) {
  const response = await fetch(url);
  assertEquals(response.status, 200);
  return (await response.json()).data;
}

const STEPS: readonly Step[] = [
  {
    name: "ranks every member and says why others are apart, without JavaScript",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/scores`, { hasScripts: false });
      const { page } = visited;
      const rows: { rank: number | null; name: string; outside: string | null }[] = await dataOf(
        `${url}/api/scores`,
      );
      assertEquals(await names(page), rows.filter(({ rank }) => rank !== null).map((r) => r.name));
      const first = page.locator(ROWS).first();
      assertMatch(
        await first.locator(".band svg").getAttribute("aria-label") ?? "",
        /\d+, interval \d+(–\d+)?, on a scale of 0 to 100/,
      );
      assertEquals(await first.locator(".pillar").count(), 4);
      assertEquals(await first.locator(".nil").count(), 2);
      const apart = await page.locator("#apart tbody tr").allInnerTexts();
      assertEquals(apart.length, rows.filter(({ rank }) => rank === null).length);
      for (const text of apart) assertMatch(text, /Apart as stablecoin/);
      assert(await page.getByRole("heading", { name: "Scores Demo data" }).isVisible());
      assert(await page.locator("#changes .source").isVisible());
      assertEquals(await page.locator("#lineage code").count(), 4);
    },
  },

  {
    name: "is filtered, sorted and dated by links and forms alone, all of it in the address",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/scores`, { hasScripts: false });
      const { page } = visited;
      await page.locator("summary", { hasText: "Theme" }).click();
      await page.getByRole("link", { name: "gaming", exact: true }).click();
      await page.waitForLoadState();
      assertEquals(new URL(page.url()).searchParams.get("theme"), "gaming");
      const themed = await names(page);
      assert(themed.includes("Decentraland") && !themed.includes("Bitcoin"));
      await page.locator("#ranking thead a", { hasText: "Risk" }).click();
      await page.waitForLoadState();
      const risk = (await page.locator(`${ROWS} td:nth-of-type(8) .pillar a`).allInnerTexts())
        .map(Number);
      assertEquals(risk.length, themed.length);
      assertEquals(risk, risk.toSorted((a, b) => b - a));
      await page.locator("summary", { hasText: "Method" }).click();
      await page.getByRole("link", { name: /^signal:/ }).click();
      await page.waitForLoadState();
      const before = await page.locator('[data-region="scores-asof"] time').innerText();
      const day = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
      await page.locator('.day-form input[type="date"]').fill(day);
      await page.locator(".day-form button").click();
      await page.waitForLoadState();
      const { searchParams } = new URL(page.url());
      assertEquals([...searchParams.keys()].sort(), ["asof", "method", "sort", "theme"]);
      const after = await page.locator('[data-region="scores-asof"] time').innerText();
      assert(before !== after, "another day is shown");
      await page.locator('#ranking input[name="q"]').fill("no such asset");
      await page.keyboard.press("Enter");
      await page.waitForLoadState();
      await page.getByText("No ranked asset fits this filter").waitFor();
    },
  },

  {
    name: "gives its lines as CSV, as filtered",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/scores?theme=gaming&sort=name`);
      const listed = await names(visited.page);
      const href = await visited.page.getByRole("link", { name: "Download CSV" }).getAttribute(
        "href",
      );
      const lines = (await (await fetch(`${url}${href}`)).text()).trim().split("\r\n");
      assertEquals(lines.slice(1).map((line) => line.split(",")[2]), listed);
      assertMatch(lines[0] ?? "", /^asset_id,symbol,name,rank,rank_best,rank_worst,score,/);
    },
  },

  {
    name: "opens a score in the drawer and copies the very same as JSON",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/scores`);
      const { page, complaints } = visited;
      await page.locator(`${ROWS} [data-p="value"] a.explain`).first().click();
      const drawer = page.getByRole("dialog", { name: /^Score, method v1 of / });
      await drawer.getByRole("heading", { name: "Formula" }).waitFor();
      await drawer.getByRole("button", { name: "Copy as JSON" }).click();
      await drawer.getByText("Copied as JSON").waitFor();
      const { data } = JSON.parse(await page.evaluate("navigator.clipboard.readText()"));
      const points = data.inputs.filter(({ name, value }: { name: string; value: number | null }) =>
        value !== null && (name === "Neutral start" || name.endsWith(" adds"))
      );
      const sum = points.reduce(
        (total: number, input: { value: number }) => total + input.value,
        0,
      );
      assertEquals(sum, data.value, "the parts add up to the last bit");
      assertEquals(complaints, []);
    },
  },

  {
    name: "scores anew, shows how far it is, and says what came of it",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/scores`);
      const { page, complaints } = visited;
      const progress = await noteTexts(
        page,
        ".task:has(progress[aria-label=Recalculation]) button",
      );
      const posted = page.waitForResponse((response) =>
        response.url().endsWith("/api/tasks/recalculate")
      );
      const toasts = await noteTexts(page, ".recalculate .toast");
      await page.getByRole("button", { name: "Recalculate" }).click();
      assertEquals((await posted).status(), 202);
      await progress.showed(/^Cancel$/);
      await toasts.showed(/runs? scored$/);
      assertEquals(await page.getByRole("progressbar", { name: "Recalculation" }).count(), 0);
      assertEquals(complaints, []);
    },
  },

  {
    name: "tells whether past scores foresaw returns, whatever it is",
    async run({ browser, url }) {
      const options = { hasScripts: false };
      await using visited = await visit(browser, `${url}/scores/honesty`, options);
      const { page } = visited;
      // The product has just started: its job measures the days one after the other.
      while (await page.getByText("still to be measured").count() > 0) await page.reload();
      for (const days of [7, 30]) {
        const rows = page.locator(`#relations-${days} tbody tr`);
        assertEquals(await rows.count(), 7);
        const overall = await rows.last().innerText();
        assertMatch(overall, /Overall\s+[+−]?0\.\d\d\s+[+−]?\d\.\d\d to [+−]?\d\.\d\d\s+\d+/);
      }
      assertEquals(
        await page.locator(".nil").count() > 0,
        true,
        "missing pillars stay in the list",
      );
    },
  },

  {
    name: "explains an asset's score on its page, from 50 to the sum",
    async run({ browser, url }) {
      const options = { hasScripts: false };
      await using visited = await visit(browser, `${url}/assets/bitcoin`, options);
      const { page } = visited;
      const values = await page.locator("#score-reasons .waterfall td.num span").evaluateAll(
        (spans) => spans.map((span) => Number(span.getAttribute("title"))),
      );
      const end = values.pop();
      assertEquals(values.reduce((sum, value) => sum + value, 0), end);
      assertEquals(values[0], 50);
      assertEquals(await page.locator("#scorecard tbody tr").count(), 6);
      assertEquals(await page.locator("#score-inputs tbody tr").count(), 17);
      assert(await page.locator("#scorecard").getByText("since the day before").isVisible());
      await page.locator("#score-inputs a.explain").first().click();
      await page.waitForLoadState();
      assertMatch(page.url(), /\/explain\/score%3A[a-z0-9_]+\/bitcoin/);
      assert(await page.getByRole("heading", { name: "Raw rows, newest first" }).isVisible());
    },
  },

  {
    name: "names the highest scores on the overview and reads them anew on request",
    async run({ browser, url }) {
      await using visited = await visit(browser, url);
      const { page, complaints } = visited;
      const panel = page.locator("#top-scores");
      assertEquals(await panel.locator("tbody tr").count(), 3);
      await panel.getByRole("link", { name: "Refresh scores" }).click();
      await panel.getByText("Scores are up to date").waitFor();
      assertEquals(await panel.locator("tbody tr").count(), 3);
      assert(await layoutShift(page) < 0.02);
      assertEquals(complaints, []);
    },
  },

  {
    name: "holds in every width and theme",
    async run({ browser, url }) {
      const problems = [
        ...await checkViews(browser, `${url}/scores`, { name: "scores" }),
        ...await checkViews(browser, `${url}/scores/honesty`, { name: "scores-honesty" }),
      ];
      assertEquals(problems, []);
    },
  },
];

testInBrowser("The scores explain themselves, in a browser", STEPS);
