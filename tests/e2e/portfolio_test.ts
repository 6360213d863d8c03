import { Buffer } from "node:buffer";
import type { Browser, Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { comesAlive } from "@/tests/e2e/alive.ts";
import {
  axeFindings,
  checkViews,
  keepPicture,
  testInBrowser,
  visit,
} from "@/tests/e2e/page_checks.ts";

const DAY_MS = 86_400_000;

/** An instant so many days ago, as a file writes it. */
function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 19) + "Z";
}

/** Eight rows, of which lines 5 and 8 are broken: a word for a number, an asset nobody knows. */
function sampleCsv(): string {
  return [
    "timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account,external_id",
    `${daysAgo(400)},BUY,bitcoin,0.5,30000,usd,10,Main,t1`,
    `${daysAgo(300)},BUY,ethereum,4,1500,,,Main,t2`,
    `${daysAgo(200)},SELL,bitcoin,0.2,60000,,,Main,t3`,
    `${daysAgo(190)},BUY,bitcoin,a lot,60000,,,Main,t4`,
    `${daysAgo(150)},STAKING_REWARD,ethereum,0.1,2500,,,Main,t5`,
    `${daysAgo(100)},BUY,solana,10,100,,,Cold,t6`,
    `${daysAgo(90)},BUY,no-such-coin-at-all,1,1,,,Main,t7`,
    `${daysAgo(20)},SELL,solana,15,150,,,Cold,t8`,
    "",
  ].join("\n");
}

/** Where the first step leads; the others go on from there. */
const home = { path: "" };

async function createPortfolio(page: Page): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill("Journey");
  await page.getByRole("button", { name: "Create portfolio" }).click();
  await page.getByRole("heading", { name: "Journey", level: 1 }).waitFor();
  home.path = new URL(page.url()).pathname;
}

/** The digits of a figure of the strip. */
async function figureOf(page: Page, label: string): Promise<string> {
  const figure = page.locator(".fig", { has: page.getByText(label, { exact: true }) });
  return await figure.locator("dd").first().innerText();
}

async function openHome(browser: Browser, url: string, options = {}) {
  return await visit(browser, url + home.path, options);
}

