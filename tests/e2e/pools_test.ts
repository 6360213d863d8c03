import { assert, assertEquals } from "@/tests/assert.ts";
import { checkViews, type Step, testInBrowser, visit } from "@/tests/e2e/page_checks.ts";

const ROWS = "#pools tbody tr";

const STEPS: readonly Step[] = [
  {
    name: "sorts, filters and exports without JavaScript",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/pools`, { hasScripts: false });
      const { page } = visited;
      const count = await page.locator(ROWS).count();
      assert(count > 0, "No pool is listed");
      await page.getByRole("link", { name: "APY base" }).click();
      assertEquals(new URL(page.url()).search, "?sort=supply_apy");
      const csv = await (await fetch(`${url}/pools.csv?sort=supply_apy`)).text();
      assertEquals(csv.trim().split("\r\n").length, count + 1);
      await page.goto(`${url}/pools?search=no-such-pool`);
      assertEquals(await page.getByText("No pool fits this filter").count(), 1);
    },
  },
  {
    name: "looks right at every width in both themes, as do the pages of pools",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/pools`);
      const first = await visited.page.locator(`${ROWS} th a`).first().getAttribute("href");
      assertEquals(await checkViews(browser, `${url}/pools`, { name: "pools" }), []);
      assertEquals(await checkViews(browser, `${url}${first}`, { name: "pool" }), []);
      const missing = await fetch(`${url}/pools/nobody`);
      await missing.body?.cancel();
      assertEquals(missing.status, 404);
    },
  },
];

testInBrowser("the pages of pools in Chromium", STEPS, {
  env: { TOKENLYSIS_DATA_PROVIDER: "mock" },
});
