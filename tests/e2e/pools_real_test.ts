import { assert, assertEquals } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";
import { checkViews, keepPicture, type Step, testInBrowser, visit } from "./page_checks.ts";
import { until } from "./live_place.ts";
import { importPools } from "./run_on.ts";

const RATES = "defi/aave_v3_daily_rates_2025-07_2026-08.csv.gz";
const rates = sharedData(RATES);
const DAI = "aave-v3-ethereum-0x6b175474e89094c44da98b954eedeac495271d0f";
/** The day on which most of Aave's dollars were lent out. */
const STRESS = "2026-04-21";

/** Steps over a product into which the real rates were imported by the script. */
const STEPS: readonly Step[] = [
  {
    name: "ranks real Aave reserves, open ones first, each with its chain and its coverage",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/pools`, { hasScripts: false });
      const { page } = visited;
      const scores = await page.locator('#pools [data-figure="score_v1"]').evaluateAll((cells) =>
        cells.map((cell) => Number(cell.getAttribute("data-value")))
      );
      assert(scores.length > 40, `${scores.length} rows`);
      assertEquals(scores, scores.toSorted((a, b) => b - a));
      await page.getByText(/^Open for deposits, \d+ left out$/).waitFor();
      await page.getByText("Nothing newer is fetched.").waitFor();
      await keepPicture(page, "pools-real");
    },
  },

  {
    name: "shows the stress of April 2026 on the board and on the pool, as a warning in words",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/pools?asof=${STRESS}&asset=dai`);
      const { page } = visited;
      const row = page.locator("#pools tbody tr", { hasText: "Ethereum" });
      await row.getByText("Nearly all lent").waitFor();
      await row.getByRole("link", { name: "DAI", exact: true }).click();
      await page.getByText("The rate is high because the pool is nearly empty.").waitFor();
      assertEquals(
        await page.locator('.figs [data-figure="utilization"]').innerText(),
        "99.59%",
      );
      assertEquals(await page.locator('#yield .c-span[data-kind="stress"]').count(), 1);
      // Until the day before the pool was calm, and nothing of the next day was known.
      await page.goto(`${url}/pools/${DAI}?asof=2026-04-18`);
      assertEquals(await page.locator(".banner[data-kind=bad]").count(), 0);
      await page.goto(`${url}/pools/${DAI}?range=all`);
      await page.locator("#stretches", { hasText: "Nearly all lent" }).waitFor();
      assertEquals(
        await checkViews(browser, `${url}/pools/${DAI}?asof=${STRESS}`, {
          name: "pool-stress",
        }),
        [],
      );
    },
  },

  {
    name: "shows readings of an old state as stale, in the board, the chart and the rows",
    async run({ browser, url }) {
      const address = `${url}/pools?asof=2025-11-16&chain=celo&sort=symbol`;
      await using visited = await visit(browser, address, { hasScripts: false });
      const { page } = visited;
      const rows = await page.locator("#pools tbody tr").count();
      assert(rows >= 5, `${rows} rows`);
      assertEquals(await page.locator("#pools tbody .badge", { hasText: "Stale" }).count(), rows);
      await page.locator("#pools tbody th a").first().click();
      await page.waitForLoadState();
      await page.getByText("The source's readings stand still since 2025-11-15").waitFor();
      assertEquals(await page.locator("#snapshots .badge", { hasText: "Stale" }).count(), 2);
      assertEquals(await page.locator('#yield .c-span[data-kind="stale"]').count(), 1);
    },
  },

  {
    name: "gives the same pools and readings as files",
    async run({ browser: _, url }) {
      assert(rates !== null);
      const lines = (await readSharedText(rates)).trim().split("\n");
      const days = lines.filter((line) => line.includes(",ethereum,DAI,")).length;
      const history = await (await fetch(`${url}/pools/${DAI}/history.csv?range=all`)).text();
      assertEquals(history.trim().split("\r\n").length - 1, days);
      const board = await (await fetch(`${url}/pools.csv?gone=show&closed=show`)).text();
      assertEquals(board.trim().split("\r\n").length - 1, 60);
    },
  },
];

testInBrowser("the pages of pools over real Aave rates in Chromium", STEPS, {
  env: { TOKENLYSIS_DEMO: "off" },
  ignore: rates === null,
  async fill(dataDir) {
    assert(rates !== null);
    await importPools(dataDir, { path: rates.pathname, provider: "aave" });
  },
});

testInBrowser("pools of a provider that can't run in Chromium", [
  {
    name: "are made up, and the page says why",
    async run({ browser, url }) {
      await until(async () => await (await fetch(`${url}/api/pools?limit=1`)).json(), {
        holds: ({ data }) => data.length > 0,
        what: "the first made-up pools",
      });
      await using visited = await visit(browser, `${url}/pools`, { hasScripts: false });
      await visited.page.getByText(
        'The provider "dune" can\'t run: TOKENLYSIS_NETWORK is off. Made-up pools stand in until ' +
          "then.",
      ).waitFor();
      assert(await visited.page.locator("#pools tbody tr").count() > 0);
    },
  },
], { env: { TOKENLYSIS_DATA_PROVIDER: "dune" } });
