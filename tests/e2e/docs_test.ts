import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { checkViews, type Step, testInBrowser, visit } from "@/tests/e2e/page_checks.ts";

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const STEPS: readonly Step[] = [
  {
    name: "lists every path of the OpenAPI document, without JavaScript",
    async run({ browser, url }) {
      const document: OpenApi = await (await fetch(`${url}/openapi.json`)).json();
      await using visited = await visit(browser, `${url}/docs`, { hasScripts: false });
      const shown = await visited.page.locator(".operation h3 code").allInnerTexts();
      const paths = Object.keys(document.paths);
      assert(paths.length > 5);
      for (const path of paths) assert(shown.includes(path), path);
    },
  },

  {
    name: "leads from the contents to an operation",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/docs`);
      const { page } = visited;
      await page.locator(".docs-contents a", { hasText: "/api/market/overview" }).click();
      assertMatch(page.url(), /#get-api-market-overview$/);
      assert(await page.locator("#get-api-market-overview h3").isVisible());
    },
  },

  {
    name: "gives lines that can be run",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/docs`);
      const lines = await visited.page.locator("pre.copyable").allInnerTexts();
      // Those that name something of one's own are to be filled in first; others act.
      for (const line of lines.filter((text) => !/-X|[={]/.test(text))) {
        const target = /'(http[^']+)'/.exec(line)?.[1] ?? "";
        const response = await fetch(target);
        await response.body?.cancel();
        assertEquals(response.status, 200, line);
      }
    },
  },

  {
    name: "holds in every width and theme",
    async run({ browser, url }) {
      assertEquals(await checkViews(browser, `${url}/docs`, { name: "docs" }), []);
    },
  },
];

testInBrowser("the API docs in Chromium", STEPS);
