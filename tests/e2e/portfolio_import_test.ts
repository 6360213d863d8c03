import { Buffer } from "node:buffer";
import type { Browser, Download, Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { comesAlive } from "@/tests/e2e/alive.ts";
import { EXPORT_SAMPLES } from "@/tests/unit/portfolio/imports/export_samples.ts";
import { noteTexts } from "./noted.ts";
import { axeFindings, checkViews, keepPicture, testInBrowser, visit } from "./page_checks.ts";

const HEADER = "timestamp,action,asset_id,quantity,unit_price_usd,account,external_id";
const GOOD = [
  "2024-01-10T00:00:00Z,BUY,bitcoin,1,42000,Main,a1",
  "2024-02-10T00:00:00Z,BUY,ethereum,5,2500,Main,a2",
  "2024-03-10T00:00:00Z,SELL,bitcoin,0.5,70000,Main,a3",
];
/** A word for a number, no time, an unknown asset, an unknown action, a blank quantity. */
const BROKEN: readonly (readonly [row: string, corrected: string])[] = [
  ["2024-04-01T00:00:00Z,BUY,bitcoin,some,60000,Main,b1", "some=>0.25"],
  ["yesterday,BUY,ethereum,1,3000,Main,b2", "yesterday=>2024-04-02T00:00:00Z"],
  ["2024-04-03T00:00:00Z,BUY,no-such-coin,1,1,Main,b3", "no-such-coin=>solana"],
  ["2024-04-04T00:00:00Z,GIFT,bitcoin,0.1,60000,Main,b4", "GIFT=>AIRDROP"],
  ["2024-04-05T00:00:00Z,BUY,bitcoin,,60000,Main,b5", "bitcoin,,=>bitcoin,0.2,"],
];
const MIXED = [HEADER, ...GOOD, ...BROKEN.map(([row]) => row), ""].join("\n");

/** An export in a language of its own, with columns and words that nobody knows. */
const FOREIGN = [
  "Datum;Was;Münze;Menge;Preis;Bemerkung",
  "2024-01-10 12:00:00;gekauft;bitcoin;2;42000;erste",
  "2024-02-10 12:00:00;verkauft;bitcoin;0,5;50000;",
  "2024-03-10 12:00:00;geschenkt;ethereum;1;;von Oma",
  "",
].join("\n").replace("0,5", "0.5");

/** Above what is imported while its sender waits: some seconds of a job's work. */
const MANY_ROWS = 90_000;
/** A little above it. */
const TASK_ROWS = 45_000;

function bigFile(count = MANY_ROWS): string {
  const rows = Array.from({ length: count }, (_, at) => {
    const time = new Date(Date.UTC(2020, 0, 1) + at * 60_000).toISOString();
    return `${time},BUY,bitcoin,0.001,10000,Main,big-${at}`;
  });
  return [HEADER, ...rows, ""].join("\n");
}

function give(page: Page, name: string, text: string): Promise<void> {
  const buffer = Buffer.from(text);
  return page.locator('.drop input[type="file"]').setInputFiles({
    ...{ name, buffer },
    mimeType: "text/csv",
  });
}

async function textOf(download: Download): Promise<string> {
  const path = await download.path();
  try {
    return await Deno.readTextFile(path);
  } finally {
    await Deno.remove(path);
  }
}

interface Desk extends AsyncDisposable {
  readonly page: Page;
  readonly complaints: string[];
  /** Of the portfolio that is imported into. */
  readonly api: string;
}

/** The desk of imports over an empty portfolio of its own. */
async function openDesk(browser: Browser, url: string): Promise<Desk> {
  const made = await fetch(`${url}/api/portfolio`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Desk", base_currency: "USD" }),
  });
  const { data: { portfolio_id: id } } = await made.json();
  const visited = await visit(browser, `${url}/import?portfolio=${id}`);
  return { ...visited, api: `${url}/api/portfolio/${id}` };
}