testInBrowser("portfolios in Chromium", [
  {
    name: "a portfolio is made, and says how to fill it",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/portfolio`);
      const { page, complaints } = visited;
      await page.getByText("No portfolio yet").waitFor();
      await createPortfolio(page);
      await page.getByText("The ledger is empty").waitFor();
      assertEquals(complaints, []);
    },
  },

  {
    name: "a file with two broken rows is previewed with its sums, and imported without them",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/import`);
      const { page, complaints } = visited;
      await page.locator('.drop input[type="file"]').setInputFiles({
        name: "journey.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(sampleCsv()),
      });
      await page.getByText("A preview: nothing is kept yet.").waitFor();
      await page.getByText("8 = 6 + 0 + 0 + 2 + 0. The sum always holds.").waitFor();
      assertEquals(await page.locator("#quarantine tbody tr").count(), 2);
      await keepPicture(page, "portfolio-preview");
      assert(await page.getByLabel("Import 6 rows that are right, keep 2 apart").isChecked());
      await page.getByRole("button", { name: "Import 6 rows" }).click();
      await page.getByText("6 rows imported").waitFor();
      await page.locator("#history").getByText("Imported", { exact: true }).waitFor();
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "Download 2 rows" }).click();
      const path = await (await download).path();
      const rejected = await Deno.readTextFile(path);
      assertEquals(rejected.trim().split("\n").length, 3);
      assertMatch(rejected, /a lot/);
      await Deno.remove(path);
      assertEquals(complaints, []);
    },
  },

  {
    name: "value, lots, disposals and what needs a decision follow from the file",
    async run({ browser, url }) {
      await using visited = await openHome(browser, url);
      const { page, complaints } = visited;
      assertMatch(await figureOf(page, "Net asset value"), /[\d,]+\.\d\d/);
      // 0.2 of 0.5 BTC for 30,000 each and a fee of 10: 12,000 - 6,004; 10 SOL: 1,500 - 1,000.
      assertMatch(await figureOf(page, "Realised"), /\+6,496\.00/);
      assertMatch(await figureOf(page, "Income"), /250\.00/);
      assertEquals(await page.locator("#positions tbody tr").count(), 2);
      assertEquals(await page.locator("#lots tbody tr").count(), 3);
      await page.locator("#problems").getByText("SOL: sold more than was held").waitFor();
      await page.locator("#nav .c-flow").first().waitFor({ state: "attached" });
      assertEquals(complaints, []);
    },
  },

  {
    name: "a trade is added in the dialog, refused once with its reason, and everything follows",
    async run({ browser, url }) {
      await using visited = await openHome(browser, url);
      const { page } = visited;
      await page.getByRole("link", { name: "Add", exact: true }).click();
      const dialog = page.getByRole("dialog", { name: "Add a transaction" });
      await dialog.getByLabel("Asset", { exact: true }).fill("no-such-coin");
      await dialog.getByLabel("Quantity").fill("2");
      await dialog.getByLabel("Unit price").fill("2000");
      await dialog.getByRole("button", { name: "Add transaction" }).click();
      await dialog.getByRole("alert").waitFor();
      await keepPicture(page, "portfolio-dialog", { isWhole: false });
      assertEquals(await dialog.getByLabel("Quantity").inputValue(), "2");
      await dialog.getByLabel("Asset", { exact: true }).fill("dogecoin");
      await dialog.getByRole("button", { name: "Add transaction" }).click();
      await page.locator("#positions").getByRole("link", { name: "Dogecoin", exact: true })
        .waitFor();
      assertEquals(await page.locator("#positions tbody tr").count(), 3);
      assertEquals(await page.locator("#lots tbody tr").count(), 4);
    },
  },

  {
    name: "the value is explained down to the rows of the ledger",
    async run({ browser, url }) {
      await using visited = await openHome(browser, url);
      const { page, complaints } = visited;
      await page.locator(".fig.lead a.explain").first().click();
      const drawer = page.locator("dialog.drawer");
      await drawer.locator(".formula", { hasText: "quantity × price × rate" }).waitFor();
      await drawer.getByText(/Rows of the ledger, all 8/).waitFor();
      assertEquals(await drawer.locator("tbody tr").count(), 8);
      await drawer.getByRole("button", { name: "Copy as JSON" }).click();
      await drawer.getByText("Copied as JSON").waitFor();
      const copied = JSON.parse(await page.evaluate("navigator.clipboard.readText()"));
      assertEquals(copied.data.row_count, 8);
      assertEquals(complaints, []);
    },
  },

  {
    name: "every table and the ledger are exported",
    async run({ browser, url }) {
      await using visited = await openHome(browser, url, { hasScripts: false });
      const links = await visited.page.locator("a[download]").evaluateAll(
        (found) => found.map((link) => (link as HTMLAnchorElement).href),
      );
      assert(links.length >= 9, `expected an export for every table: ${links.length}`);
      for (const link of links) {
        const response = await fetch(link);
        assertEquals([response.status, link], [200, link]);
        assertMatch(response.headers.get("content-type") ?? "", /text\/csv/);
        assert((await response.text()).split("\n").length > 1);
      }
    },
  },

  {
    name: "an import is undone as a whole",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/import`, { hasScripts: false });
      const { page } = visited;
      await page.getByRole("button", { name: "Undo the import of journey.csv" }).click();
      await page.waitForLoadState();
      await page.getByText("was taken back as a whole").waitFor();
      await page.getByText("Undone").waitFor();
      await page.goto(url + home.path);
      assertEquals(await page.locator("#positions tbody tr").count(), 1);
    },
  },

  {
    name: "without JavaScript a file is previewed and imported, and a row is edited and removed",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/import`, { hasScripts: false });
      const { page } = visited;
      const file = {
        name: "plain.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(sampleCsv()),
      };
      await page.locator('input[name="file"]').setInputFiles(file);
      await page.getByRole("button", { name: "Preview" }).click();
      await page.waitForLoadState();
      await page.getByText("8 = 6 + 0 + 0 + 2 + 0. The sum always holds.").waitFor();
      await page.locator('input[name="file"]').setInputFiles(file);
      await page.getByLabel("Import the good rows even if others have faults").check();
      await page.getByRole("button", { name: "Import", exact: true }).click();
      await page.waitForLoadState();
      await page.getByText("6 rows imported").waitFor();
      await page.goto(url + home.path);
      await page.getByRole("link", { name: "Edit Buy DOGE" }).click();
      await page.waitForLoadState();
      await page.getByLabel("Quantity").fill("5000");
      await page.getByRole("button", { name: "Save" }).click();
      await page.waitForLoadState();
      await page.locator("#positions").getByText("5,000", { exact: true }).waitFor();
      await page.getByRole("link", { name: "Edit Buy DOGE" }).click();
      await page.waitForLoadState();
      await page.getByText("Remove this transaction…").click();
      await page.waitForLoadState();
      await page.getByRole("button", { name: "Remove it" }).click();
      await page.waitForLoadState();
      await page.locator("#positions").waitFor();
      assertEquals(await page.getByRole("link", { name: "Dogecoin" }).count(), 0);
      await page.goto(`${url}${home.path}/transactions`);
      await page.getByRole("button", { name: "Restore Buy DOGE" }).click();
      await page.waitForLoadState();
      await page.getByRole("link", { name: "Edit Buy DOGE" }).waitFor();
      assertEquals(await page.locator("#removed").count(), 0);
    },
  },

  {
    name:
      "the list tells what a portfolio is worth and hides it, and one that is deleted comes back",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/portfolio`, { width: 320 });
      const { page, complaints } = visited;
      const row = page.locator("#portfolios tbody tr", { hasText: "Journey" });
      assertMatch(await row.locator('[data-p="value"]').innerText(), /^[\d,.]+( [kM])? ?USD/);
      assertMatch(await row.locator('[data-p="change"]').innerText(), /\d%/);
      assertEquals(await row.locator('[data-p="detail"] time').count(), 1);
      await page.keyboard.press(".");
      const amount = row.locator('[data-p="value"] .amt');
      assertEquals(
        await amount.evaluate((element) => getComputedStyle(element).visibility),
        "hidden",
      );
      const { data } = await (await fetch(`${url}/api/portfolio`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "Given up" }),
      })).json();
      const deleted = await fetch(`${url}/api/portfolio/${data.portfolio_id}`, {
        method: "DELETE",
      });
      assertEquals(deleted.status, 200, await deleted.text());
      await page.reload();
      await page.getByText("each can be restored for 30 days").waitFor();
      await page.getByRole("button", { name: "Restore Given up" }).click();
      await page.getByRole("heading", { name: "Given up", level: 1 }).waitFor();
      assertEquals(complaints, []);
    },
  },

  {
    name: "amounts are hidden at a key, and stay hidden",
    async run({ browser, url }) {
      await using visited = await openHome(browser, url);
      const { page } = visited;
      await page.keyboard.press(".");
      const amount = page.locator(".amt").first();
      const visibility = () => amount.evaluate((element) => getComputedStyle(element).visibility);
      assertEquals(await visibility(), "hidden");
      await page.reload();
      assertEquals(await visibility(), "hidden");
      await comesAlive(page);
      await page.getByRole("button", { name: "Hide amounts" }).click();
      assertEquals(await visibility(), "visible");
    },
  },

  {
    name: "assets are watched and taken off the list, without JavaScript too",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/watchlist`, { hasScripts: false });
      const { page } = visited;
      await page.getByLabel("First asset").fill("BTC");
      await page.getByRole("button", { name: "Create a watchlist" }).click();
      await page.waitForLoadState();
      await page.getByLabel("Asset to add").fill("ethereum");
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await page.waitForLoadState();
      assertEquals(await page.locator("#watched tbody tr").count(), 2);
      await page.getByLabel("Asset to add").fill("no-such-coin");
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await page.waitForLoadState();
      await page.locator(".banner").getByText("no-such-coin").waitFor();
      await page.getByRole("button", { name: "Remove Bitcoin" }).click();
      await page.waitForLoadState();
      assertEquals(await page.locator("#watched tbody tr").count(), 1);
    },
  },

  {
    name: "the page of an asset watches it and leads to its transaction, without JavaScript too",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/assets/solana`, { hasScripts: false });
      const { page } = visited;
      await page.getByRole("button", { name: "Watch", exact: true }).click();
      await page.waitForLoadState();
      await page.getByRole("button", { name: "Watched" }).waitFor();
      assertEquals(new URL(page.url()).pathname, "/assets/solana");
      await page.getByRole("button", { name: "Watched" }).click();
      await page.waitForLoadState();
      await page.getByRole("button", { name: "Watch", exact: true }).waitFor();
      const adding = page.locator(".page-head .scope > :last-child");
      await adding.click();
      const choices = adding.getByRole("link");
      if (await choices.count() > 0) await choices.first().click();
      await page.waitForURL(/transactions\/new\?asset=solana$/);
      assertEquals(await page.getByLabel("Asset", { exact: true }).inputValue(), "solana");
    },
  },

  {
    name: "a watchlist keeps its own order and notes, in place, and is a file of just that",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/watchlist`);
      const { page, complaints } = visited;
      const names = () => page.locator("#watched tbody th a").allInnerTexts();
      await page.evaluate("window.isSamePage = true");
      for (const asset of ["BTC", "SOL"]) {
        await page.getByLabel("Asset to add").fill(asset);
        await page.getByLabel("Asset to add").press("Enter");
        await page.getByRole("button", { name: `Remove ${asset === "BTC" ? "Bitcoin" : "Solana"}` })
          .waitFor();
      }
      assertEquals(await names(), ["Ethereum", "Bitcoin", "Solana"]);
      await page.getByRole("button", { name: "Move Solana up" }).click();
      await page.locator("#watched tbody tr").nth(1).getByRole("link", { name: "Solana" })
        .waitFor();
      await page.getByRole("button", { name: "Add a note on Solana" }).click();
      assertEquals(await axeFindings(page), []);
      await page.getByRole("textbox", { name: "Note on Solana" }).fill(
        "sell above 300, buy below 80",
      );
      await page.getByRole("button", { name: "Keep note" }).click();
      await page.locator(".watch-note", { hasText: "sell above 300" }).waitFor();
      await page.getByLabel("Asset to add").fill("no-such-coin");
      await page.getByLabel("Asset to add").press("Enter");
      await page.locator(".banner").getByText("no-such-coin").waitFor();
      assertEquals(await page.evaluate("window.isSamePage"), true);
      await keepPicture(page, "watchlist-notes", { isWhole: false });
      const href = await page.locator("#watched a[download]").getAttribute("href");
      const [, ...lines] = (await (await fetch(url + href)).text()).trim().split(/\r?\n/);
      assertEquals(lines.map((line) => line.split(",")[0]), ["ethereum", "solana", "bitcoin"]);
      assertMatch(lines[1] ?? "", /"sell above 300, buy below 80"$/);
      await page.getByRole("button", { name: "Remove Bitcoin" }).click();
      await page.getByRole("button", { name: "Remove Bitcoin" }).waitFor({ state: "detached" });
      assertEquals(await names(), ["Ethereum", "Solana"]);
      const broken = complaints.filter((line) => !line.includes("422"));
      assertEquals(broken, []);
    },
  },

  {
    name: "the pages hold in every width and theme",
    async run({ browser, url }) {
      const pages = {
        "portfolios": "/portfolio",
        "portfolio": home.path,
        "portfolio-entry": `${home.path}/transactions/new`,
        "portfolio-ledger": `${home.path}/transactions`,
        "portfolio-explained": `${home.path}/explain/twr`,
        "import": "/import",
        "watchlist": "/watchlist",
      };
      for (const [name, path] of Object.entries(pages)) {
        assertEquals(await checkViews(browser, url + path, { name }), [], name);
      }
    },
  },
]);