async function readData(address: string) {
  return (await (await fetch(address)).json()).data;
}

async function countRows(api: string): Promise<number> {
  return (await readData(`${api}/transactions?limit=1000`)).length;
}

/** What people call the formats of `EXPORT_SAMPLES`, in their order. */
const READ_AS = [
  ...["Transactions CSV v1.1.", "Binance, layout transaction history."],
  ...["Binance, layout trade history.", "Coinbase, layout transactions."],
  ...["Kraken, layout ledgers.", "Koinly, layout universal.", "Ghostfolio, layout activities."],
];

testInBrowser("imports in Chromium", [
  {
    name: "who has no portfolio makes one on the way to the file, also after a refusal",
    async run({ browser, url }) {
      assertEquals(await checkViews(browser, `${url}/import`, { name: "import-first" }), []);
      await using visited = await visit(browser, `${url}/import`);
      const { page } = visited;
      const create = page.getByRole("button", { name: "Create it, then choose a file" });
      const name = page.getByLabel("Name", { exact: true });
      // More letters than the form lets anybody type.
      await name.evaluate((input) => input.removeAttribute("maxlength"));
      await name.fill("x".repeat(81));
      await create.click();
      await page.getByRole("alert").getByText("Name it in 1 to 80 letters").waitFor();
      await name.fill("First");
      await create.click();
      await page.waitForURL(/\/import\?portfolio=[0-9a-f-]{36}$/);
      await comesAlive(page);
      await give(page, "ledger.csv", [HEADER, ...GOOD, ""].join("\n"));
      await page.getByRole("button", { name: "Import 3 rows" }).click();
      await page.getByText("3 rows imported").waitFor();
      const kept = await readData(`${url}/api/portfolio`);
      assertEquals(kept.map((portfolio: { name: string }) => portfolio.name), ["First"]);
    },
  },

  {
    name: "the file of each exporter is told by its name, and every row of it is counted",
    async run({ browser, url }) {
      await using desk = await openDesk(browser, url);
      const { page, complaints } = desk;
      assertEquals(EXPORT_SAMPLES.length, READ_AS.length);
      for (const [at, { text, rows }] of EXPORT_SAMPLES.entries()) {
        await give(page, `${at}.${text.startsWith("{") ? "json" : "csv"}`, text);
        await page.getByText(`is read as ${READ_AS[at]}`).waitFor();
        const count = rows.flatMap((row) => row.split(" ", 1)[0]?.split("+") ?? []).length;
        await page.getByText(new RegExp(`^${count} = .*The sum always holds`)).waitFor();
        await page.getByRole("button", { name: /^Import \d+ rows?$/ }).click();
        await page.getByText(/rows? imported/).waitFor();
      }
      await page.locator("#history").getByText("Ghostfolio", { exact: true }).waitFor();
      assertEquals(complaints, []);
    },
  },

  {
    name: "columns that nobody knows are mapped beside their first values, words as well",
    async run({ browser, url }) {
      await using desk = await openDesk(browser, url);
      const { page } = desk;
      await give(page, "export.csv", FOREIGN);
      await page.getByText("Say what its columns stand for").waitFor();
      const columns = page.locator("#columns");
      await columns.getByText("needs timestamp, action, asset_id, quantity, account").waitFor();
      const button = columns.getByRole("button", { name: "Preview with these columns" });
      assert(await button.isDisabled());
      await columns.getByText("gekauft · verkauft · geschenkt").waitFor();
      const fields = {
        ...{ Datum: "timestamp", Was: "action", Münze: "asset_id", Menge: "quantity" },
        Preis: "unit_price_usd",
      };
      for (const [column, field] of Object.entries(fields)) {
        await columns.getByLabel(`What ${column} stands for`).selectOption(field);
      }
      const words = { gekauft: "BUY", verkauft: "SELL", geschenkt: "INCOME" };
      for (const [word, action] of Object.entries(words)) {
        await columns.getByLabel(`What ${word} means`, { exact: true }).selectOption(action);
      }
      await columns.getByText("5 of 6 mapped").waitFor();
      await columns.getByText("needs account").waitFor();
      await columns.getByLabel("Account that the rows are of").fill("Börse");
      assertEquals(await axeFindings(page), []);
      await button.click();
      await page.getByText("3 = 3 + 0 + 0 + 0 + 0. The sum always holds.").waitFor();
      const first = page.locator("#first-rows tbody tr").nth(1);
      assertMatch(await first.innerText(), /Sell\s*bitcoin\s*2024-02-10 12:00\s*0\.5\s*50,000/);
      await keepPicture(page, "import-columns");
      await page.getByRole("button", { name: "Import 3 rows" }).click();
      await page.getByText("3 rows imported").waitFor();
      assertEquals(await countRows(desk.api), 3);
      const [gift] = await readData(`${desk.api}/transactions?limit=1`);
      assertEquals([gift.action, gift.notes_extra.Bemerkung], ["INCOME", "von Oma"]);
    },
  },

  {
    name: "a file with five broken rows lands not at all by one choice",
    async run({ browser, url }) {
      await using desk = await openDesk(browser, url);
      const { page, api } = desk;
      await give(page, "mixed.csv", MIXED);
      await page.getByText("8 = 3 + 0 + 0 + 5 + 0. The sum always holds.").waitFor();
      assertEquals(await page.locator("#quarantine tbody tr").count(), 5);
      await page.locator("#quarantine").getByText(BROKEN[0]?.[0] ?? "").waitFor();
      await page.getByLabel("Import nothing until every row is right").check();
      assertEquals(await axeFindings(page), []);
      await page.getByRole("button", { name: "Set 5 rows aside" }).click();
      await page.getByText("Nothing was imported", { exact: true }).waitFor();
      assertEquals(await countRows(api), 0);
      await page.locator("#history").getByText("Refused").waitFor();
      await page.getByRole("link", { name: "Download 5 rows" }).waitFor();
    },
  },

  {
    name: "by the other its good rows do, the rejected ones once corrected, and all of it once",
    async run({ browser, url }) {
      await using desk = await openDesk(browser, url);
      const { page, api, complaints } = desk;
      await give(page, "mixed.csv", MIXED);
      await page.getByRole("button", { name: "Import 3 rows" }).click();
      await page.getByText("3 rows imported").waitFor();
      assertEquals(await countRows(api), 3);

      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "Download 5 rows" }).click();
      let corrected = await textOf(await download);
      for (const [, correction] of BROKEN) {
        const [from = "", to = ""] = correction.split("=>");
        assert(corrected.includes(from), `${from} in ${corrected}`);
        corrected = corrected.replace(from, to);
      }
      await give(page, "corrected.csv", corrected);
      await page.getByText("5 = 5 + 0 + 0 + 0 + 0. The sum always holds.").waitFor();
      await page.getByRole("button", { name: "Import 5 rows" }).click();
      await page.getByText("5 rows imported").waitFor();
      assertEquals(await countRows(api), 8);

      await give(page, "corrected.csv", corrected);
      await page.getByText("5 = 0 + 5 + 0 + 0 + 0. The sum always holds.").waitFor();
      await page.getByRole("button", { name: "Import: nothing changes" }).click();
      await page.getByText("Every row was there already: 0 changes.").waitFor();
      assertEquals(await countRows(api), 8);
      assertEquals(complaints, []);
    },
  },

  {
    name: "what a file changes is shown before it is changed, and an import is undone as a whole",
    async run({ browser, url }) {
      await using desk = await openDesk(browser, url);
      const { page, api } = desk;
      await give(page, "first.csv", [HEADER, ...GOOD, ""].join("\n"));
      await page.getByRole("button", { name: "Import 3 rows" }).click();
      await page.getByText("3 rows imported").waitFor();
      const changed = [HEADER, ...GOOD, ""].join("\n").replace(
        "ethereum,5,2500",
        "ethereum,6,2400",
      );
      await give(page, "second.csv", changed);
      await page.getByText("3 = 0 + 2 + 1 + 0 + 0. The sum always holds.").waitFor();
      const rows = await page.locator("#changes tbody tr").allInnerTexts();
      assertEquals(rows.map((text) => text.split(/\s+/)), [
        ["3", "quantity", "5", "6"],
        ["3", "unit_price_usd", "2500", "2400"],
      ]);
      const bought = async () =>
        (await readData(`${api}/transactions?asset=ethereum`))[0].quantity as string;
      assertEquals(await bought(), "5");
      await page.getByRole("button", { name: "Import 1 row" }).click();
      await page.getByRole("rowheader", { name: "second.csv" }).waitFor();
      assertEquals(await bought(), "6");
      await page.getByRole("button", { name: "Undo the import of second.csv" }).click();
      await page.getByText("The import of second.csv was taken back as a whole.").waitFor();
      assertEquals([await bought(), await countRows(api)], ["5", 3]);
      await page.reload();
      await comesAlive(page);
      await page.getByRole("button", { name: "Undo the import of first.csv" }).click();
      await page.getByText("The import of first.csv was taken back as a whole.").waitFor();
      assertEquals(await countRows(api), 0);
    },
  },

  {
    name: "an import goes on while the server can't be reached, and a file is sent again",
    async run({ browser, url }) {
      await using desk = await openDesk(browser, url);
      const { page, api } = desk;
      const isCut = (address: URL) => address.pathname.includes("/import");
      await page.route(isCut, (route) => route.abort("connectionreset"));
      await give(page, "task.csv", bigFile(TASK_ROWS));
      await page.getByText("The server could not be reached").waitFor();
      await page.unroute(isCut);
      assertEquals(await axeFindings(page), []);
      await page.getByRole("button", { name: "Try again" }).click();
      const isTask = (address: URL) => address.pathname.includes("/import/tasks/");
      const button = page.getByRole("button", { name: "Import 45,000 rows" });
      await button.waitFor();
      await page.route(isTask, (route) => route.abort("internetdisconnected"));
      await button.click();
      await page.getByText("where the import goes on: asking again").waitFor();
      await page.unroute(isTask);
      await page.getByText("45,000 rows imported").waitFor();
      assertEquals((await readData(`${api}/valuation`)).positions[0].quantity, "45");
    },
  },

  {
    name: "a large file shows how far it is, leaves nothing once cancelled, and lands whole",
    async run({ browser, url }) {
      await using desk = await openDesk(browser, url);
      const { page, api, complaints } = desk;
      const text = bigFile();
      await give(page, "big.csv", text);
      await page.getByText("90,000 = 90,000 + 0 + 0 + 0 + 0. The sum always holds.").waitFor();
      await page.getByRole("button", { name: "Import 90,000 rows" }).click();
      const progress = page.getByRole("progressbar", { name: "Read of the file" });
      await progress.waitFor();
      await page.getByText(/[\d,]+ rows read, \d+% of the file/).waitFor();
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByText("Nothing of the file was kept.").waitFor();
      assertEquals(await axeFindings(page), []);
      await page.waitForFunction(async (address) => {
        const { data } = await (await fetch(`${address}/transactions?limit=1`)).json();
        return data.length === 0;
      }, api);

      await give(page, "big.csv", text);
      const bar = await noteTexts(page, 'progress[aria-label="Read of the file"]');
      await page.getByRole("button", { name: "Import 90,000 rows" }).click();
      await bar.showed(/^$/);
      await keepPicture(page, "import-progress", { isWhole: false });
      await page.getByText("90,000 rows imported").waitFor();
      assertEquals((await readData(`${api}/valuation`)).positions[0].quantity, "90");
      assertEquals(complaints, []);
    },
  },
]);
